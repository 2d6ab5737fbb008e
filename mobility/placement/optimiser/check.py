"""Is the plan one? Recomputed from the instance and the plan alone: the solver's word is not enough."""

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

from mobility.placement.optimiser.instance import Instance
from mobility.placement.optimiser.plan import Plan, plan_cost

ROUNDING = 1e-9  # of the cost, where losses are not whole; sums in another order differ by less


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    message: str


def violations(instance: Instance, plan: Plan) -> list[Violation]:
    """Everything that keeps the plan from being built, or its figures from being true."""
    unknown = unknown_stations(instance, plan)
    if unknown:
        return unknown
    return [*fixed(instance, plan), *purse(instance, plan), *spacing(instance, plan), *figures(instance, plan)]


def unknown_stations(instance: Instance, plan: Plan) -> list[Violation]:
    strangers = sorted(set(plan.stations) - set(range(instance.candidates)))
    twice = sorted(c for c, times in Counter(plan.stations).items() if times > 1)
    found = [Violation("unknown_station", f"station {c} is not a candidate") for c in strangers]
    return found + [Violation("opened_once", f"station {c} is opened more than once") for c in twice]


def fixed(instance: Instance, plan: Plan) -> list[Violation]:
    missing = sorted(set(instance.fixed) - set(plan.stations))
    return [Violation("fixed", f"the fixed station {c} is missing") for c in missing]


def purse(instance: Instance, plan: Plan) -> list[Violation]:
    if not plan.stations:
        return [Violation("no_station", "there is no station")]
    if instance.stations_max is not None:
        count = len(plan.stations)
        few = count <= instance.stations_max
        return [] if few else [Violation("number", f"there are {count} stations, not {instance.stations_max}")]
    spent = sum(float(instance.prices[c]) for c in plan.stations)
    within = spent <= instance.purse * (1 + ROUNDING)
    return [] if within else [Violation("budget", f"{spent} of {instance.purse} spent")]


def spacing(instance: Instance, plan: Plan) -> list[Violation]:
    if instance.spacing is None:
        return []
    distance, minimum = instance.spacing.distance, instance.spacing.minimum
    near = [(a, b) for a, b in combinations(plan.stations, 2) if distance[a, b] < minimum]
    return [Violation("spacing", f"stations {a} and {b} are nearer than {minimum}") for a, b in near]


def figures(instance: Instance, plan: Plan) -> list[Violation]:
    cost = plan_cost(instance, plan.stations)
    found = []
    if abs(cost - plan.cost) > ROUNDING * max(1.0, cost):
        found.append(Violation("cost", f"the plan says {plan.cost}, its stations cost {cost}"))
    if plan.bound > cost * (1 + ROUNDING):
        found.append(Violation("bound", f"the bound {plan.bound} is above the cost {cost}"))
    return found
