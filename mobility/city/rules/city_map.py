"""Brings the map (GeoJSON) and the city file (TOML) together before their shape is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from mobility.city.rules.faults import Fault

KINDS = ("zone", "commune", "place")


def with_map(raw: Mapping[str, Any], city_map: object) -> tuple[dict[str, Any], list[Fault]]:
    """The city file's data with zone outlines, communes and places taken from the map, in the map's order.

    A feature's `properties.kind` says what it is: the outline of the zone of that `code`, a `commune` or a `place`.
    """
    if not isinstance(city_map, Mapping) or not isinstance(city_map.get("features"), list):
        features, faults = [], [Fault("map", "wrong_value", "is not a GeoJSON FeatureCollection")]
    else:
        features, faults = city_map["features"], list(_faults_of_features(city_map["features"], _zone_codes(raw)))
    of_kind = {kind: [each for each in features if _is(kind, each)] for kind in KINDS}
    outlines = {str(each["properties"].get("code")): each["geometry"] for each in of_kind["zone"]}
    merged = {key: value for key, value in raw.items() if key != "map"}
    if isinstance(raw.get("zones"), list):
        merged["zones"] = [_with_outline(zone, outlines) for zone in raw["zones"]]
    merged["communes"] = [_properties(each) | {"geometry": each["geometry"]} for each in of_kind["commune"]]
    merged["places"] = [_properties(each) | {"position": _position(each["geometry"])} for each in of_kind["place"]]
    return merged, faults


def _faults_of_features(features: list[Any], zone_codes: set[str]) -> Iterator[Fault]:
    drawn: set[str] = set()
    for at, feature in enumerate(features):
        if not any(_is(kind, feature) for kind in KINDS):
            message = f"has no geometry, or its properties.kind is none of {', '.join(KINDS)}"
            yield Fault(f"map.features[{at}]", "unknown_feature", message)
        elif _is("zone", feature):
            path, code = f"map.features[{at}].properties.code", str(feature["properties"].get("code"))
            if code not in zone_codes:
                yield Fault(path, "unknown_zone", f"there is no zone {code!r} in the city file")
            elif code in drawn:
                yield Fault(path, "duplicate_code", f"the zone {code!r} is drawn twice")
            drawn.add(code)


def _is(kind: str, feature: object) -> bool:
    match feature:
        case {"geometry": Mapping(), "properties": {"kind": found}}:
            return bool(found == kind)
    return False


def _zone_codes(raw: Mapping[str, Any]) -> set[str]:
    zones = raw.get("zones")
    return {str(zone.get("code")) for zone in zones if isinstance(zone, dict)} if isinstance(zones, list) else set()


def _properties(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in feature["properties"].items() if key != "kind"}


def _with_outline(zone: Any, outlines: Mapping[str, Any]) -> Any:
    if isinstance(zone, dict) and str(zone.get("code")) in outlines:
        return zone | {"geometry": outlines[str(zone.get("code"))]}
    return zone


def _position(geometry: Mapping[str, Any]) -> Any:
    """A GeoJSON point as {lon, lat}; anything else as it is, for the shape check to refuse."""
    match geometry:
        case {"type": "Point", "coordinates": [lon, lat]}:
            return {"lon": lon, "lat": lat}
    return geometry
