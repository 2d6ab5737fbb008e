"""What crews do at night by rules that need no solver: at home, or what operators are known to do."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mobility.simulation.outcome import Evening, Work
from mobility.simulation.run import NightPolicy, at_home
from mobility.simulation.scenario import Ints, Scenario

SWAP_BELOW_PERCENT = 30
TASKS_MAX = 60
"""So many vehicles a night, about what two vans do in seven hours at six minutes each."""


@dataclass(frozen=True, eq=False)
class OperatorsRule:
    """Swap what is low, plug in what can be, and bring each place back to the stock of the first morning.

    The lowest charge comes first, then the emptiest place is filled from the fullest, of the same class, until the
    night's work is done. Cars are not moved.
    """

    scenario: Scenario
    tasks_max: int = TASKS_MAX

    def __call__(self, evening: Evening) -> Work:
        low = self._low(evening)[: self.tasks_max]
        moved, to_place = self._moves(evening, self.tasks_max - len(low))
        vehicle, to_place = np.concatenate([low, moved]), np.concatenate([evening.place[low], to_place])
        swaps = np.isin(vehicle, low) & self._is_moped[vehicle]
        full = self.scenario.classes.battery_mwh[self.scenario.fleet.vehicle_class[vehicle]]
        return Work(vehicle, evening.place[vehicle], to_place, np.where(swaps, full, -1), ~self._is_moped[vehicle])

    @property
    def _is_moped(self) -> np.ndarray:
        """By vehicle: its battery is changed on the street; others are plugged in."""
        return np.asarray(~self.scenario.classes.plugs_in[self.scenario.fleet.vehicle_class])

    def _low(self, evening: Evening) -> Ints:
        battery = self.scenario.classes.battery_mwh[self.scenario.fleet.vehicle_class]
        percent = 100 * evening.charge_mwh // battery
        low = np.flatnonzero(evening.is_free & ~evening.is_plugged & (percent < SWAP_BELOW_PERCENT))
        return np.asarray(low[np.argsort(percent[low], kind="stable")])

    def _moves(self, evening: Evening, count: int) -> tuple[Ints, Ints]:
        """Mopeds from places with more than on the first morning to places with fewer."""
        fleet, places = self.scenario.fleet, len(self.scenario.places.names)
        mine = np.flatnonzero(self._is_moped)
        target = np.bincount(fleet.place[mine], minlength=places)
        free = mine[evening.is_free[mine]]
        surplus = np.bincount(evening.place[free], minlength=places) - target
        wanting = np.repeat(np.arange(places), np.maximum(-surplus, 0))
        movable = [v for v in free.tolist() if _takes_one(surplus, evening.place[v])]
        pairs = min(count, len(wanting), len(movable))
        return np.array(movable[:pairs], np.int64), wanting[:pairs]


def _takes_one(surplus: Ints, place: int) -> bool:
    surplus[place] -= 1
    return bool(surplus[place] >= 0)


POLICIES: dict[str, Callable[[Scenario], NightPolicy]] = {"none": lambda _: at_home, "operators": OperatorsRule}
"""By the name that the command line gives them."""
