"""Zone checks per second: which rule holds at a position, of 200 zones of 200 vertices, beside what Shapely can do.

Three ways are compared in the same run on the same positions: a plain loop that asks every polygon whether it contains
the point; the tree's own query with its predicate; and ours, from positions to GBFS rules, precedence included.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import cos, pi, sin
from pathlib import Path
from random import Random
from statistics import median

import msgspec
import shapely

from mobility.city.rules.city_file import CityFile, Polygon, Zone, ZoneKind
from mobility.city.rules.geometry import outline
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import read_city_file
from mobility.geo import LonLat

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
KINDS: Sequence[ZoneKind] = ("slow", "no_parking", "no_ride", "bays", "no_start")
# A town of ten by ten kilometres; zones of 200 to 800 metres that overlap as those of towns do.
WEST, SOUTH, WIDE, HIGH = 2.58, 50.48, 0.14, 0.09


def main() -> int:
    arguments = _arguments()
    random = Random(arguments.seed)
    city = _city(arguments.city, random, arguments.zones, arguments.vertices)
    positions = [_position(random) for _ in range(arguments.positions)]
    zones = list(city.file.zones)
    shapes = [outline(zone.geometry) for zone in zones]
    vehicle_type = city.file.vehicle_types[0]
    ours = city.zones_at(NOW)
    tree = shapely.STRtree(shapes)

    def loop() -> int:
        points = [shapely.Point(position.lon, position.lat) for position in positions[: arguments.loop]]
        return sum(shape.contains(point) for point in points for shape in shapes)

    def tree_one_by_one() -> int:
        points = [shapely.Point(position.lon, position.lat) for position in positions[: arguments.loop]]
        return sum(len(tree.query(point, predicate="intersects")) for point in points)

    def tree_at_once() -> int:
        points = shapely.points([(position.lon, position.lat) for position in positions])
        return int(tree.query(points, predicate="intersects").shape[1])

    def rules_one_by_one() -> int:
        return sum(len(ours.ruling(position, vehicle_type).zones) for position in positions[: arguments.loop])

    def rules_at_once() -> int:
        rulings = ours.rulings(positions, [vehicle_type] * len(positions))
        return sum(len(ruling.zones) for ruling in rulings)

    ways = {
        "loop of `contains`": (loop, arguments.loop),
        "STRtree query, one by one": (tree_one_by_one, arguments.loop),
        "STRtree query, all at once": (tree_at_once, arguments.positions),
        "rules in force, one by one": (rules_one_by_one, arguments.loop),
        "rules in force, all at once": (rules_at_once, arguments.positions),
    }
    assert tree_at_once() == rules_at_once(), "they find other zones"
    _show(arguments, _speeds(ways, arguments.rounds))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="zones", description=__doc__)
    parser.add_argument("--city", default="cities/bethune/city.toml", help="whose classes of vehicles are asked about")
    parser.add_argument("--zones", type=int, default=200)
    parser.add_argument("--vertices", type=int, default=200, help="of each zone")
    parser.add_argument("--positions", type=int, default=20_000, help="asked at once")
    parser.add_argument("--loop", type=int, default=2_000, help="of those, asked one by one")
    parser.add_argument("--rounds", type=int, default=9, help="of each; the median counts")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _city(file: str, random: Random, count: int, vertices: int) -> PreparedCity:
    """The city with other zones: a service zone round everything, and before it the others."""
    city: CityFile = read_city_file(Path(file))
    whole = [(WEST, SOUTH), (WEST + WIDE, SOUTH), (WEST + WIDE, SOUTH + HIGH), (WEST, SOUTH + HIGH), (WEST, SOUTH)]
    zones = [_zone(f"z{at}", random.choice(KINDS), _blob(random, vertices)) for at in range(count - 1)]
    zones.append(_zone("service", "service", tuple(whole)))
    return PreparedCity(msgspec.structs.replace(city, zones=tuple(zones)), "")


def _zone(code: str, kind: ZoneKind, ring: tuple[tuple[float, float], ...]) -> Zone:
    limit = 20 if kind == "slow" else None
    geometry = Polygon(coordinates=(ring,))
    return Zone(code=code, name={}, kind=kind, max_speed_kmh=limit, source="benchmark", geometry=geometry)


def _blob(random: Random, vertices: int) -> tuple[tuple[float, float], ...]:
    """A star-shaped outline, uneven as drawn ones are."""
    centre, radius = _position(random), random.uniform(0.001, 0.004)
    corners = []
    for at in range(vertices):
        angle, reach = 2 * pi * at / vertices, radius * random.uniform(0.8, 1.0)
        corners.append((centre.lon + 1.57 * reach * cos(angle), centre.lat + reach * sin(angle)))
    return (*corners, corners[0])


def _position(random: Random) -> LonLat:
    return LonLat(WEST + random.random() * WIDE, SOUTH + random.random() * HIGH)


def _speeds(ways: Mapping[str, tuple[Callable[[], int], int]], rounds: int) -> dict[str, float]:
    """Positions per second of CPU by each way. Rounds take turns, so that a busy machine is busy for all of them."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, (work, _positions) in ways.items():
            begun = time.process_time()
            work()
            taken[name].append(time.process_time() - begun)
    # The first round prepares what is prepared once.
    return {name: positions / median(taken[name][1:]) for name, (_, positions) in ways.items()}


def _show(arguments: argparse.Namespace, speeds: dict[str, float]) -> None:
    loop, tree = speeds["loop of `contains`"], speeds["STRtree query, all at once"]
    print(f"{arguments.zones} zones of {arguments.vertices} vertices, {arguments.positions} positions")
    for name, per_s in speeds.items():
        print(f"{name:<28} {per_s:>11,.0f} positions/s   {per_s / loop:>8.1f} x loop   {per_s / tree:>6.2f} x tree")


if __name__ == "__main__":
    sys.exit(main())
