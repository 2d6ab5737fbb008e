"""What a council may decide: which stations, how large, from which year on, for how much."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid
from mobility.placement.optimiser.instance import (
    BudgetTooSmall,
    FixedTooNear,
    InstanceInvalid,
    Spacing,
    numbers,
)
from mobility.placement.optimiser.objective import Objective, Reals

Ints = NDArray[np.int64]

NONE = -1  # no station
SIZES_MAX, YEARS_MAX = 20, 30
CELLS_MAX = 20_000_000


class NobodyLives(Invalid):
    code = "placement_nobody_lives"
    fr = "Personne n'habite là où l'étude cherche des stations."
    en = "Nobody lives where stations are looked for."


class CandidateCutOff(Invalid):
    code = "placement_candidate_cut_off"
    fr = "Personne ne peut marcher jusqu'à l'emplacement {candidate} : il n'est relié à aucun habitant."
    en = "Nobody can walk to the candidate {candidate}: it is connected to no resident."


class FixedContradicts(Invalid):
    code = "placement_fixed_contradicts"
    fr = "La station {candidate} doit à la fois rester et disparaître."
    en = "The station {candidate} has to stay and to go at once."


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a station of this size has, and how much demand it serves a day; infinite where nobody counts."""

    bays: int
    chargers: int
    capacity: float = np.inf


@dataclass(frozen=True, eq=False, kw_only=True)
class Programme:
    """Stations open and grow, and never close or shrink, so that the demand of all years loses least.

    Parameters
    ----------
    distance : array, shape (candidates, points), at least 0
        In the unit of the objective; infinite where there is no way.
    weight : array, shape (points,), at least 0
        Of the demand, whoever counts more included.
    objective : Objective
        With a loss that is bounded.
    sizes : the smallest first; neither bays nor capacity fall
    price : array, shape (candidates, sizes)
        Of a station of the size, from nothing; not falling; infinite where there is no room for it.
    budgets : array, shape (years,), not falling
        What may have been spent by the end of each year.
    existing : int array, shape (candidates,), optional
        The size of what stands already, `NONE` for nothing: it stays, costs nothing, and may grow for the difference.
    excluded : candidates where nothing may be built
    names : of the candidates, for refusals
    load : array, shape (points,), optional
        Demand in the unit of the capacities; without it nothing is ever full.
    commune : int array, shape (points,), from 0, optional
    worst_share : float, 0 to 1
        How much of what is minimised is the mean loss of the worst-off commune instead of everybody's.
    year_weight : array, shape (years,), above 0, optional
    spacing : Spacing, optional

    Raises
    ------
    InstanceInvalid, BudgetTooSmall, FixedTooNear, FixedContradicts, CandidateCutOff, NobodyLives
    """

    distance: Reals
    weight: Reals
    objective: Objective
    sizes: tuple[Size, ...]
    price: Reals
    budgets: Reals
    existing: Any = None
    excluded: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    load: Any = None
    commune: Any = None
    worst_share: float = 0.0
    year_weight: Any = None
    spacing: Spacing | None = None
    conflict: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("distance", "weight", "price", "budgets"):
            object.__setattr__(self, name, numbers(getattr(self, name), name))
        candidates, points = _shape(self)
        defaults: dict[str, Any] = {
            "existing": np.full(candidates, NONE),
            "load": np.zeros(points),
            "commune": np.zeros(points, np.int64),
            "year_weight": np.ones(len(self.budgets)),
        }
        for name, usual in defaults.items():
            given = getattr(self, name)
            object.__setattr__(self, name, np.asarray(usual if given is None else given, usual.dtype))
        object.__setattr__(self, "names", self.names or tuple(map(str, range(candidates))))
        _check_people(self)
        _check_money(self)
        object.__setattr__(self, "conflict", _too_near(self))
        _check_existing(self)
        _check_reached(self)

    @property
    def candidates(self) -> int:
        return len(self.distance)

    @property
    def years(self) -> int:
        return len(self.budgets)

    @property
    def is_capacitated(self) -> bool:
        return bool(self.load.any()) and any(np.isfinite(size.capacity) for size in self.sizes)

    @property
    def capacity(self) -> Reals:
        return np.array([size.capacity for size in self.sizes])

    def losses(self) -> Reals:
        """By candidate and point, times the weight; a point's worst is what it loses without a station."""
        loss = self.objective.loss(self.distance) * self.weight
        return np.asarray(np.where(self.weight > 0, loss, 0.0))

    def unserved(self) -> Reals:
        """By point: the loss at no station at all."""
        return np.asarray(self.objective.loss(np.full(len(self.weight), np.inf)) * self.weight)

    def steps(self) -> Reals:
        """What each size costs beyond the one before, (candidates, sizes); nothing for what stands already."""
        reached = np.where(self.existing >= 0, self.price[np.arange(self.candidates), self.existing], 0.0)
        paid = np.maximum(self.price, reached[:, None])
        below = np.concatenate([reached[:, None], paid[:, :-1]], axis=1)
        steps = np.where(np.isfinite(paid), paid - np.where(np.isfinite(below), below, 0.0), np.inf)
        stands = np.arange(len(self.sizes))[None] <= self.existing[:, None]
        return np.asarray(np.where(stands, 0.0, steps))


def _shape(given: Programme) -> tuple[int, int]:
    if given.distance.ndim != 2 or 0 in given.distance.shape or given.distance.size > CELLS_MAX:
        raise InstanceInvalid(reason="distances are not an array of candidates by demand points, or too many")
    if not given.objective.bounded:
        raise InstanceInvalid(reason="the objective has no end: a place may be out of reach")
    candidates, points = given.distance.shape
    sizes, years = len(given.sizes), len(np.atleast_1d(given.budgets))
    if not (0 < sizes <= SIZES_MAX and 0 < years <= YEARS_MAX) or given.price.shape != (candidates, sizes):
        raise InstanceInvalid(reason="prices are not an array of candidates by sizes, or there is no year")
    if given.weight.shape != (points,):
        raise InstanceInvalid(reason=f"there are {given.weight.size} weights for {points} demand points")
    return candidates, points


def _check_people(given: Programme) -> None:
    points = len(given.weight)
    if not np.all(np.isfinite(given.weight)):
        raise InstanceInvalid(reason="weights must be finite")
    if not np.any(given.weight > 0):
        raise NobodyLives
    if given.load.shape != (points,) or given.commune.shape != (points,) or given.commune.min() < 0:
        raise InstanceInvalid(reason="each demand point has one load and one commune")
    if not (np.all(np.isfinite(given.load)) and np.all(given.load >= 0) and 0 <= given.worst_share <= 1):
        raise InstanceInvalid(reason="loads are not negative, and the share of the worst-off is 0 to 1")


def _check_money(given: Programme) -> None:
    budgets, price = given.budgets, given.price
    if budgets.ndim != 1 or not np.all(np.isfinite(budgets)) or np.any(np.diff(budgets) < 0):
        raise InstanceInvalid(reason="what may have been spent does not fall from year to year")
    with np.errstate(invalid="ignore"):
        if np.any(np.diff(price, axis=1) < 0):
            raise InstanceInvalid(reason="a larger station costs less than a smaller one")
    for name in ("bays", "capacity"):
        told = [getattr(size, name) for size in given.sizes]
        if told != sorted(told) or told[0] < 0:
            raise InstanceInvalid(reason=f"the {name} of sizes do not fall from one to the next")
    if given.year_weight.shape != budgets.shape or np.any(given.year_weight <= 0):
        raise InstanceInvalid(reason="each year has a weight above 0")


def _check_existing(given: Programme) -> None:
    existing = given.existing
    if existing.shape != (given.candidates,) or existing.min() < NONE or existing.max() >= len(given.sizes):
        raise InstanceInvalid(reason="what stands already is none of the sizes")
    stands = np.flatnonzero(existing >= 0)
    if not np.all(np.isfinite(given.price[stands, existing[stands]])):
        raise InstanceInvalid(reason="what stands already has no price")
    for candidate in set(stands.tolist()) & set(given.excluded):
        raise FixedContradicts(candidate=given.names[candidate])
    for first, second in combinations(stands.tolist(), 2):
        if given.conflict[first, second]:
            raise FixedTooNear(first=given.names[first], second=given.names[second])
    needed = float(given.steps()[:, 0].min())
    if not len(stands) and needed > given.budgets[-1]:
        raise BudgetTooSmall(budget=float(given.budgets[-1]), needed=needed)


def _check_reached(given: Programme) -> None:
    """What stands already, at an airport say, may be out of everybody's reach, and what may not be built too."""
    reached = np.isfinite(given.distance[:, given.weight > 0]).any(axis=1) | (given.existing >= 0)
    reached[list(given.excluded)] = True
    if not reached.all():
        raise CandidateCutOff(candidate=given.names[int(np.argmin(reached))])


def _too_near(given: Programme) -> NDArray[np.bool_]:
    shape = (given.candidates, given.candidates)
    if given.spacing is None:
        return np.zeros(shape, np.bool_)
    distance = given.spacing.distance
    if distance.shape != shape or np.any(distance != distance.T) or not 0 <= given.spacing.minimum < np.inf:
        raise InstanceInvalid(reason="spacing is not symmetric by pair of candidates, with a minimum")
    conflict = np.asarray(distance < given.spacing.minimum)
    np.fill_diagonal(conflict, False)
    return conflict
