"""Solve OR-Library p-median instances with the product's own placement optimiser.

    python -m benchmarks.placement.pmed FILE... [--p P] [--seconds 20] [--seed 0] [--json]

One line per file; each may take so many seconds of wall time to solve, and stops as soon as its bound proves the
optimum. `seconds` is that time; `read_seconds`, for the file and its shortest paths, comes on top. Exit status 1: a
plan broke a rule; 2: a file cannot be used, and none was solved.
"""

import argparse
import csv
import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from benchmarks.command_line import at_least_one, parser_of_files, read_or_name
from benchmarks.placement.instance_file import read_instance
from mobility.placement.optimiser.check import violations
from mobility.placement.optimiser.instance import Instance
from mobility.placement.optimiser.solve import Limits, compile_kernels, solve


@dataclass(frozen=True, slots=True)
class Result:
    """`feasible` is the independent check's word; no plan costs less than `bound`."""

    name: str
    n: int
    p: int
    cost: int
    feasible: bool
    seconds: float
    bound: int
    read_seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        read = [timed_read(path, asked.p) for path in asked.files]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    compile_kernels()  # before the clock runs
    show = as_json if asked.json else as_row
    results = []
    for path, (instance, read_seconds) in zip(asked.files, read, strict=True):
        limits = Limits(seed=asked.seed, workers=len(os.sched_getaffinity(0)), seconds=asked.seconds)
        results.append(measure(path.stem, instance, limits, read_seconds))
        print(show(results[-1], path), flush=True)
    return 0 if all(result.feasible for result in results) else 1


def parser() -> argparse.ArgumentParser:
    described = parser_of_files("benchmarks.placement.pmed", __doc__, seconds=20)
    described.add_argument("--p", type=at_least_one, help="number of stations (default: the file's)")
    return described


def timed_read(path: Path, p: int | None) -> tuple[Instance, float]:
    begin = monotonic()
    return read_or_name(path, lambda file: read_instance(file, p)), round(monotonic() - begin, 2)


def measure(name: str, instance: Instance, limits: Limits, read_seconds: float) -> Result:
    begin = monotonic()
    plan = solve(instance, limits)
    took = round(monotonic() - begin, 2)
    size = instance.candidates, instance.stations_max or 0
    figures = round(plan.cost), not violations(instance, plan), took, math.ceil(plan.bound)
    return Result(name, *size, *figures, read_seconds)


def as_json(result: Result, _: Path) -> str:
    return json.dumps(asdict(result))


def as_row(result: Result, path: Path) -> str:
    feasible = "feasible" if result.feasible else "BROKEN"
    row = f"{result.name:10} n {result.n:>4} p {result.p:>4} {result.cost:>8} {feasible:8} {result.seconds:>6.2f} s"
    row += f" (+ {result.read_seconds:.2f} s to read)  bound {result.bound:>8}"
    optimum = read_optima(path.parent).get(result.name)
    return row + (f"  optimum {optimum:>8}" if optimum is not None else "")


def read_optima(folder: Path) -> dict[str, int]:
    """By instance name, from `optimum.csv` in the folder; none when there is no such file."""
    path = folder / "optimum.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: int(row["opt"]) for row in csv.DictReader(lines)}


if __name__ == "__main__":
    sys.exit(main())
