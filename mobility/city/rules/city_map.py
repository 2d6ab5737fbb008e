"""Brings the map (GeoJSON) and the city file (TOML) together before their shape is read."""

from collections.abc import Mapping
from typing import Any

from mobility.city.rules.faults import Fault

KINDS = ("zone", "commune", "place")


def with_map(raw: Mapping[str, Any], city_map: object) -> tuple[dict[str, Any], list[Fault]]:
    """The city file's data with zone outlines, communes and places taken from the map, in the map's order.

    A feature's `properties.kind` says what it is: the outline of the zone of that `code`, a `commune` or a `place`.
    """
    features, faults = _features(city_map)
    outlines: dict[object, Any] = {}
    communes: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    for feature in features:
        geometry, properties = feature["geometry"], dict(feature["properties"])
        match properties.pop("kind"):
            case "zone":
                outlines[properties.get("code")] = geometry
            case "commune":
                communes.append(properties | {"geometry": geometry})
            case "place":
                places.append(properties | {"position": _position(geometry)})
    zones = [_with_outline(zone, outlines) for zone in _list(raw.get("zones"))]
    merged = {key: value for key, value in raw.items() if key != "map"}
    return merged | {"zones": zones, "communes": communes, "places": places}, faults


def _features(city_map: object) -> tuple[list[Mapping[str, Any]], list[Fault]]:
    if not isinstance(city_map, Mapping) or not isinstance(city_map.get("features"), list):
        return [], [Fault("map", "wrong_value", "is not a GeoJSON FeatureCollection")]
    features, faults = [], []
    for at, feature in enumerate(city_map["features"]):
        if _is_known(feature):
            features.append(feature)
        else:
            message = f"has no geometry, or its properties.kind is none of {', '.join(KINDS)}"
            faults.append(Fault(f"map.features[{at}]", "unknown_feature", message))
    return features, faults


def _is_known(feature: object) -> bool:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("geometry"), Mapping):
        return False
    properties = feature.get("properties")
    return isinstance(properties, Mapping) and properties.get("kind") in KINDS


def _with_outline(zone: Any, outlines: Mapping[object, Any]) -> Any:
    if isinstance(zone, dict) and isinstance(zone.get("code"), str) and zone["code"] in outlines:
        return zone | {"geometry": outlines[zone["code"]]}
    return zone


def _position(geometry: Mapping[str, Any]) -> Any:
    """A GeoJSON point as {lon, lat}; anything else as it is, for the shape check to refuse."""
    match geometry:
        case {"type": "Point", "coordinates": [lon, lat]}:
            return {"lon": lon, "lat": lat}
    return geometry


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
