"""The answer: what each car draws in each quarter-hour, what that costs and is worth, and whose need is not met."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from mobility.rebalancing.optimiser.charging.instance import AWAY, QUARTERS_PER_HOUR, Integers, PluggedCars

Reason = Literal["battery_too_small", "not_plugged", "plugged_too_late", "power_cap", "site_full"]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A need that is not met: at the end of the quarter so much is missing from the car's battery, and why.

    `not_plugged`: on no charger before then; `plugged_too_late`: its charger, always on, would not do it;
    `power_cap`: nor would the site's power, were the car alone; `site_full`: other cars need that power too.
    """

    car: int
    quarter: int
    missing_wh: int
    reason: Reason


@dataclass(frozen=True, eq=False)
class Charging:
    """Energies are means of quarter-hours, at the wall where drawn; worth is of what the night added.

    Parameters
    ----------
    drawn_wh : int array, shape (cars, quarters)
    charge_wh : int array, shape (cars, quarters)
        In the battery when the quarter ends.
    """

    drawn_wh: Integers
    charge_wh: Integers
    energy_cents: float
    worth_cents: float
    shortfalls: tuple[Shortfall, ...]

    @property
    def power_w(self) -> Integers:
        """By car and quarter, at the wall."""
        return self.drawn_wh * QUARTERS_PER_HOUR

    @property
    def cost_cents(self) -> float:
        """What is paid less what it is worth: 0 when no car charges."""
        return self.energy_cents - self.worth_cents

    @property
    def missing_wh(self) -> int:
        return sum(shortfall.missing_wh for shortfall in self.shortfalls)


def charging_of(cars: PluggedCars, drawn_wh: Integers) -> Charging:
    """What follows from what is drawn."""
    gained = np.floor(np.round(np.cumsum(drawn_wh, axis=1) * cars.efficiency, 6)).astype(np.int64)
    charge = cars.charge_wh[:, None] + gained
    energy = float(drawn_wh.sum(axis=0) @ cars.tariff_cents_per_kwh) / 1000
    return Charging(drawn_wh, charge, energy, worth_of(cars, drawn_wh), tuple(shortfalls(cars, charge)))


def worth_of(cars: PluggedCars, drawn_wh: Integers) -> float:
    """Of what is gained, by the steps that it fills above the charge before; [cents]."""
    ends = np.cumsum(cars.step_wh, axis=1)
    before = cars.charge_wh[:, None]
    after = before + drawn_wh.sum(axis=1)[:, None] * cars.efficiency
    filled = np.clip(after, ends - cars.step_wh, ends) - np.clip(before, ends - cars.step_wh, ends)
    return float((filled * cars.worth_cents_per_kwh).sum()) / 1000


def shortfalls(cars: PluggedCars, charge_wh: Integers) -> Iterator[Shortfall]:
    missing = cars.need_wh - charge_wh
    for car, quarter in np.argwhere(missing > 0).tolist():
        yield Shortfall(car, quarter, int(missing[car, quarter]), reason_of(cars, car, quarter))


def reason_of(cars: PluggedCars, car: int, quarter: int) -> Reason:
    need, before, wall = cars.need_wh[car, quarter], cars.charge_wh[car], cars.wall
    limit = wall.limit[car, : quarter + 1]
    if need > cars.battery_wh[car]:
        return "battery_too_small"
    if cars.site[car] == AWAY or not limit.any():
        return "not_plugged"
    if before + limit.sum() * cars.efficiency < need:
        return "plugged_too_late"
    alone = np.minimum(limit, wall.cap[cars.site[car], : quarter + 1])
    return "power_cap" if before + alone.sum() * cars.efficiency < need else "site_full"
