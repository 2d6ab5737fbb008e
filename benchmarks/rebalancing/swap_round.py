"""The swap-only round, solved by the night plan's optimiser and by other people's solvers in one run.

    python -m benchmarks.rebalancing.swap_round [--places 40 150] [--seconds 10] [--seeds 2] [--json]

Each solver has one thread and the same seconds. Two kinds of rounds: `all`, where leaving a moped flat costs more than
any way, and `prizes`, where it may not be worth the way. Needs `pip install mobility[peers]`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from time import monotonic, process_time

import numpy as np

from benchmarks.command_line import at_least_one, positive
from benchmarks.rebalancing.swap_instance import (
    BATTERIES,
    CENTS_PER_MIN,
    SHIFT_MIN,
    SWAP_MIN,
    Integers,
    Round,
    Stop,
    Tours,
    generate,
    score,
)
from benchmarks.rebalancing.swap_peers import by_ortools, by_pyvrp, by_vroom
from mobility.rebalancing.optimiser.night.instance import (
    Bookings,
    Cars,
    Crews,
    Mopeds,
    Night,
    Places,
    ServiceMinutes,
    Vans,
)
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.solve import Limits, greedy, solve

QUARTERS = SHIFT_MIN // 15
USABLE_PERCENT = 30


def by_us(asked: Round, *, seconds: float, seed: int) -> Tours:
    return tours_of(solve(night_of(asked), Limits(seed=seed, workers=1, seconds=seconds)))


def by_our_greedy(asked: Round, *, seconds: float, seed: int) -> Tours:
    return tours_of(greedy(night_of(asked)))


SOLVERS: dict[str, Callable[..., Tours]] = {
    "greedy": by_our_greedy,
    "ours": by_us,
    "pyvrp": by_pyvrp,
    "vroom": by_vroom,
    "ortools": by_ortools,
}


def tours_of(plan: NightPlan) -> Tours:
    return [[Stop(task.place + 1, len(task.vehicles)) for task in tour.tasks] for tour in plan.tours if tour.tasks]


def night_of(asked: Round) -> Night:
    """The round as a night without good mopeds, loads and cars."""
    places, vans = asked.nodes - 1, asked.vans
    at = np.repeat(np.arange(places), asked.flat[1:])
    return Night(
        places=places_of(asked),
        depots=("depot",),
        mopeds=Mopeds(
            names=tuple(f"moped {k}" for k in range(len(at))),
            place=at,
            charge_percent=np.zeros(len(at), np.int64),
            usable_percent=USABLE_PERCENT,
            excluded=np.zeros(len(at), bool),
        ),
        cars=no_cars(),
        bookings=Bookings(names=(), car=none(), place=none(), by_min=none(), charge_wh=none()),
        vans=Vans(
            names=tuple(f"van {k}" for k in range(vans)),
            moped_places=np.zeros(vans, np.int64),
            battery_places=np.full(vans, BATTERIES),
        ),
        crews=crews_of(vans, depot=places),
        service_min=ServiceMinutes(access=0, swap=SWAP_MIN),
        travel_min=np.roll(asked.travel_min, (-1, -1), (0, 1))[None],  # locations: the places, then the depot
        car_drive_min=asked.travel_min[1:, 1:],
        morning_min=SHIFT_MIN,
        tariff_cents_per_kwh=np.zeros(QUARTERS),
    )


def places_of(asked: Round) -> Places:
    count, flat = asked.nodes - 1, asked.flat[1:]
    stock = np.arange(flat.max() + 1)
    lost = (flat[:, None] - stock) * asked.prize_cents[1:, None]
    opens, closes = asked.open_min[1:, 0], asked.open_min[1:, 1]
    closed = np.stack([[0 * opens, opens], [closes, 0 * closes + SHIFT_MIN]]).transpose(2, 0, 1)
    return Places(
        names=tuple(f"place {k + 1}" for k in range(count)),
        closed_min=closed,
        quiet_min=np.zeros((count, 1, 2), np.int64),
        moped_docks=flat,
        moped_cents=np.where(stock <= flat[:, None], lost, np.inf),
        car_bays=np.zeros(count, np.int64),
        car_cents=np.zeros((count, 1)),
        chargers=np.zeros(count, np.int64),
        charger_w=np.zeros(count, np.int64),
        site_cap_w=np.zeros((count, QUARTERS), np.int64),
    )


def crews_of(count: int, *, depot: int) -> Crews:
    return Crews(
        names=tuple(f"crew {k}" for k in range(count)),
        shift_min=np.tile([0, SHIFT_MIN], (count, 1)),
        break_min=np.zeros(count, np.int64),
        break_window_min=np.zeros((count, 2), np.int64),
        skills=np.tile([True, False, False, False], (count, 1)),
        may_drive=np.eye(count, dtype=bool),
        mode=np.zeros(count, np.int64),
        start=np.full(count, depot),
        end=np.full(count, depot),
        cents_per_min=np.full(count, CENTS_PER_MIN),
        batteries_used=np.zeros(count, np.int64),
        on_board=((),) * count,
    )


def none() -> Integers:
    return np.zeros(0, np.int64)


def no_cars() -> Cars:
    return Cars(
        names=(),
        place=none(),
        charge_wh=none(),
        battery_wh=none(),
        usable_wh=none(),
        plugged=np.zeros(0, bool),
        wh_per_min=none(),
        step_wh=np.zeros((0, 1), np.int64),
        worth_cents_per_kwh=np.zeros((0, 1)),
        excluded=np.zeros(0, bool),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    by_us(generate(3, seed=0, is_mandatory=True), seconds=0.1, seed=0)  # compiled before the clock runs
    for places in asked.places:
        for is_mandatory in (True, False):
            for seed in range(asked.seeds):
                compare(generate(places, seed=seed, is_mandatory=is_mandatory), asked)
    return 0


def compare(asked: Round, options: argparse.Namespace) -> None:
    rows = []
    for name, solver in SOLVERS.items():
        begin, cpu = monotonic(), process_time()
        found = score(asked, solver(asked, seconds=options.seconds, seed=0))
        took = {"seconds": round(monotonic() - begin, 2), "cpu_s": round(process_time() - cpu, 2)}
        rows.append({"round": asked.name, "solver": name, **asdict(found), **took})
    least = min(row["cost_cents"] for row in rows)
    for row in rows:
        print(json.dumps(row) if options.json else as_text(row, least), flush=True)


def as_text(row: dict[str, object], least: int) -> str:
    above = 100 * (int(row["cost_cents"]) / least - 1)
    figures = f"{row['cost_cents']:>10} c {above:+7.2f} %  {row['travel_min']:>5} min on the way, {row['left']:>3} left"
    return f"{row['round']:<16} {row['solver']:<8}{figures}, {row['vans']:>2} vans {row['cpu_s']:>6} s of CPU"


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(prog="python -m benchmarks.rebalancing.swap_round", description=__doc__)
    described.add_argument("--places", type=at_least_one, nargs="+", default=[40, 150])
    described.add_argument("--seconds", type=positive, default=10, help="of each solver for each round (default 10)")
    described.add_argument("--seeds", type=at_least_one, default=2, help="rounds of each size and kind (default 2)")
    described.add_argument("--json", action="store_true", help="one JSON object per line")
    return described


if __name__ == "__main__":
    sys.exit(main())
