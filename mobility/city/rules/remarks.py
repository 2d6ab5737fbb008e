"""What a ground may well be meant to be, and an operator had better know."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.base.errors import Problem
from mobility.city.rules.city_file import Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.geofences import answers
from mobility.city.rules.geometry import outline
from mobility.city.rules.parking_ground import area_km2

# Borders that were drawn twice overlap by slivers.
SLIVER_KM2 = 1e-5

Drawn = tuple[int, Zone, BaseGeometry]


def remarks(zones: Sequence[Zone]) -> list[Fault]:
    """Zones that contradict each other where they overlap, and zones that no service zone holds."""
    drawn = list(_drawn(zones))
    return [*_overlaps(drawn), *_outside(drawn)]


def _overlaps(drawn: Sequence[Drawn]) -> Iterator[Fault]:
    """That a zone stands before the service area around it is how zones are made: those are left out."""
    rules = [each for each in drawn if each[1].kind != "service"]
    tree = shapely.STRtree([shape for _, _, shape in rules])
    for nth, (at, zone, shape) in enumerate(rules):
        for other in sorted(tree.query(shape).tolist()):
            _, before, around = rules[other]
            if other < nth and _contradict(before, zone) and area_km2(shape.intersection(around)) > SLIVER_KM2:
                yield Fault(f"zones[{at}]", "zones_overlap", f"where it overlaps {before.code!r}, that one decides")


def _outside(drawn: Sequence[Drawn]) -> Iterator[Fault]:
    served = shapely.union_all([shape for _, zone, shape in drawn if zone.kind == "service"])
    for at, zone, shape in drawn:
        if zone.kind != "service" and not served.intersects(shape):
            yield Fault(f"zones[{at}]", "zone_outside_service", "lies outside every service zone")


def _contradict(one: Zone, other: Zone) -> bool:
    """Whether they answer a question differently for a class that both bind."""
    mine, theirs = answers(one), answers(other)
    differ = any(mine[question] != theirs[question] for question in mine.keys() & theirs.keys())
    both = not one.vehicle_types or not other.vehicle_types or set(one.vehicle_types) & set(other.vehicle_types)
    return differ and bool(both)


def _drawn(zones: Sequence[Zone]) -> Iterator[Drawn]:
    """Zones with their place and their outline, without those whose outline is broken."""
    for at, zone in enumerate(zones):
        with suppress(Problem, ValueError, shapely.GEOSException):
            yield at, zone, shapely.make_valid(outline(zone.geometry))
