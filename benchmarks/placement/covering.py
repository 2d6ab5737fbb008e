"""Prove the best cover of synthetic cities: greedy, the search alone, then search and proof.

    python -m benchmarks.placement.covering [--side-km 25] [--stations 60] [--seconds 5] [--seeds 3]

Each city is a square with 900 sites and 5,000 demand points, both thicker around twelve centres; whole weights; a walk
is the straight line x 1.3 at 4.5 km/h, and everybody within 15 minutes counts as served. By default it has the 650 km²
of the Béthune agglomeration. Exit status 1: a plan broke a rule.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from time import monotonic, process_time

import numpy as np

from mobility.placement.optimiser.check import violations
from mobility.placement.optimiser.instance import Instance
from mobility.placement.optimiser.objective import Covering
from mobility.placement.optimiser.search import Search, kernel_places
from mobility.placement.optimiser.solve import Limits, compile_kernels, greedy, solve

SITES, POINTS, CENTRES = 900, 5_000, 12
WALK_M_PER_MIN, DETOUR, WALK_MIN = 75, 1.3, 15
DESCENTS = 50


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    compile_kernels()
    sound = True
    for seed in range(asked.seeds):
        instance = city(seed, asked.side_km * 1000, asked.stations)
        show(f"city {seed}", f"{asked.stations} stations, weight {instance.weight.sum():.0f}; left uncovered:")
        sound &= ours(instance, asked.seconds)
    return 0 if sound else 1


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m benchmarks.placement.covering", description=__doc__.split("\n")[0]
    )
    described.add_argument("--side-km", type=float, default=25.0, help="of the square city (default 25)")
    described.add_argument("--stations", type=int, default=60, help="to place (default 60)")
    described.add_argument("--seconds", type=float, default=5.0, help="wall time for each proof (default 5)")
    described.add_argument("--seeds", type=int, default=3, help="how many cities (default 3)")
    return described


def city(seed: int, side_m: float, stations_max: int) -> Instance:
    random = np.random.default_rng(seed)
    centres = random.uniform(0, side_m, (CENTRES, 2))
    sites, points = (scatter(random, centres, side_m, count) for count in (SITES, POINTS))
    metres = np.hypot(*(sites[:, None] - points[None]).transpose(2, 0, 1)) * DETOUR
    weight = np.ceil(random.lognormal(2.5, 0.8, POINTS))
    return Instance(
        distance=metres / WALK_M_PER_MIN, weight=weight, objective=Covering(WALK_MIN), stations_max=stations_max
    )


def scatter(random: np.random.Generator, centres: np.ndarray, side_m: float, count: int) -> np.ndarray:
    """Three in five around a centre, the others anywhere."""
    around = centres[random.integers(0, CENTRES, count)] + random.normal(0, 0.06 * side_m, (count, 2))
    anywhere = random.uniform(0, side_m, (count, 2))
    return np.clip(np.where(random.random((count, 1)) < 0.6, around, anywhere), 0, side_m)


def ours(instance: Instance, seconds: float) -> bool:
    begin = clocks()
    show("greedy", f"{greedy(instance).cost:10.0f}", begin)
    begin = clocks()
    search = Search(kernel_places(instance), seed=0)
    search.run(DESCENTS)
    show("local", f"{search.cost:10.0f}", begin)
    begin = clocks()
    plan = solve(instance, Limits(seconds=seconds, workers=len(os.sched_getaffinity(0))))
    show("exact", f"{plan.cost:10.0f}  bound {plan.bound:10.0f}  {verdict(plan.cost, plan.bound)}", begin)
    return not violations(instance, plan)


def verdict(cost: float, bound: float) -> str:
    return "proved" if bound >= cost else f"gap {100 * (cost - bound) / cost:.2f} %"


def clocks() -> tuple[float, float]:
    return monotonic(), process_time()


def show(what: str, figures: str, begin: tuple[float, float] | None = None) -> None:
    took = [now - before for now, before in zip(clocks(), begin, strict=True)] if begin else []
    print(f"{what:8} {figures}" + (f"  {took[0]:6.2f} s  {took[1]:6.2f} s of CPU" if took else ""), flush=True)


if __name__ == "__main__":
    sys.exit(main())
