import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import shapely
from msgspec import Meta, Struct

from mobility.city.rules.city_file import (
    OpeningHours,
    PublicHoliday,
    QuarterHour,
    Source,
    StationKind,
    VehicleType,
    Zone,
    ZoneKind,
)
from mobility.city.rules.geofences import Ruling
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.words import Names
from mobility.city.tables import City, Station
from mobility.geo import Bounds, LonLat
from mobility.geo.streets.reach import Isochrone
from mobility.geo.streets.travel import Basis
from mobility.geo.walking import DETOUR_FACTOR

# A tenth of a metre.
ISOCHRONE_PRECISION = 1e-6

CityId = Annotated[str, Meta(examples=["springfield"])]
Name = Annotated[Names, Meta(description="By language", examples=[{"fr": "Gare", "en": "Railway station"}])]
Next = Annotated[str | None, Meta(description="Give it as `after` to read on; null at the end")]


class CitySummary(Struct, frozen=True, kw_only=True):
    id: CityId
    name: Name
    time_zone: str
    currency: str

    @classmethod
    def of(cls, city: City) -> Self:
        return cls(id=city.id, name=city.name, time_zone=city.time_zone, currency=city.currency)


class CityList(Struct, frozen=True, kw_only=True):
    items: list[CitySummary]
    next: Next


class CityDetail(Struct, frozen=True, kw_only=True):
    """Everything a rider's app needs before it asks for vehicles and prices."""

    id: CityId
    name: Name
    time_zone: str
    currency: str
    languages: tuple[str, ...]
    centre: LonLat
    bounds: Bounds
    quarter_hour: QuarterHour
    vehicle_types: tuple[VehicleType, ...]
    opening_hours: tuple[OpeningHours, ...]
    public_holidays: tuple[PublicHoliday, ...]
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, city: PreparedCity) -> Self:
        file = city.file
        return cls(
            id=file.id,
            name=file.name,
            time_zone=file.time_zone,
            currency=file.currency,
            languages=file.languages,
            centre=file.centre,
            bounds=city.bounds,
            quarter_hour=file.quarter_hour,
            vehicle_types=tuple(city.vehicle_types.values()),
            opening_hours=file.opening_hours,
            public_holidays=file.public_holidays,
            sources=file.sources,
        )


class MapFeature(Struct, frozen=True, kw_only=True):
    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: Annotated[
        dict[str, Any],
        Meta(
            description="`kind` is commune, zone, station or place. Of a zone, `zone` is its kind, `rule` what it says "
            "in the terms of GBFS, and `hours` when, every hour for none.",
            examples=[{"kind": "zone", "zone": "slow", "rule": {"maximum_speed_kph": 20}, "hours": []}],
        ),
    ]


class CityMap(Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[MapFeature]


class ZoneHere(Struct, frozen=True, kw_only=True):
    """A zone that holds the place and binds the class."""

    code: Annotated[str, Meta(examples=["old-town"])]
    name: Name
    kind: ZoneKind
    is_in_force: Annotated[bool, Meta(description="Whether its hours say so; out of them it decides nothing")]


class RuleHere(Struct, frozen=True, kw_only=True):
    """The rule in force for a class of vehicles, in the terms of GBFS `geofencing_zones`."""

    vehicle_type: Annotated[str, Meta(examples=["moped"])]
    ride_start_allowed: bool
    ride_end_allowed: bool
    ride_through_allowed: bool
    maximum_speed_kph: Annotated[int | None, Meta(description="km/h; null where only the class limits it")]
    station_parking: Annotated[bool, Meta(description="Whether a ride ends in a bay of a station, and nowhere else")]
    decided_by: Annotated[
        dict[str, str | None],
        Meta(
            description="Which zone answers each question; null where none does and the rule outside all zones holds",
            examples=[{"ride_end_allowed": "pier", "maximum_speed_kph": "old-town", "station_parking": None}],
        ),
    ]
    zones: Annotated[list[ZoneHere], Meta(description="In order of precedence")]

    @classmethod
    def of(cls, vehicle_type: VehicleType, ruling: Ruling, zones: Sequence[Zone]) -> Self:
        decided = ruling.decided.items()
        decided_by: dict[str, str | None] = {question: zone.code if zone else None for question, zone in decided}
        shown = [
            ZoneHere(code=zone.code, name=zone.name, kind=zone.kind, is_in_force=zone in ruling.zones) for zone in zones
        ]
        return cls(vehicle_type=vehicle_type.code, decided_by=decided_by, zones=shown, **asdict(ruling.rule))


class RulesHere(Struct, frozen=True, kw_only=True):
    at: Annotated[datetime, Meta(description="The instant the rules hold at")]
    local: Annotated[datetime, Meta(description="The same on the city's clocks, which zones' hours are read off")]
    rules: Annotated[list[RuleHere], Meta(description="One for each class asked about")]


class IsochroneAbout(Struct, frozen=True, kw_only=True):
    minutes: Annotated[int, Meta(examples=[15])]
    basis: Annotated[
        Basis,
        Meta(description="`streets`: walked over the network; `straight_line`: the crow's way, times a detour"),
    ]
    detour_factor: Annotated[float | None, Meta(description="What straight lines were multiplied by", examples=[1.3])]
    source: Annotated[str | None, Meta(description="Whose data the network is made of")]


class IsochroneFeature(Struct, frozen=True, kw_only=True, tag_field="type", tag="Feature"):
    properties: IsochroneAbout
    geometry: Annotated[dict[str, Any], Meta(description="GeoJSON Polygon or MultiPolygon, WGS 84")]

    @classmethod
    def of(cls, ring: Isochrone, source: str | None) -> Self:
        is_straight = ring.basis == "straight_line"
        about = IsochroneAbout(
            minutes=round(ring.minutes),
            basis=ring.basis,
            detour_factor=DETOUR_FACTOR if is_straight else None,
            source=None if is_straight else source,
        )
        rounded = shapely.set_precision(ring.area, ISOCHRONE_PRECISION)
        return cls(properties=about, geometry=json.loads(shapely.to_geojson(rounded)))


class Isochrones(Struct, frozen=True, kw_only=True, tag_field="type", tag="FeatureCollection"):
    features: Annotated[list[IsochroneFeature], Meta(description="The largest first, to be drawn in this order")]


class StationDetail(Struct, frozen=True, kw_only=True):
    id: UUID
    code: Annotated[str, Meta(examples=["railway-station"])]
    name: Name
    kind: StationKind
    position: LonLat
    bays: int
    chargers: int
    vehicle_types: list[str]

    @classmethod
    def of(cls, station: Station) -> Self:
        return cls(
            id=station.id,
            code=station.code,
            name=station.name,
            kind=station.kind,  # type: ignore[arg-type]  # the city file's words, checked when it was loaded
            position=LonLat(station.lon, station.lat),
            bays=station.bays,
            chargers=station.chargers,
            vehicle_types=station.vehicle_types,
        )


class StationList(Struct, frozen=True, kw_only=True):
    items: list[StationDetail]
    next: Next
