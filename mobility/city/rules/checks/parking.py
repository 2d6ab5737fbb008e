from collections.abc import Iterator, Sequence
from contextlib import suppress

import shapely

from mobility.base.errors import Problem
from mobility.city.rules.city_file import Station, VehicleType, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.parking_ground import free_parking


def check_parking(
    vehicle_types: Sequence[VehicleType], zones: Sequence[Zone], stations: Sequence[Station]
) -> Iterator[Fault]:
    """A class that is left anywhere has some ground for that, or a station, at the hours without special rules."""
    always = [zone for zone in zones if not zone.hours]
    for at, vehicle_type in enumerate(vehicle_types):
        is_free = vehicle_type.return_constraint == "free_floating"
        if is_free and not any(vehicle_type.code in station.vehicle_types for station in stations):
            # Broken outlines are `check_outlines`' to report.
            with suppress(Problem, ValueError, shapely.GEOSException):
                if free_parking(always, vehicle_type).is_empty:
                    message = f"no zone and no station lets a ride of {vehicle_type.code!r} end"
                    yield Fault(f"vehicle_types[{at}]", "nowhere_to_park", message)
