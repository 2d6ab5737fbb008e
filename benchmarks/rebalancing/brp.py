"""Solve published bike-sharing rebalancing instances with the night plan's own optimiser.

    python -m benchmarks.rebalancing.brp FILE... --seconds 10 --seed 0 [--json]

One line per file; each may take so many seconds of wall time. Exit status 1: a plan broke a rule; 2: a file cannot be
used, and none was solved.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from benchmarks.command_line import parser_of_files, read_or_name
from benchmarks.rebalancing.instance_file import read_instance, read_references
from mobility.rebalancing.optimiser.tours.check import violations
from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.solve import Limits, solve
from mobility.rebalancing.optimiser.tours.walk import compile_kernel


@dataclass(frozen=True, slots=True)
class Result:
    """`feasible` is the independent check's word; `bound` is what no plan undercuts."""

    name: str
    cost: int
    vehicles: int
    feasible: bool
    seconds: float
    bound: int


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser_of_files("benchmarks.rebalancing.brp", __doc__, seconds=10).parse_args(arguments)
    try:
        instances = [(path, read_or_name(path, read_instance)) for path in asked.files]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    compile_kernel()  # before the clock runs
    show = as_json if asked.json else as_row
    results = []
    for path, instance in instances:
        results.append(measure(path.stem, instance, seconds=asked.seconds, seed=asked.seed))
        print(show(results[-1], path), flush=True)
    return 0 if all(result.feasible for result in results) else 1


def measure(name: str, instance: Instance, *, seconds: float, seed: int) -> Result:
    begin = monotonic()
    plan = solve(instance, Limits(seed=seed, workers=len(os.sched_getaffinity(0)), seconds=seconds))
    took = round(monotonic() - begin, 2)
    return Result(name, plan.cost, len(plan.tours), not violations(instance, plan), took, plan.bound)


def as_json(result: Result, _: Path) -> str:
    return json.dumps(asdict(result))


def as_row(result: Result, path: Path) -> str:
    reference = read_references(path.parent).get(result.name)
    feasible = "feasible" if result.feasible else "BROKEN"
    row = f"{result.name:24} {result.cost:>9} {result.vehicles:>3} vans  {feasible:8} {result.seconds:>7.2f} s"
    row += f"  bound {result.bound:>9} ({percent(result.cost, result.bound)})"
    return row + (f"  reference {reference:>9} ({percent(result.cost, reference)})" if reference else "")


def percent(cost: int, base: int) -> str:
    return f"{100 * (cost / base - 1):+.2f} %" if base else "-"


if __name__ == "__main__":
    sys.exit(main())
