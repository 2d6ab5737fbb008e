from collections.abc import Iterator, Sequence
from contextlib import suppress

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.base.errors import Problem
from mobility.city.rules.city_file import Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.geofences import SAYS
from mobility.city.rules.geometry import outline


def check_precedence(zones: Sequence[Zone]) -> Iterator[Fault]:
    """No zone stands after a service zone that always answers the same questions first, wherever it is."""
    services: list[tuple[Zone, BaseGeometry]] = []
    for at, zone in enumerate(zones):
        shape = _shape(zone)
        if shape is None:
            continue
        for service, around in services:
            if _answers_first(service, zone) and around.covers(shape):
                message = f"listed after the service zone {service.code!r}, which holds all of it and answers first"
                yield Fault(f"zones[{at}]", "zone_never_wins", message)
                break
        if zone.kind == "service" and not zone.hours:
            services.append((zone, shape))


def _answers_first(service: Zone, zone: Zone) -> bool:
    """Whether all that a zone says is already said, for every class that it binds."""
    said = SAYS[zone.kind]
    binds_all = not service.vehicle_types or (
        bool(zone.vehicle_types) and set(zone.vehicle_types) <= set(service.vehicle_types)
    )
    return False in said.values() and said.keys() <= SAYS["service"].keys() and binds_all


def _shape(zone: Zone) -> BaseGeometry | None:
    """The outline, mended where it crosses itself; None where it is broken, which `check_outlines` reports."""
    with suppress(Problem, ValueError, shapely.GEOSException):
        return shapely.make_valid(outline(zone.geometry))
    return None
