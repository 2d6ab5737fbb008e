"""What the city asks for, as arrays."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobility.base.errors import Invalid
from mobility.placement.optimiser.objective import Objective, Reals

CELLS_MAX = 20_000_000  # 1,000 candidates for 20,000 demand points; each cell takes about 20 bytes
CANDIDATES_MAX = 5_000  # the kernel keeps candidates x stations and candidates x candidates
EXACT = 2.0**53  # whole numbers up to here are exact in 64-bit floats


class InstanceInvalid(Invalid):
    code = "placement_instance_invalid"
    fr = "Les données du placement ne peuvent pas être utilisées : {reason}."
    en = "The placement's data cannot be used: {reason}."


class BudgetTooSmall(Invalid):
    code = "placement_budget_too_small"
    fr = "Le budget de {budget} ne suffit pas : il faut au moins {needed}."
    en = "The budget of {budget} is too small: at least {needed} is needed."


class FixedTooNear(Invalid):
    code = "placement_fixed_too_near"
    fr = "Les stations fixes {first} et {second} sont plus proches que l'écart minimal."
    en = "The fixed stations {first} and {second} stand nearer than the minimum spacing."


@dataclass(frozen=True, slots=True)
class Spacing:
    """No two stations stand nearer than `minimum`.

    Parameters
    ----------
    distance : array, shape (candidates, candidates), symmetric, same unit as `minimum`
    """

    distance: Reals
    minimum: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "distance", numbers(self.distance, "spacing"))


@dataclass(frozen=True, eq=False, kw_only=True)
class Instance:
    """Choose stations among candidates so that the demand, served by its nearest station, loses least.

    Parameters
    ----------
    distance : array, shape (candidates, demand points), at least 0
        Walking time or length; in the unit of the objective; infinite where there is no way, if the objective allows.
    weight : array, shape (demand points,), at least 0
        People, trips, or whatever is served.
    objective : Objective
    stations_max : int, 1 to the number of candidates
        Or else a budget.
    budget, price : float, and array, shape (candidates,), above 0, same unit
    fixed : candidates that have a station whatever happens; they count in the budget and the number
    spacing : Spacing, optional

    Raises
    ------
    InstanceInvalid, BudgetTooSmall, FixedTooNear
    """

    distance: Reals
    weight: Reals
    objective: Objective
    stations_max: int | None = None
    budget: float | None = None
    price: Reals | None = None
    fixed: tuple[int, ...] = ()
    spacing: Spacing | None = None
    conflict: NDArray[np.bool_] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("distance", "weight"):
            object.__setattr__(self, name, numbers(getattr(self, name), name))
        check_distances(self)
        check_weights(self)
        check_purse(self)
        check_fixed(self)
        object.__setattr__(self, "conflict", too_near(self))
        check_fixed_spacing(self)

    @property
    def candidates(self) -> int:
        return len(self.distance)

    @property
    def prices(self) -> Reals:
        """By candidate; 1 each where stations are counted."""
        return np.ones(self.candidates) if self.price is None else self.price

    @property
    def purse(self) -> float:
        """What the prices of all stations may sum to."""
        return float(self.stations_max) if self.stations_max is not None else float(self.budget or 0)

    def losses(self) -> Reals:
        """By candidate and demand point, times the weight."""
        return self.objective.loss(self.distance) * self.weight


def numbers(values: Any, name: str) -> Reals:
    """A frozen copy in 64-bit floats."""
    given = np.asarray(values)
    if given.dtype.kind not in "biuf" or np.any(np.isnan(given)):
        raise InstanceInvalid(reason=f"each {name} must be a number")
    if np.any(given < 0):
        raise InstanceInvalid(reason=f"a {name} is negative")
    copy = np.array(given, np.float64, order="C")
    copy.flags.writeable = False
    return copy


def check_distances(instance: Instance) -> None:
    shape = instance.distance.shape
    if len(shape) != 2 or 0 in shape:
        raise InstanceInvalid(reason="distances are not an array of candidates by demand points")
    if instance.candidates > CANDIDATES_MAX or instance.distance.size > CELLS_MAX:
        raise InstanceInvalid(reason=f"{shape[0]} candidates for {shape[1]} demand points are too many")
    if not instance.objective.bounded and not np.all(np.isfinite(instance.distance)):
        raise InstanceInvalid(reason="a demand point is out of reach of a candidate, and the objective is a distance")


def check_weights(instance: Instance) -> None:
    if instance.weight.shape != instance.distance.shape[1:]:
        points = instance.distance.shape[1]
        raise InstanceInvalid(reason=f"there are {instance.weight.size} weights for {points} demand points")
    if not np.all(np.isfinite(instance.weight)) or not np.any(instance.weight > 0):
        raise InstanceInvalid(reason="weights must be finite, and one of them above 0")


def check_purse(instance: Instance) -> None:
    if (instance.stations_max is None) == (instance.budget is None):
        raise InstanceInvalid(reason="give a number of stations or a budget: one of the two")
    if (instance.budget is None) != (instance.price is None):
        raise InstanceInvalid(reason="a budget and prices go together")
    if instance.stations_max is not None and not 1 <= instance.stations_max <= instance.candidates:
        raise InstanceInvalid(reason=f"{instance.stations_max} stations for {instance.candidates} candidates")
    if instance.price is not None:
        object.__setattr__(instance, "price", numbers(instance.price, "price"))
        check_prices(instance)


def check_prices(instance: Instance) -> None:
    prices, budget = instance.prices, instance.purse
    if prices.shape != (instance.candidates,) or not np.all(np.isfinite(prices)) or np.any(prices <= 0):
        raise InstanceInvalid(reason="there must be one price above 0 for each candidate")
    if not 0 <= budget < np.inf:
        raise InstanceInvalid(reason=f"a budget of {instance.budget}")
    if prices.min() > budget:
        raise BudgetTooSmall(budget=budget, needed=float(prices.min()))


def check_fixed(instance: Instance) -> None:
    fixed = instance.fixed
    if len(set(fixed)) != len(fixed) or not all(0 <= c < instance.candidates for c in fixed):
        raise InstanceInvalid(reason="fixed stations must be candidates, each named once")
    needed = float(instance.prices[list(fixed)].sum())
    if needed > instance.purse:
        raise BudgetTooSmall(budget=instance.purse, needed=needed)


def too_near(instance: Instance) -> NDArray[np.bool_]:
    """By pair of candidates; a candidate is not too near to itself."""
    spacing, shape = instance.spacing, (instance.candidates, instance.candidates)
    if spacing is None:
        return np.zeros(shape, np.bool_)
    distance = spacing.distance
    if distance.shape != shape or np.any(distance != distance.T):
        raise InstanceInvalid(reason="spacing is not symmetric by pair of candidates")
    if not 0 <= spacing.minimum < np.inf:
        raise InstanceInvalid(reason=f"a minimum spacing of {spacing.minimum}")
    conflict = distance < spacing.minimum
    np.fill_diagonal(conflict, False)
    return conflict


def check_fixed_spacing(instance: Instance) -> None:
    for first, second in combinations(instance.fixed, 2):
        if instance.conflict[first, second]:
            raise FixedTooNear(first=first, second=second)
