"""GBFS 3.0: the member `data` of each file. https://github.com/MobilityData/gbfs/blob/v3.0/gbfs.md"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import shapely

from mobility.city.rules.city_file import OpeningHours, Station, VehicleType
from mobility.city.rules.geometry import outline
from mobility.city.rules.in_force import in_force
from mobility.city.rules.tariffs import Segment, Tariff
from mobility.feeds.rules.fleet import FeedVehicle
from mobility.feeds.rules.notices import TOLD_BEFORE, Notice
from mobility.feeds.rules.opening_hours import opening_hours
from mobility.feeds.rules.system import VERSIONS, Edition, System, Version
from mobility.feeds.rules.zones import Piece, pieces, rules
from mobility.pricing.rules.wording import beyond_gbfs

Data = dict[str, Any]


def manifest(system: System, known: Sequence[Version] = ("v2", "v3")) -> Data:
    """Every city of the service; published when there are several.

    Parameters
    ----------
    known
        The versions that exist for readers of this one: the schemas of a version forbid the numbers of later ones.
    """
    return {
        "datasets": [{"system_id": city, "versions": _versions(system, city, known)} for city in sorted(system.loaded)]
    }


def gbfs_versions(system: System, known: Sequence[Version] = ("v2", "v3")) -> Data:
    return {"versions": _versions(system, system.city.id, known)}


def _versions(system: System, city: str, known: Sequence[Version]) -> list[Data]:
    folder = system.publication.folder
    return [{"version": VERSIONS[each], "url": f"{folder(city, each)}/gbfs.json"} for each in known]


def system_information(system: System, version: Version = "v3") -> Data:
    publication, city = system.publication, system.city
    data: Data = {
        "system_id": city.id,
        "languages": list(city.languages),
        "name": system.texts(city.name),
        "opening_hours": opening_hours(city.opening_hours),
        "url": f"{publication.base_url}/",
        "feed_contact_email": publication.contact_email,
        "timezone": city.time_zone,
        "license_id": publication.license_id,
    }
    if len(system.loaded) > 1:
        data["manifest_url"] = f"{publication.folder(publication.default_city, version)}/manifest.json"
    return data


def vehicle_types(system: System) -> Data:
    return {"vehicle_types": [_vehicle_type(system, type_) for type_ in system.offered.values()]}


def _vehicle_type(system: System, type_: VehicleType) -> Data:
    plan_id = next(tariff.code for tariff, _ in system.plans if tariff.vehicle_type == type_.code)
    who = in_force(type_.eligibility, system.today)
    return {
        "vehicle_type_id": type_.code,
        "name": system.texts(type_.name),
        "form_factor": type_.form_factor,
        "propulsion_type": type_.propulsion_type,
        "rider_capacity": type_.seats,
        "max_range_meters": type_.max_range_m,
        "max_permitted_speed": type_.max_speed_kmh,
        "return_constraint": type_.return_constraint,
        "default_reserve_time": type_.hold.free_minutes,
        "default_pricing_plan_id": plan_id,
        "pricing_plan_ids": [plan_id],
        # GBFS has no word for who may drive; names that begin with an underscore are its place for that.
        "_licence_category": list(who.licences_any_of),
        "_minimum_age": who.minimum_age,
    }


def station_information(system: System) -> Data:
    return {"stations": [_station(system, station) for station in system.city.stations]}


def _station(system: System, station: Station) -> Data:
    region = _region_of(system, station)
    return {
        "station_id": station.code,
        "name": system.texts(station.name),
        "lat": station.position.lat,
        "lon": station.position.lon,
        **({"region_id": region} if region else {}),
        # Painted bays without docks.
        "is_virtual_station": True,
        "is_charging_station": station.chargers > 0,
        "capacity": station.bays,
        "vehicle_types_capacity": [{"vehicle_type_ids": _types_at(system, station), "count": station.bays}],
    }


def _types_at(system: System, station: Station) -> list[str]:
    return [code for code in station.vehicle_types if code in system.offered]


def _region_of(system: System, station: Station) -> str | None:
    place = shapely.Point(station.position.lon, station.position.lat)
    return next((each.code for each in system.city.communes if outline(each.geometry).covers(place)), None)


def station_status(edition: Edition) -> Data:
    """Counts of what can be rented at once; a held or disabled vehicle keeps its bay."""
    at: dict[str, list[FeedVehicle]] = {station.code: [] for station in edition.system.city.stations}
    for vehicle in edition.fleet.vehicles:
        if vehicle.station in at:
            at[vehicle.station].append(vehicle)
    return {"stations": [_status(edition, station, at[station.code]) for station in edition.system.city.stations]}


def _status(edition: Edition, station: Station, there: list[FeedVehicle]) -> Data:
    rentable = [vehicle.type_code for vehicle in there if vehicle.is_rentable]
    types = dict.fromkeys([*_types_at(edition.system, station), *rentable])
    return {
        "station_id": station.code,
        "num_vehicles_available": len(rentable),
        "vehicle_types_available": [{"vehicle_type_id": code, "count": rentable.count(code)} for code in types],
        "num_vehicles_disabled": sum(vehicle.is_disabled for vehicle in there),
        "num_docks_available": max(0, station.bays - edition.fleet.standing.get(station.code, 0)),
        "is_installed": True,
        "is_renting": edition.is_open,
        "is_returning": True,
        "last_reported": edition.stamp,
    }


def vehicle_status(edition: Edition) -> Data:
    """Every vehicle that stands and is not in a rental.

    Left out on purpose: the time of the last report and the exact charge, which would tell a vehicle apart after its
    ride, and deep links, which would have to carry an id.
    """
    return {"vehicles": [_vehicle(vehicle) for vehicle in edition.fleet.vehicles]}


def _vehicle(vehicle: FeedVehicle) -> Data:
    where = {"station_id": vehicle.station} if vehicle.station else {"lat": vehicle.lat, "lon": vehicle.lon}
    return {
        "vehicle_id": vehicle.vehicle_id,
        "vehicle_type_id": vehicle.type_code,
        **where,
        "is_reserved": vehicle.is_reserved,
        "is_disabled": vehicle.is_disabled,
        "current_range_meters": vehicle.range_m,
    }


def system_regions(system: System) -> Data:
    return {
        "regions": [
            {"region_id": commune.code, "name": system.texts(dict.fromkeys(system.city.languages, commune.name))}
            for commune in system.city.communes
        ]
    }


def system_pricing_plans(system: System) -> Data:
    return {"plans": [_plan(system, tariff) for tariff, _ in system.plans]}


def _plan(system: System, tariff: Tariff) -> Data:
    """What GBFS has no words for stands in the description."""
    free = tariff.free_minutes
    return {
        "plan_id": tariff.code,
        "name": system.texts(tariff.name),
        "description": system.texts({language: _described(tariff, language) for language in system.city.languages}),
        "currency": tariff.currency,
        "price": tariff.price_cents / 100,
        # Prices are shown with tax: nothing is added to them.
        "is_taxable": False,
        "per_min_pricing": [_segment(segment, free) for segment in tariff.per_min_pricing],
        **({"per_km_pricing": [_segment(segment) for segment in by_km]} if (by_km := tariff.per_km_pricing) else {}),
    }


def _described(tariff: Tariff, language: str) -> str:
    """The operator's words and, in the languages that it can be told in, what the figures of GBFS leave out."""
    return "\n".join([tariff.description[language], *beyond_gbfs(tariff, language)])


def _segment(segment: Segment, later: int = 0) -> Data:
    """`later`: minutes that are free before."""
    end = {} if segment.end is None else {"end": segment.end + later}
    return {"start": segment.start + later, **end, "rate": segment.rate_cents / 100, "interval": segment.interval}


def system_alerts(system: System) -> Data:
    """What people have written, and public holidays soon to come on which the service keeps other hours."""
    holiday_hours = [hours for hours in system.city.opening_hours if "PH" in hours.days]
    holidays = list(_holidays(system, holiday_hours)) if holiday_hours else []
    return {"alerts": [*(_alert(system, notice) for notice in system.told), *holidays]}


def _alert(system: System, notice: Notice) -> Data:
    said = notice.wording
    end = {} if said.ends_at is None else {"end": said.ends_at}
    return {
        "alert_id": str(notice.id),
        "type": said.kind,
        "times": [{"start": said.starts_at, **end}],
        "summary": system.texts(said.summary),
        **({"description": system.texts(said.description)} if said.description else {}),
        **({"url": system.texts(dict.fromkeys(system.city.languages, said.url))} if said.url else {}),
        **({"station_ids": list(said.stations)} if said.stations else {}),
        **({"region_ids": list(said.regions)} if said.regions else {}),
        "last_updated": notice.changed_at.replace(microsecond=0),
    }


def _holidays(system: System, hours: list[OpeningHours]) -> Iterator[Data]:
    zone = ZoneInfo(system.city.time_zone)
    until = system.today + TOLD_BEFORE
    spoken = ", ".join(f"{each.opens}-{each.closes}" for each in hours)
    for holiday in system.city.public_holidays:
        if system.today <= holiday.date <= until:
            start, end = (datetime.combine(holiday.date + timedelta(days=d), time(), zone) for d in (0, 1))
            told = {language: f"{name}: {spoken}" for language, name in holiday.name.items()}
            yield {
                "alert_id": f"holiday-{holiday.date.isoformat()}",
                "type": "other",
                "times": [{"start": start, "end": end}],
                "summary": system.texts(told),
            }


def geofencing_zones(system: System) -> Data:
    types = list(system.offered.values())
    found = pieces(system.city.zones, types, is_in_force=system.is_in_force, span_of=system.span_of)
    features = [
        {"type": "Feature", "properties": _properties(system, piece), "geometry": piece.area} for piece in found
    ]
    return {
        "geofencing_zones": {"type": "FeatureCollection", "features": features},
        "global_rules": rules([], types),
    }


def _properties(system: System, piece: Piece) -> Data:
    """A piece that holds at every hour has neither start nor end."""
    times = {"start": piece.span.since, "end": piece.span.until}
    told = {name: at for name, at in times.items() if at is not None}
    return {"name": system.texts(piece.zone.name), **told, "rules": piece.rules}
