"""A night's charging: the optimal flow and the rule, beside the same linear program given to GLOP.

    python -m benchmarks.rebalancing.charging [--seeds 5]

Nights of 40 and of 400 cars after the greedy plan. Seconds are of CPU, the least of three runs.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import process_time

import numpy as np
from ortools.linear_solver import pywraplp

from benchmarks.command_line import at_least_one
from benchmarks.rebalancing.generator import REFERENCE, TEN_TIMES, generate
from mobility.rebalancing.optimiser.charging import AWAY, PluggedCars, charge_at_once, schedule
from mobility.rebalancing.optimiser.night.finish import plugged_cars
from mobility.rebalancing.optimiser.night.solve import greedy

RUNS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    described = argparse.ArgumentParser(prog="python -m benchmarks.rebalancing.charging", description=__doc__)
    described.add_argument("--seeds", type=at_least_one, default=5)
    seeds = described.parse_args(arguments).seeds
    print("cars  seed   optimal: cents  seconds      rule: cents  seconds    GLOP: cents  seconds")
    for size in (REFERENCE, TEN_TIMES):
        for seed in range(seeds):
            night = generate(seed, size)
            tasks = sorted((task for _, task in greedy(night).tasks()), key=lambda task: task.starts_min)
            cars = without_needs(plugged_cars(night, tasks))
            best, rule, program = (timed(run, cars) for run in (cost(schedule), cost(charge_at_once), linear_program))
            row = "".join(f"{cents:16.1f} {seconds:8.4f}" for cents, seconds in (best, rule, program))
            print(f"{cars.cars:>4} {seed:>5} {row}", flush=True)
    return 0


def without_needs(cars: PluggedCars) -> PluggedCars:
    """So that the three minimise the same."""
    return replace(cars, need_wh=np.zeros_like(cars.need_wh))


def cost(solve: Callable[..., object]) -> Callable[[PluggedCars], float]:
    return lambda cars: solve(cars).cost_cents  # type: ignore[attr-defined]


def timed(run: Callable[[PluggedCars], float], cars: PluggedCars) -> tuple[float, float]:
    took = []
    for _ in range(RUNS):
        begin = process_time()
        cents = run(cars)
        took.append(process_time() - begin)
    return cents, min(took)


def linear_program(cars: PluggedCars) -> float:
    wall, model = cars.wall, pywraplp.Solver.CreateSolver("GLOP")
    drawn_at, costs = defaultdict(list), []
    for car in np.flatnonzero(wall.site != AWAY).tolist():
        drawn = []
        for quarter in np.flatnonzero(wall.limit[car]).tolist():
            wh = model.NumVar(0, int(wall.limit[car, quarter]), "")
            drawn_at[wall.site[car], quarter].append(wh)
            drawn.append(wh)
            costs.append(wh * (cars.tariff_cents_per_kwh[quarter] / 1000))
        filled = [model.NumVar(0, int(wh), "") for wh in wall.step[car]]
        worth = cars.worth_cents_per_kwh[car] * cars.efficiency / 1000
        costs += [-wh * cents for wh, cents in zip(filled, worth, strict=True)]
        model.Add(sum(drawn) <= int(wall.room[car]))
        model.Add(sum(filled) <= sum(drawn))
    for (site, quarter), energies in drawn_at.items():
        model.Add(sum(energies) <= int(wall.cap[site, quarter]))
    model.Minimize(sum(costs))
    model.Solve()
    return float(model.Objective().Value())


if __name__ == "__main__":
    sys.exit(main())
