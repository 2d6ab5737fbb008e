"""The city's map as GeoJSON (RFC 7946): every feature says what it is in its property `kind`."""

from collections.abc import Iterator
from typing import Any

import msgspec

from mobility.city.rules.city_file import CityFile, Commune, Place, Station, Zone
from mobility.city.rules.geofences import answers
from mobility.geo import LonLat

Feature = dict[str, Any]


def feature_collection(city: CityFile) -> dict[str, Any]:
    """Communes first, then zones, stations and places: the order in which a map paints them."""
    return {"type": "FeatureCollection", "features": list(_features(city))}


def _features(city: CityFile) -> Iterator[Feature]:
    yield from map(_of_commune, city.communes)
    yield from map(_of_zone, city.zones)
    yield from map(_of_station, city.stations)
    yield from map(_of_place, city.places)


def _of_commune(commune: Commune) -> Feature:
    properties = {"code": commune.code, "name": commune.name, "population": commune.population}
    return _feature("commune", msgspec.to_builtins(commune.geometry), properties)


def _of_zone(zone: Zone) -> Feature:
    properties = {
        "code": zone.code,
        "name": zone.name,
        "zone": zone.kind,
        "vehicle_types": zone.vehicle_types,
        "max_speed_kmh": zone.max_speed_kmh,
        "hours": msgspec.to_builtins(zone.hours),
        "rule": answers(zone),
    }
    return _feature("zone", msgspec.to_builtins(zone.geometry), properties)


def _of_station(station: Station) -> Feature:
    properties = {
        "code": station.code,
        "name": station.name,
        "category": station.kind,
        "bays": station.bays,
        "chargers": station.chargers,
        "vehicle_types": station.vehicle_types,
    }
    return _feature("station", _point(station.position), properties)


def _of_place(place: Place) -> Feature:
    return _feature("place", _point(place.position), {"name": place.name, "category": place.category})


def _feature(kind: str, geometry: Any, properties: dict[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


def _point(position: LonLat) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [position.lon, position.lat]}
