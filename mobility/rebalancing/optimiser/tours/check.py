"""Is the plan one? Recomputed from the instance and the plan alone: the solver's word is not enough."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from mobility.rebalancing.optimiser.tours.instance import Instance
from mobility.rebalancing.optimiser.tours.plan import Plan, spread, tours_cost


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    message: str


def violations(instance: Instance, plan: Plan) -> list[Violation]:
    """Everything that keeps the plan from being driven, or its figures from being true."""
    unknown = unknown_places(instance, plan)
    if unknown:
        return unknown
    return [*visits(instance, plan), *empty_tours(plan), *loads(instance, plan), *figures(instance, plan)]


def unknown_places(instance: Instance, plan: Plan) -> list[Violation]:
    strangers = sorted({place for place in chain(*plan.tours) if not 1 <= place < instance.places})
    return [Violation("unknown_place", f"place {place} is not one to visit") for place in strangers]


def visits(instance: Instance, plan: Plan) -> list[Violation]:
    seen = Counter(chain(*plan.tours))
    wrong = [place for place in range(1, instance.places) if seen[place] != 1]
    return [Violation("visited_once", f"place {place} is visited {seen[place]} times") for place in wrong]


def empty_tours(plan: Plan) -> list[Violation]:
    return [Violation("empty_tour", f"tour {k} goes nowhere") for k, tour in enumerate(plan.tours) if not tour]


def loads(instance: Instance, plan: Plan) -> list[Violation]:
    spreads = [(k, spread(instance, tour)) for k, tour in enumerate(plan.tours)]
    too_wide = [(k, width) for k, width in spreads if width > instance.capacity]
    capacity = f"a van carries {instance.capacity}"
    return [Violation("load", f"the load of tour {k} varies by {width}; {capacity}") for k, width in too_wide]


def figures(instance: Instance, plan: Plan) -> list[Violation]:
    cost = tours_cost(instance, plan.tours)
    found = []
    if cost != plan.cost:
        found.append(Violation("cost", f"the plan says {plan.cost}, its tours cost {cost}"))
    if plan.bound > cost:
        found.append(Violation("bound", f"the bound {plan.bound} is above the cost {cost}"))
    return found
