"""The reference night, and ten times it: nothing, greedy, plan and bound.

    python -m benchmarks.rebalancing.reference_night [--nights 4] [--seconds 20] [--seed 0] [--ten] [--json]

Costs in euros of trips lost tomorrow, crews' time and energy less the worth of charge. The share is that of the way
from "nobody works" to the bound that the plan has gone. `--seconds` are of wall time; CPU seconds are told beside them,
for a machine may be busy. Exit status 1: the independent check found a violation.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import monotonic, process_time

from benchmarks.command_line import natural, positive
from benchmarks.rebalancing.generator import REFERENCE, TEN_TIMES, generate
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.smallest import compile_kernels
from mobility.rebalancing.optimiser.night.solve import Limits, greedy, nothing, solve


@dataclass(frozen=True, slots=True)
class Row:
    """Costs in cents; `missed` are bookings that a plan does not honour: of nothing, greedy, plan."""

    seed: int
    nothing: float
    greedy: float
    plan: float
    bound: float
    missed: tuple[int, int, int]
    feasible: bool
    greedy_cpu_s: float
    seconds: float
    cpu_s: float

    def share(self, cents: float) -> float:
        return (self.nothing - cents) / (self.nothing - self.bound)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    size = TEN_TIMES if asked.ten else REFERENCE
    compile_kernels()  # before the clock runs
    rows = []
    for number in range(asked.nights):
        rows.append(measure(number, generate(number, size), asked.seconds, asked.seed))
        print(json.dumps(asdict(rows[-1])) if asked.json else as_row(rows[-1]), flush=True)
    if not asked.json and rows:
        means = [100 * sum(row.share(getattr(row, name)) for row in rows) / len(rows) for name in ("greedy", "plan")]
        print(f"mean share of the way to the bound: greedy {means[0]:.1f} %, plan {means[1]:.1f} %")
    return 0 if all(row.feasible for row in rows) else 1


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="benchmarks.rebalancing.reference_night", description=__doc__)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("--nights", type=natural, default=4, help="seeds of the generator, from 0")
    made.add_argument("--seconds", type=positive, default=20.0, help="for each plan")
    made.add_argument("--seed", type=natural, default=0, help="of the search")
    made.add_argument("--ten", action="store_true", help="ten times the reference night")
    made.add_argument("--json", action="store_true", help="one JSON object per night")
    return made


def measure(number: int, night: Night, seconds: float, seed: int) -> Row:
    begin = process_time()
    fast = greedy(night)
    greedy_cpu_s = process_time() - begin
    since, begin = monotonic(), process_time()
    plan = solve(night, Limits(seed=seed, workers=len(os.sched_getaffinity(0)), seconds=seconds))
    took, cpu_s = monotonic() - since, process_time() - begin
    home = nothing(night)
    missed = (missed_by(home), missed_by(fast), missed_by(plan))
    feasible = not any(violations(night, each) for each in (home, fast, plan))
    costs = (home.cost_cents, fast.cost_cents, plan.cost_cents, plan.bound_cents)
    return Row(number, *costs, missed, feasible, round(greedy_cpu_s, 3), round(took, 1), round(cpu_s, 1))


def missed_by(plan: NightPlan) -> int:
    return sum(each.what == "booking" for each in plan.unserved)


def as_row(row: Row) -> str:
    costs = [f"{getattr(row, name) / 100:9.2f}" for name in ("nothing", "greedy", "plan", "bound")]
    words = f"night {row.seed}: nothing {costs[0]}  greedy {costs[1]}  plan {costs[2]}  bound {costs[3]} €"
    words += f"  share {100 * row.share(row.greedy):5.1f} / {100 * row.share(row.plan):5.1f} %"
    words += f"  missed bookings {row.missed[0]}/{row.missed[1]}/{row.missed[2]}"
    words += f"  greedy {row.greedy_cpu_s:.3f} CPU s, plan {row.cpu_s:.1f} CPU s in {row.seconds:.1f} s"
    return words + ("" if row.feasible else "  BROKEN")


if __name__ == "__main__":
    sys.exit(main())
