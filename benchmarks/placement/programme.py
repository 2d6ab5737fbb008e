"""A study's programmes, sizes and years and fairness in, one budget after the other: cost, bound, gap, CPU seconds.

Example
-------
    python -m benchmarks.placement.programme cities/bethune/studies/quarter-hour.toml --seconds 5 12
"""

import argparse
from pathlib import Path
from time import process_time

from mobility.placement.folder import read_inputs
from mobility.placement.optimiser.programme.check import violations
from mobility.placement.optimiser.programme.model import entries
from mobility.placement.optimiser.programme.solve import solve
from mobility.placement.optimiser.solve import Limits, compile_kernels
from mobility.placement.rules.study import TODAY, scenarios_of
from mobility.placement.service.inputs import ground_for
from mobility.placement.service.placing import programme_of


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("study", type=Path)
    asked.add_argument("--seconds", type=float, nargs="+", default=[5.0])
    asked.add_argument("--gap", type=float, default=1e-6, help="a proof within it ends the search")
    given = asked.parse_args()
    inputs = read_inputs(given.study, "benchmark")
    ground = ground_for(inputs)
    compile_kernels()
    print("| scenario | entries | seconds | CPU s | loss | bound | gap | violations |")
    print("|---|---|---|---|---|---|---|---|")
    for scenario in scenarios_of(inputs.study):
        if scenario.code == TODAY or scenario.draws is not None:
            continue
        programme = programme_of(ground, scenario)
        for seconds in given.seconds:
            began = process_time()
            found = solve(programme, Limits(seconds=seconds, gap=given.gap), now=process_time)
            row = f"{process_time() - began:.1f} | {found.cost:,.0f} | {found.bound:,.0f} | {found.gap:.2%}"
            wrong = len(violations(programme, found))
            print(f"| {scenario.code} | {entries(programme):,} | {seconds:g} | {row} | {wrong} |", flush=True)


if __name__ == "__main__":
    main()
