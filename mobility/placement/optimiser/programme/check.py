"""Is the rollout one? Recomputed from the programme, the sizes and who is served where, without the solver's code."""

from collections.abc import Iterator

import numpy as np

from mobility.placement.optimiser.check import Violation
from mobility.placement.optimiser.programme.instance import NONE, Programme
from mobility.placement.optimiser.programme.plan import Rollout

ROUNDING = 1e-6  # of what is compared: HiGHS keeps its limits to about that


def violations(programme: Programme, rollout: Rollout) -> list[Violation]:
    """Everything that keeps the rollout from being built, or its figures from being true."""
    shape = (programme.years, programme.candidates)
    if rollout.size.shape != shape or rollout.size.min() < NONE or rollout.size.max() >= len(programme.sizes):
        return [Violation("unknown_size", "a station has none of the sizes, in one of the years")]
    return [
        *_kept(programme, rollout),
        *_money(programme, rollout),
        *_apart(programme, rollout),
        *_rooms(programme, rollout),
        *_figures(programme, rollout),
    ]


def _kept(programme: Programme, rollout: Rollout) -> Iterator[Violation]:
    for c, name in enumerate(programme.names):
        sizes = rollout.size[:, c].tolist()
        if sizes != sorted(sizes):
            yield Violation("nested", f"{name} shrinks or closes from one year to the next")
        if sizes[0] < programme.existing[c]:
            yield Violation("fixed", f"{name} stands already and is missing")
        if c in programme.excluded and max(sizes) > NONE:
            yield Violation("excluded", f"nothing may be built at {name}")
        if max(sizes) > NONE and not np.isfinite(programme.price[c, max(sizes)]):
            yield Violation("no_room", f"{name} has no room for its size")


def _money(programme: Programme, rollout: Rollout) -> Iterator[Violation]:
    for year, budget in enumerate(programme.budgets.tolist()):
        paid = 0.0
        for c, size in enumerate(rollout.size[year].tolist()):
            stands = int(programme.existing[c])
            if size > stands:
                paid += float(programme.price[c, size]) - (float(programme.price[c, stands]) if stands > NONE else 0.0)
        if paid > budget * (1 + ROUNDING):
            yield Violation("budget", f"{paid:.2f} of {budget:.2f} spent by the end of year {year + 1}")


def _apart(programme: Programme, rollout: Rollout) -> Iterator[Violation]:
    if programme.spacing is None:
        return
    stations = np.flatnonzero(rollout.size[-1] > NONE).tolist()
    for number, a in enumerate(stations):
        for b in stations[number + 1 :]:
            if programme.spacing.distance[a, b] < programme.spacing.minimum:
                yield Violation("spacing", f"{programme.names[a]} and {programme.names[b]} are too near to each other")


def _rooms(programme: Programme, rollout: Rollout) -> Iterator[Violation]:
    served: dict[tuple[int, int], float] = {}
    taken: dict[tuple[int, int], float] = {}
    rows = zip(
        *(getattr(rollout.service, name).tolist() for name in ("year", "point", "candidate", "share")), strict=True
    )
    for year, point, c, share in rows:
        served[year, point] = served.get((year, point), 0.0) + share
        taken[year, c] = taken.get((year, c), 0.0) + share * float(programme.load[point])
        if rollout.size[year, c] == NONE or share < 0:
            yield Violation("service", f"{programme.names[c]} serves somebody in year {year + 1} and is not open")
    for (year, point), share in served.items():
        if share > 1 + ROUNDING:
            yield Violation("service", f"point {point} is served {share} times in year {year + 1}")
    for (year, c), load in taken.items():
        if load > programme.sizes[int(rollout.size[year, c])].capacity * (1 + ROUNDING) and programme.is_capacitated:
            yield Violation(
                "capacity", f"{programme.names[c]} serves {load:.2f} in year {year + 1}, more than it holds"
            )


def _figures(programme: Programme, rollout: Rollout) -> Iterator[Violation]:
    cost = _cost(programme, rollout)
    if abs(cost - rollout.cost) > ROUNDING * max(1.0, cost):
        yield Violation("cost", f"the rollout says {rollout.cost}, its service costs {cost}")
    if rollout.bound > cost * (1 + ROUNDING):
        yield Violation("bound", f"the bound {rollout.bound} is above the cost {cost}")


def _cost(programme: Programme, rollout: Rollout) -> float:
    far = np.full(len(programme.weight), np.inf)
    lost = np.tile(programme.objective.loss(far), (programme.years, 1))
    service = rollout.service
    walked = programme.objective.loss(programme.distance[service.candidate, service.point])
    np.add.at(
        lost, (service.year, service.point), service.share * (walked - programme.objective.loss(far)[service.point])
    )
    total = 0.0
    for year in range(programme.years):
        means = []
        for commune in set(programme.commune.tolist()):
            mine = programme.commune == commune
            if programme.weight[mine].sum() > 0:
                means.append(float((lost[year] * programme.weight)[mine].sum() / programme.weight[mine].sum()))
        everybody = float((lost[year] * programme.weight).sum())
        worst = float(programme.weight.sum()) * max(means)
        total += float(programme.year_weight[year]) * (
            (1 - programme.worst_share) * everybody + programme.worst_share * worst
        )
    return total
