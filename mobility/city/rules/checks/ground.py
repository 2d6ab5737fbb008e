import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from statistics import median

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.base.errors import Problem
from mobility.city.rules.city_file import Area, Commune, Place, Station, Zone
from mobility.city.rules.faults import Fault
from mobility.city.rules.geometry import outline, rings
from mobility.geo import Bounds, LonLat

# No city's service reaches farther from its middle; what lies outside it only when read as written has its
# coordinates exchanged.
CITY_RADIUS_M = 100_000


def check_positions(
    centre: LonLat,
    stations: Sequence[Station] = (),
    places: Sequence[Place] = (),
    zones: Sequence[Zone] = (),
    communes: Sequence[Commune] = (),
) -> Iterator[Fault]:
    """No coordinates are exchanged: each stands near the middle of the others."""
    written = [("centre", centre)]
    written += [(f"stations[{at}].position", station.position) for at, station in enumerate(stations)]
    written += [(f"places[{at}].position", place.position) for at, place in enumerate(places)]
    written += _first_corners("zones", zones) + _first_corners("communes", communes)
    positions = [position for _, position in written]
    middle = LonLat(median(p.lon for p in positions), median(p.lat for p in positions))
    city = Bounds.within(middle, CITY_RADIUS_M)
    for path, position in written:
        if city.looks_swapped(position):
            message = f"longitude comes first: {position.lon:g}, {position.lat:g} looks swapped"
            yield Fault(path, "position_swapped", message)


def check_outlines(zones: Sequence[Zone] = (), communes: Sequence[Commune] = ()) -> Iterator[Fault]:
    """Every outline is on the globe, closed and free of crossings; slow zones say how slow."""
    for at, commune in enumerate(communes):
        yield from _of_area(f"communes[{at}].geometry", commune.geometry)
    for at, zone in enumerate(zones):
        yield from _of_area(f"zones[{at}].geometry", zone.geometry)
        if (zone.kind == "slow") != (zone.max_speed_kmh is not None):
            message = "a slow zone has a maximum speed, and no other zone has one"
            yield Fault(f"zones[{at}].max_speed_kmh", "wrong_value", message)


def check_centre(centre: LonLat, zones: Sequence[Zone]) -> Iterator[Fault]:
    if not _covered(centre, [shape for _, shape in _services(zones)]):
        yield Fault("centre", "outside_service_zone", "lies outside every service zone")


def check_stations(stations: Sequence[Station], zones: Sequence[Zone]) -> Iterator[Fault]:
    """A station stands in a service zone of every class it accepts, and charges no more vehicles than it holds."""
    services = _services(zones)
    for at, station in enumerate(stations):
        for vehicle_type in station.vehicle_types:
            if not _covered(station.position, [shape for zone, shape in services if zone.binds(vehicle_type)]):
                message = f"lies outside every service zone of {vehicle_type!r}"
                yield Fault(f"stations[{at}].position", "outside_service_zone", message)
        if station.chargers > station.bays:
            message = f"{station.chargers} chargers for {station.bays} bays"
            yield Fault(f"stations[{at}].chargers", "too_many_chargers", message)


def _services(zones: Sequence[Zone]) -> list[tuple[Zone, BaseGeometry]]:
    """Service zones with their outlines, mended where they cross themselves; `check_outlines` reports those."""
    services = []
    for zone in zones:
        if zone.kind == "service":
            with suppress(Problem, ValueError, shapely.GEOSException):
                services.append((zone, shapely.make_valid(outline(zone.geometry))))
    return services


def _covered(position: LonLat, shapes: Iterable[BaseGeometry]) -> bool:
    point = shapely.Point(position.lon, position.lat)
    return any(shape.covers(point) for shape in shapes)


def _of_area(path: str, area: Area) -> Iterator[Fault]:
    try:
        shape = outline(area)
    except Problem as error:
        yield Fault(path, error.code, str(error))
    except (ValueError, shapely.GEOSException):
        yield Fault(path, "broken_ring", "a ring has at least four corners of two numbers each")
    else:
        yield from _of_shape(path, shape)


def _of_shape(path: str, shape: BaseGeometry) -> Iterator[Fault]:
    if shape.is_empty:
        yield Fault(path, "broken_ring", "holds no polygon")
    elif not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        crossing = re.fullmatch(r"Self-intersection\[(\S+) (\S+)\]", reason)
        if crossing:
            near = ", ".join(f"{float(number):.2f}" for number in crossing.groups())
            yield Fault(path, "crosses_itself", f"crosses itself near {near}")
        else:
            yield Fault(path, "broken_outline", reason)


def _first_corners(section: str, items: Sequence[Zone | Commune]) -> list[tuple[str, LonLat]]:
    """One corner of each outline, where it has one on the globe: outlines are swapped whole."""
    corners = []
    for at, item in enumerate(items):
        corner = next((corner for ring in rings(item.geometry) for corner in ring), None)
        if corner and -180 <= corner[0] <= 180 and -90 <= corner[1] <= 90:
            corners.append((f"{section}[{at}].geometry", LonLat(*corner)))
    return corners
