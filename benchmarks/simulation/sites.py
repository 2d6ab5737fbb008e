"""Sites searched by simulation: designs a minute with shared riders and racing, beside the naive way.

    python -m benchmarks.simulation.sites [--study FILE] [--seeds 8] [--neighbours 40] [--json]

The naive way builds the simulated city anew for each design, draws its riders again, and runs every design on every
seed. Both try the same designs around today's stations. First a case of four candidates is searched by racing and by
trying all sixteen designs: another answer is exit status 1. CPU seconds count.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from time import process_time

import msgspec
import numpy as np

from benchmarks.command_line import at_least_one
from mobility.placement.folder import read_inputs
from mobility.placement.optimiser.racing import Design, neighbours, search
from mobility.placement.service.arena import Arena
from mobility.placement.service.inputs import Inputs, ground_for
from mobility.placement.service.town import study_town
from mobility.simulation.demand import draw_riders
from mobility.simulation.run import simulate

STUDY = Path("cities/bethune/studies/quarter-hour.toml")
TRIP_CENTS, DAYS, FEW = 2_500.0, 7, 4


def main(arguments: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    inputs = short(read_inputs(asked.study, "benchmark"))
    arena = Arena(study_town(ground_for(inputs)), TRIP_CENTS)
    arena.score(frozenset(), 0)  # compiled before the clock runs
    same = is_exact(arena, range(asked.seeds))
    rows = [raced(inputs, asked.seeds, asked.neighbours), naive(inputs, asked.seeds, asked.neighbours)]
    for row in rows:
        print(json.dumps(row) if asked.json else "  ".join(f"{key} {value}" for key, value in row.items()))
    print(f"{rows[0]['designs a minute'] / rows[1]['designs a minute']:.1f} times as many designs a minute")
    if not same:
        print("racing and full enumeration have different answers", file=sys.stderr)
    return 0 if same else 1


def parser() -> argparse.ArgumentParser:
    described = argparse.ArgumentParser(
        prog="python -m benchmarks.simulation.sites", description=__doc__.split("\n")[0]
    )
    described.add_argument("--study", type=Path, default=STUDY)
    described.add_argument("--seeds", type=at_least_one, default=8)
    described.add_argument("--neighbours", type=at_least_one, default=40)
    described.add_argument("--json", action="store_true")
    return described


def short(inputs: Inputs) -> Inputs:
    simulation = msgspec.structs.replace(inputs.study.simulation, days=DAYS, warm_up=0)
    return replace(inputs, study=msgspec.structs.replace(inputs.study, simulation=simulation))


def is_exact(arena: Arena, seeds: Sequence[int]) -> bool:
    """On the few candidates whose stations alone are worth most."""
    alone = sorted(arena.candidates, key=lambda each: -arena.score(frozenset({each}), seeds[0]))[:FEW]
    designs = chain.from_iterable(combinations(alone, count) for count in range(FEW + 1))
    best = max(map(frozenset, designs), key=lambda design: mean(arena, design, seeds))
    found = search(arena.score, frozenset(), alone, seeds=seeds)
    print(
        f"tiny case: racing {sorted(found.design)}, enumeration {sorted(best)}, {found.runs} of {16 * len(seeds)} runs"
    )
    return found.design == best


def mean(arena: Arena, design: Design, seeds: Sequence[int]) -> float:
    return float(np.mean([arena.score(design, seed) for seed in seeds]))


def raced(inputs: Inputs, seeds: int, around: int) -> dict[str, float | str]:
    begin = process_time()
    arena = Arena(study_town(ground_for(inputs)), TRIP_CENTS)
    found = search(arena.score, frozenset(), arena.candidates, seeds=range(seeds), neighbours_max=around)
    return row("racing", found.designs, found.runs, process_time() - begin) | {"new stations": len(found.design)}


def naive(inputs: Inputs, seeds: int, around: int) -> dict[str, float | str]:
    """A few of the same designs: it is too slow for all of them."""
    begin, arena = process_time(), Arena(study_town(ground_for(inputs)), TRIP_CENTS)
    random = np.random.default_rng(0)
    designs = list(neighbours(frozenset(), arena.candidates))
    tried = [designs[number] for number in random.permutation(len(designs))[: min(around, 3)].tolist()]
    for design in tried:
        for seed in range(seeds):
            town = study_town(ground_for(inputs))
            scenario = Arena(town, TRIP_CENTS).scenario(design)
            simulate(scenario, draw_riders(scenario, town.demand, seed))
    return row("naive", len(tried), len(tried) * seeds, process_time() - begin)


def row(name: str, designs: int, runs: int, seconds: float) -> dict[str, float | str]:
    return {
        "way": name,
        "designs": designs,
        "runs": runs,
        "CPU s": round(seconds, 1),
        "designs a minute": round(60 * designs / seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
