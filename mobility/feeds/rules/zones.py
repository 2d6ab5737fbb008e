"""The city's zones as GBFS geofencing: cut into pieces that do not overlap.

Zones of the city file overlap, each binds some classes, and all of them together decide. GBFS knows one winner,
and OpenTripPlanner reads only the first rule of one. Where no two features overlap, and each says what holds for every
class, there is nothing left that a reader could weigh differently.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, mapping
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import VehicleType, Zone
from mobility.city.rules.geometry import outline

# 11 cm: borders drawn twice with less than that between them are one border.
GRID_DEGREES = 1e-6

Rule = dict[str, Any]


def pieces(zones: Sequence[Zone], types: Sequence[VehicleType]) -> Iterator[tuple[Zone, list[Rule], dict[str, Any]]]:
    """Each area where the same rules hold: the zone it is named after, the rules, its GeoJSON MultiPolygon.

    An area is named after the first zone of the file that holds it.
    """
    found: dict[str, tuple[Zone, list[Rule], list[BaseGeometry]]] = {}
    for face, holding in _faces(zones):
        ruled = rules(holding, types)
        _, _, faces = found.setdefault(f"{holding[0].code} {ruled}", (holding[0], ruled, []))
        faces.append(face)
    order = {zone.code: at for at, zone in enumerate(zones)}
    for zone, ruled, faces in sorted(found.values(), key=lambda piece: order[piece[0].code]):
        yield zone, ruled, _multipolygon(faces)


def rules(holding: Sequence[Zone], types: Sequence[VehicleType]) -> list[Rule]:
    """What each type may do where `holding` are the zones, in the file's order; no zone at all is the world outside.

    Free-floating types come first: OpenTripPlanner reads the first rule only, and cars end at their stations anyway.
    """
    by_rule: dict[str, tuple[Rule, list[str]]] = {}
    for type_ in sorted(types, key=lambda each: each.return_constraint == "any_station"):
        rule = _rule([zone for zone in holding if zone.binds(type_.code)], type_)
        by_rule.setdefault(str(rule), (rule, []))[1].append(type_.code)
    return [{"vehicle_type_ids": codes, **rule} for rule, codes in by_rule.values()]


def _rule(binding: Sequence[Zone], type_: VehicleType) -> Rule:
    """As `city.rules.parking.may_end` decides."""
    kinds = {zone.kind for zone in binding}
    at_stations = type_.return_constraint == "any_station"
    rule: Rule = {
        "ride_start_allowed": True,
        "ride_end_allowed": "service" in kinds and (at_stations or "no_parking" not in kinds),
        "ride_through_allowed": True,
    }
    speeds = [zone.max_speed_kmh for zone in binding if zone.max_speed_kmh is not None]
    if speeds:
        rule["maximum_speed_kph"] = speeds[0]
    if at_stations:
        rule["station_parking"] = True
    return rule


def _faces(zones: Sequence[Zone]) -> Iterator[tuple[BaseGeometry, list[Zone]]]:
    """The areas that all borders together cut the ground into, each with the zones that hold it."""
    outlines = [shapely.set_precision(outline(zone.geometry), GRID_DEGREES) for zone in zones]
    shapely.prepare(outlines)
    borders = shapely.union_all([shape.boundary for shape in outlines], grid_size=GRID_DEGREES)
    for face in shapely.get_parts(shapely.polygonize([borders])):
        inside = face.representative_point()
        holding = [zone for zone, shape in zip(zones, outlines, strict=True) if shape.contains(inside)]
        if holding:
            yield face, holding


def _multipolygon(faces: Sequence[BaseGeometry]) -> dict[str, Any]:
    """The faces as one MultiPolygon whose rings turn as RFC 7946 asks."""
    merged = shapely.union_all(faces, grid_size=GRID_DEGREES)
    drawn: dict[str, Any] = mapping(shapely.orient_polygons(MultiPolygon(list(shapely.get_parts(merged)))))
    return drawn
