"""The answer: who does what when, which car charges when, what it costs, and what could not be done and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from mobility.rebalancing.optimiser.instance import Integers
from mobility.rebalancing.optimiser.night.instance import NONE, Kind

What = Literal["booking", "lock", "crew", "charge"]
Reason = Literal[
    "no_crew",  # nobody with the skill and, where needed, a van works tonight
    "no_way",  # no drive leads there within the charge of the car, or within the night
    "no_bay",  # the place is full
    "no_charger",
    "too_late",  # the crews' shifts, or the place's hours, leave no time before the minute it is due
    "vehicle_excluded",
    "vehicle_elsewhere",  # a lock names a vehicle that is not there, or not fit for the task
    "no_room",  # in the van, or no battery left in it
    "shift_too_short",
    "battery_too_small",
    "not_plugged",
    "plugged_too_late",
    "power_cap",  # of the site, were the car alone
    "site_full",  # other cars need that power too
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One piece of work at one place.

    `vehicles` are mopeds for swap (lowest charge first), load and unload (fullest first), one car for plug and drive,
    none for a break. `starts_min` is when work begins, access not included; a drive ends at `to_place`.
    `moped_load` and `batteries` are those on the van afterwards.
    """

    kind: Kind
    place: int
    to_place: int = NONE
    vehicles: tuple[int, ...] = ()
    starts_min: int
    ends_min: int
    moped_load: int = 0
    batteries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A crew's night, in order; a crew that stays at home has none. `van` is -1 for a crew without one."""

    crew: int
    van: int
    leaves_min: int
    returns_min: int
    travel_min: int
    service_min: int
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the morning loses and the night costs, [cents]; `charge_worth` is what the night's charge is worth."""

    moped_loss: float
    car_loss: float
    crew: float
    energy: float
    charge_worth: float

    @property
    def total(self) -> float:
        return self.moped_loss + self.car_loss + self.crew + self.energy - self.charge_worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """What was asked for and cannot be had: the index of the booking, the lock, the crew, or the car (`charge`)."""

    what: What
    index: int
    reason: Reason


@dataclass(frozen=True, eq=False, kw_only=True)
class NightPlan:
    """No plan costs less than `bound_cents`.

    Parameters
    ----------
    plugged_from_min : int array, shape (cars,), [min]
        0 for a car that is plugged already and stays; -1 for one that charges nowhere when the night ends.
    power_w : int array, shape (cars, quarters), [W]
        At the wall, as a mean of each quarter.
    """

    tours: tuple[Tour, ...]
    plugged_from_min: Integers
    power_w: Integers
    costs: Costs
    bound_cents: float = field(default=float("-inf"))
    unserved: tuple[Unserved, ...] = ()

    @property
    def cost_cents(self) -> float:
        return self.costs.total

    @property
    def gap_cents(self) -> float:
        """What may still be gained."""
        return self.cost_cents - self.bound_cents

    def tasks(self) -> Iterator[tuple[Tour, Task]]:
        for tour in self.tours:
            for task in tour.tasks:
                yield tour, task
