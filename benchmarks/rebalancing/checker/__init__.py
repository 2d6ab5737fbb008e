"""Is a plan one for its night, and what does it cost? Written from docs/instances.md alone, for anybody to read.

Needs NumPy and nothing of this project. `check` takes the two JSON documents as they were read.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .charging import charge
from .costs import costs_of, total
from .promises import broken_promises
from .state import State
from .tours import tour_problems
from .work import work_problems

CENTS_TOLERANCE = 0.05  # files round to a thousandth


@dataclass(frozen=True)
class Answer:
    cost_cents: float
    problems: list[str]


def check(night: dict[str, Any], plan: dict[str, Any]) -> Answer:
    """The plan's cost recomputed, and each rule of the format page that is broken."""
    night = lists(night)
    state, power_w = State(night), np.array(plan["power_w"], dtype=int).reshape(len(night["cars"]["place"]), -1)
    problems = [*tour_problems(night, plan), *work_problems(state, plan)]
    problems += [*charge(state, power_w), *broken_promises(state, plan)]
    costs = costs_of(state, plan["tours"], power_w)
    problems += [
        f"{part} is {cents:.2f} cents, not {plan['costs'][part]:.2f}"
        for part, cents in costs.items()
        if abs(cents - plan["costs"][part]) > CENTS_TOLERANCE
    ]
    return Answer(total(costs), problems)


def lists(document: Any) -> Any:
    """With arrays that have no numbers, written as their shapes, as empty lists."""
    if not isinstance(document, dict):
        return document
    return [] if document.keys() == {"shape"} else {name: lists(value) for name, value in document.items()}
