"""The answer: how large each station is in each year, whom it serves, and what no programme undercuts."""

from dataclasses import dataclass

import numpy as np

from mobility.placement.optimiser.objective import Reals
from mobility.placement.optimiser.programme.instance import NONE, Ints, Programme

SHARE_MIN = 1e-9  # of a point's demand: what HiGHS leaves of nothing


@dataclass(frozen=True, eq=False)
class Service:
    """Who is served where: rows of year, point, candidate and which share of the point's demand."""

    year: Ints
    point: Ints
    candidate: Ints
    share: Reals


@dataclass(frozen=True, eq=False)
class Rollout:
    """`size` is by year and candidate, `NONE` for no station; no rollout costs less than `bound`."""

    size: Ints
    service: Service
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        return (self.cost - self.bound) / self.cost if self.cost else 0.0

    def stations(self, year: int = -1) -> tuple[int, ...]:
        return tuple(np.flatnonzero(self.size[year] > NONE).tolist())


def spent(programme: Programme, size: Ints) -> Reals:
    """By the end of each year."""
    levels = np.arange(len(programme.sizes))[None, None] <= size[:, :, None]
    return np.asarray(np.where(levels, programme.steps()[None], 0.0).sum(axis=(1, 2)))


def objective_of(programme: Programme, loss: Reals) -> Reals:
    """What each year costs, from what each point loses in it, (years, points)."""
    people = np.bincount(programme.commune, programme.weight)
    lost = np.stack([np.bincount(programme.commune, each, minlength=len(people)) for each in loss])
    mean = lost[:, people > 0] / people[people > 0]
    worst = programme.worst_share * programme.weight.sum() * mean.max(axis=1)
    return np.asarray(programme.year_weight * ((1 - programme.worst_share) * loss.sum(axis=1) + worst))


def lost(programme: Programme, service: Service) -> Reals:
    """What each point loses in each year, (years, points)."""
    loss, none = programme.losses(), programme.unserved()
    shape = (programme.years, len(none))
    at = np.ravel_multi_index((service.year, service.point), shape)
    saved = service.share * (none[service.point] - loss[service.candidate, service.point])
    saves = np.bincount(at, saved, minlength=shape[0] * shape[1]).reshape(shape)
    return np.asarray(none[None] - saves)


def nearest(programme: Programme, size: Ints) -> Service:
    """Everybody goes to the nearest station; for what is never full."""
    loss, none = programme.losses(), programme.unserved()
    rows: list[tuple[Ints, Ints, Ints]] = []
    for year, sizes in enumerate(size):
        opened = np.flatnonzero(sizes > NONE)
        if not len(opened):
            continue
        best = loss[opened].argmin(axis=0)
        served = np.flatnonzero(loss[opened[best], np.arange(len(none))] < none)
        rows.append((np.full(len(served), year), served, opened[best[served]]))
    if not rows:
        return nobody()
    columns = [np.concatenate(each) for each in zip(*rows, strict=True)]
    return Service(columns[0], columns[1], columns[2], np.ones(len(columns[0])))


def nobody() -> Service:
    none = np.zeros(0, np.int64)
    return Service(none, none, none, np.zeros(0))


def serve(programme: Programme, size: Ints) -> Service:
    """Who goes where so that each year loses least: the nearest, or by a transport problem where stations fill."""
    if not programme.is_capacitated:
        return nearest(programme, size)
    parts = [_transport(programme, year, sizes) for year, sizes in enumerate(size)]
    names = ("year", "point", "candidate", "share")
    return Service(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _transport(programme: Programme, year: int, sizes: Ints) -> Service:
    """Shares of points, and above the worst-off commune's mean loss a variable that what is minimised counts."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    loss, none = programme.losses(), programme.unserved()
    opened = np.flatnonzero(sizes > NONE)
    which, point = np.nonzero(loss[opened] < none)
    if not len(point):
        return nobody()
    candidate, pairs = opened[which], np.arange(len(point))
    saves = none[point] - loss[candidate, point]
    people = np.bincount(programme.commune, programme.weight)
    lived_in = people > 0
    rooms = programme.capacity[sizes[opened]]
    once = csr_array((np.ones(len(pairs)), (point, pairs)), shape=(len(none), len(pairs)))
    full = csr_array((programme.load[point], (which, pairs)), shape=(len(opened), len(pairs)))[np.isfinite(rooms)]
    spared = csr_array((-saves, (programme.commune[point], pairs)), shape=(len(people), len(pairs)))[lived_in]
    worst = csr_array(np.concatenate([np.zeros(once.shape[0] + full.shape[0]), -people[lived_in]])[:, None])
    share = programme.worst_share
    solved = linprog(
        np.append(-(1 - share) * saves, share * programme.weight.sum()),
        A_ub=hstack([vstack([once, full, spared]), worst]),
        b_ub=np.concatenate(
            [np.ones(len(none)), rooms[np.isfinite(rooms)], -np.bincount(programme.commune, none)[lived_in]]
        ),
        bounds=[(0, 1)] * len(pairs) + [(0, None)],
        method="highs",
    ).x[:-1]
    used = solved > SHARE_MIN
    return Service(np.full(used.sum(), year), point[used], candidate[used], solved[used])
