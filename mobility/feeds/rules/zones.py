"""The zones in force as GBFS geofencing: cut into pieces that do not overlap.

Zones of the city file overlap, each binds some classes, and all of them together decide. GBFS knows one winner,
and OpenTripPlanner reads only the first rule of one. Where no two features overlap, and each says what holds for every
class, there is nothing left that a reader could weigh differently. Only what holds now is told, with the time until
which it does: a reader that knows no times would otherwise mix today with tomorrow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, mapping
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.city_file import VehicleType, Zone
from mobility.city.rules.geofences import Rule, decide
from mobility.city.rules.geometry import outline
from mobility.city.rules.zone_times import Span

# 11 cm: borders drawn twice with less than that between them are one border.
GRID_DEGREES = 1e-6

Record = dict[str, Any]


@dataclass(slots=True)
class Piece:
    """An area where the same rules hold for the same time: named after the first zone of the file that holds it."""

    zone: Zone
    rules: list[Record]
    span: Span
    faces: list[BaseGeometry] = field(default_factory=list)

    @property
    def area(self) -> Record:
        """A GeoJSON MultiPolygon whose rings turn as RFC 7946 asks."""
        merged = shapely.union_all(self.faces, grid_size=GRID_DEGREES)
        drawn: Record = mapping(shapely.orient_polygons(MultiPolygon(list(shapely.get_parts(merged)))))
        return drawn


def pieces(
    zones: Sequence[Zone],
    types: Sequence[VehicleType],
    *,
    is_in_force: Callable[[Zone], bool] = lambda zone: True,
    span_of: Callable[[Sequence[Zone]], Span] = lambda zones: Span(),
) -> list[Piece]:
    """The pieces of ground where zones are in force, in the order of the zones that they are named after.

    Parameters
    ----------
    span_of
        How long the same of some zones are in force.
    """
    found: dict[str, Piece] = {}
    for face, around in _faces(zones):
        holding = [zone for zone in around if is_in_force(zone)]
        if not holding:
            continue
        ruled, span = rules(holding, types), span_of(around)
        piece = found.setdefault(f"{holding[0].code} {ruled} {span}", Piece(holding[0], ruled, span))
        piece.faces.append(face)
    order = {zone.code: at for at, zone in enumerate(zones)}
    return sorted(found.values(), key=lambda piece: order[piece.zone.code])


def rules(holding: Sequence[Zone], types: Sequence[VehicleType]) -> list[Record]:
    """What each type may do where `holding` are the zones, in the file's order; no zone at all is the world outside.

    Free-floating types come first: OpenTripPlanner reads the first rule only, and cars end at their stations anyway.
    """
    by_rule: dict[Rule, list[str]] = {}
    for type_ in sorted(types, key=lambda each: each.return_constraint == "any_station"):
        by_rule.setdefault(decide(holding, type_).rule, []).append(type_.code)
    return [{"vehicle_type_ids": codes, **_told(rule)} for rule, codes in by_rule.items()]


def _told(rule: Rule) -> Mapping[str, Any]:
    """The rule in GBFS's words; what it does not limit is left out."""
    told: Record = {
        "ride_start_allowed": rule.ride_start_allowed,
        "ride_end_allowed": rule.ride_end_allowed,
        "ride_through_allowed": rule.ride_through_allowed,
    }
    if rule.maximum_speed_kph is not None:
        told["maximum_speed_kph"] = rule.maximum_speed_kph
    if rule.station_parking:
        told["station_parking"] = True
    return told


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
