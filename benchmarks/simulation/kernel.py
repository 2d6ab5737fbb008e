"""Events a second of the compiled simulator, beside SimPy and salabim running the same model to the same answer.

    python -m benchmarks.simulation.kernel [--days 14] [--stations 60] [--grow] [--year] [--json]

The same riders, by the same rules: holds, walks, pauses, zones, bays, charge, tariffs. SimPy and salabim drive the
riders' stories of the readable reference (`mobility.simulation.reference`), as its own heap does; only the event loop
is theirs. Every event has to be the same in the same order, or the exit status is 1. CPU seconds count, of the events
alone: who wants to ride is drawn before. `--grow` goes from 60 to 6,000 stations, `--year` simulates a year of 60.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from time import process_time

from benchmarks.command_line import at_least_one
from benchmarks.simulation import peers
from benchmarks.simulation.town import town
from mobility.simulation.demand import draw_riders
from mobility.simulation.reference import City, Reference
from mobility.simulation.riders import Riders
from mobility.simulation.rulebook import TableRules
from mobility.simulation.run import Simulation, tables_of
from mobility.simulation.scenario import Scenario

SIZES = (60, 200, 600, 2_000, 6_000)
SEED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    compile_kernel()
    rows, is_same = beside_peers(asked.stations, asked.days)
    if asked.year:
        rows.append(kernel_row("a year", asked.stations, 365))
    if asked.grow:
        rows += [kernel_row(f"{stations} stations", stations, 7) for stations in SIZES]
    for row in rows:
        print(json.dumps(row) if asked.json else line(row))
    if not is_same:
        print("the simulators tell different stories", file=sys.stderr)
    return 0 if is_same else 1


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation.kernel", description=__doc__.split("\n")[0]
    )
    described.add_argument("--stations", type=at_least_one, default=60)
    described.add_argument("--days", type=at_least_one, default=14, help="that all of them simulate (default 14)")
    described.add_argument("--year", action="store_true", help="the compiled one, a year")
    described.add_argument("--grow", action="store_true", help="the compiled one, a week of 60 to 6,000 stations")
    described.add_argument("--json", action="store_true", help="one JSON object per line")
    return described


def compile_kernel() -> None:
    scenario, demand = town(60, 1, SEED)
    for logs in (False, True):
        timed_kernel(scenario, draw_riders(scenario, demand, SEED), logs)


def timed_kernel(scenario: Scenario, riders: Riders, logs: bool = False) -> tuple[float, Simulation]:
    run = Simulation(scenario, riders, logs)
    begin = process_time()
    run.advance(scenario.ends_s)
    return process_time() - begin, run


def beside_peers(stations: int, days: int) -> tuple[list[dict[str, object]], bool]:
    scenario, demand = town(stations, days, SEED)
    riders = draw_riders(scenario, demand, SEED)
    seconds = min(timed_kernel(scenario, riders)[0] for _ in range(3))
    story = timed_kernel(scenario, riders, logs=True)[1].outcome().log.tolist()
    rows, same = [as_row("ours, compiled", stations, days, len(story), seconds)], True
    loops: dict[str, Callable[[City, int], None]] = {
        "the reference's heap": lambda city, until_s: Reference(city).advance(until_s),
        "SimPy": peers.by_simpy,
        "salabim": peers.by_salabim,
    }
    for name, loop in loops.items():
        city = City(scenario, riders, TableRules(scenario, tables_of(scenario)))
        begin = process_time()
        loop(city, scenario.ends_s)
        rows.append(as_row(name, stations, days, len(city.log), process_time() - begin))
        same &= [list(event) for event in city.log] == story
    return rows, same


def kernel_row(name: str, stations: int, days: int) -> dict[str, object]:
    scenario, demand = town(stations, days, SEED)
    begin = process_time()
    riders = draw_riders(scenario, demand, SEED)
    drawing = process_time() - begin
    seconds, run = timed_kernel(scenario, riders)
    return as_row(f"ours, {name}", stations, days, run.outcome().events, seconds) | {"drawing_s": round(drawing, 3)}


def as_row(name: str, stations: int, days: int, events: int, seconds: float) -> dict[str, object]:
    return {
        "name": name,
        "stations": stations,
        "days": days,
        "events": events,
        "cpu_s": round(seconds, 4),
        "events_a_second": round(events / max(seconds, 1e-9)),
    }


def line(row: dict[str, object]) -> str:
    drawing = f", drawing the riders {row['drawing_s']} s" if "drawing_s" in row else ""
    return (
        f"{row['name']:24} {row['stations']:>5} stations, {row['days']:>3} days: {row['events']:>9,} events in "
        f"{row['cpu_s']:8.3f} CPU s, {row['events_a_second']:>12,} a second{drawing}"
    )


if __name__ == "__main__":
    sys.exit(main())
