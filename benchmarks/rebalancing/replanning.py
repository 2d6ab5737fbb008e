"""The rest of a night planned anew after a disturbance, with all that its solver's process does for it.

    python -m benchmarks.rebalancing.replanning [--nights 2] [--seed 0] [--json]

Reference nights whose crews have just been told the whole plan, which is the most that can be left to change. Then a
van breaks down, a street is closed, a moped is rented or a station is flooded. CPU seconds, which one idle core takes
of wall time: of the start of a process (imports, the compiled kernel read from its cache), of the plan, which has what
the product gives it, and of its check and the worth of its tasks. Exit status 1: the check found a violation.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from time import process_time

import numpy as np

from benchmarks.command_line import natural
from benchmarks.rebalancing.generator import CREW_CENTS_PER_MIN, generate
from mobility.rebalancing.optimiser.night.instance import Lock, Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.replan import changed, replan
from mobility.rebalancing.optimiser.night.smallest import compile_kernels
from mobility.rebalancing.optimiser.night.solve import Limits, solve
from mobility.rebalancing.processes import explained
from mobility.rebalancing.service.plans import REPLAN_SECONDS

STEPS = 5_000  # of the plan that is disturbed
CHANGE_CENTS = 10 * CREW_CENTS_PER_MIN
TRIP_CENTS = 350


@dataclass(frozen=True, slots=True)
class Row:
    """`told` and `changed` are tasks."""

    night: int
    disturbance: str
    told: int
    changed: int
    start_cpu_s: float
    plan_cpu_s: float
    worth_cpu_s: float
    feasible: bool

    @property
    def cpu_s(self) -> float:
        return self.start_cpu_s + self.plan_cpu_s + self.worth_cpu_s


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    compile_kernels()
    start_cpu_s, rows = process_time(), []
    for number in range(asked.nights):
        night = generate(number)
        before = told(night, solve(night, Limits(seed=asked.seed, work=STEPS)))
        for name, disturb in DISTURBANCES.items():
            rows.append(measure(number, name, disturb(before), asked.seed, start_cpu_s))
            print(json.dumps(asdict(rows[-1])) if asked.json else as_row(rows[-1]), flush=True)
    return 0 if all(row.feasible for row in rows) else 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="benchmarks.rebalancing.replanning", description=__doc__)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("--nights", type=natural, default=2, help="seeds of the generator, from 0")
    made.add_argument("--seed", type=natural, default=0, help="of the search")
    made.add_argument("--json", action="store_true", help="one JSON object per disturbance")
    return made


def told(night: Night, plan: NightPlan) -> Night:
    """The night whose crews count on the plan."""
    locks = (
        Lock(
            crew=tour.crew,
            kind=task.kind,
            place=task.place,
            vehicles=task.vehicles,
            to_place=task.to_place,
            told_min=task.starts_min,
        )
        for tour, task in plan.tasks()
        if task.kind != "break"
    )
    return replace(night, locks=tuple(locks), change_cents=CHANGE_CENTS)


def van_broken(night: Night) -> Night:
    """That of the crew with most to do, which goes home."""
    crew = max(range(len(night.crews.names)), key=[lock.crew for lock in night.locks].count)
    shifts = night.crews.shift_min.copy()
    shifts[crew] = 0
    kept = tuple(lock for lock in night.locks if lock.crew != crew)
    return replace(night, locks=kept, crews=replace(night.crews, shift_min=shifts))


def closed(count: int) -> Callable[[Night], Night]:
    """The first places of the plan, for the whole night."""

    def disturb(night: Night) -> Night:
        places = list(dict.fromkeys(lock.place for lock in night.locks))[:count]
        hours = night.places.closed_min.copy()
        hours[places] = [0, night.morning_min]
        return replace(night, places=replace(night.places, closed_min=hours))

    return disturb


def rented(night: Night) -> Night:
    """The first moped that was to be swapped."""
    moped = next(lock.vehicles[0] for lock in night.locks if lock.kind == "swap")
    left = (
        replace(lock, vehicles=tuple(each for each in lock.vehicles if each != moped))
        if lock.kind in ("swap", "load", "unload")
        else lock
        for lock in night.locks
    )
    excluded = np.arange(len(night.mopeds.names)) == moped
    return replace(
        night,
        locks=tuple(lock for lock in left if lock.vehicles),
        mopeds=replace(night.mopeds, excluded=excluded),
    )


DISTURBANCES: dict[str, Callable[[Night], Night]] = {
    "van broken": van_broken,
    "street closed": closed(1),
    "moped rented": rented,
    "flood": closed(4),
}


def measure(number: int, name: str, night: Night, seed: int, start_cpu_s: float) -> Row:
    since = process_time()
    plan = replan(night, Limits(seed=seed, seconds=REPLAN_SECONDS), now=process_time)
    plan_cpu_s, since = process_time() - since, process_time()
    solved = explained(night, plan, TRIP_CENTS, plan_cpu_s)
    return Row(
        night=number,
        disturbance=name,
        told=len(night.locks),
        changed=changed(night, plan),
        start_cpu_s=round(start_cpu_s, 2),
        plan_cpu_s=round(plan_cpu_s, 2),
        worth_cpu_s=round(process_time() - since, 2),
        feasible=not solved.violations,
    )


def as_row(row: Row) -> str:
    words = f"night {row.night}, {row.disturbance:<13}: {row.changed:3d} of {row.told} tasks changed; CPU s:"
    words += f" start {row.start_cpu_s:.1f}, plan {row.plan_cpu_s:.1f}, check and worth {row.worth_cpu_s:.1f},"
    return words + f" together {row.cpu_s:.1f}" + ("" if row.feasible else "  BROKEN")


if __name__ == "__main__":
    sys.exit(main())
