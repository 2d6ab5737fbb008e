"""Can the charging be driven? Recomputed from the cars alone: neither the solver's word nor the rule's is enough."""

from collections.abc import Iterator

import numpy as np

from mobility.rebalancing.optimiser.charging.instance import AWAY, QUARTER_MIN, PluggedCars
from mobility.rebalancing.optimiser.charging.plan import Charging
from mobility.rebalancing.optimiser.tours.check import Violation

ROUNDING_WH = 1
ROUNDING_CENTS = 1e-6


def charging_violations(cars: PluggedCars, charging: Charging) -> list[Violation]:
    """Everything that keeps the cars from charging so, or the figures from being true."""
    shape = (cars.cars, cars.quarters)
    if charging.drawn_wh.shape != shape or charging.charge_wh.shape != shape:
        return [Violation("shape", f"there are {cars.cars} cars and {cars.quarters} quarters")]
    return [
        *of_chargers(cars, charging),
        *of_sites(cars, charging),
        *of_batteries(cars, charging),
        *of_needs(cars, charging),
        *of_figures(cars, charging),
    ]


def of_chargers(cars: PluggedCars, charging: Charging) -> Iterator[Violation]:
    """Nothing is drawn off the charger, and no more than it gives while the car is on it."""
    for car, quarter in np.argwhere(charging.drawn_wh != 0).tolist():
        begins, drawn = quarter * QUARTER_MIN, int(charging.drawn_wh[car, quarter])
        minutes = min(begins + QUARTER_MIN, cars.until_min[car]) - max(begins, cars.from_min[car])
        if drawn < 0 or cars.site[car] == AWAY or minutes <= 0:
            yield Violation("plugged", f"car {car} draws {drawn} Wh in quarter {quarter} off its charger")
        elif drawn * 60 > minutes * cars.charger_w[car]:
            yield Violation("charger", f"car {car} draws {drawn} Wh in {minutes} minutes of quarter {quarter}")


def of_sites(cars: PluggedCars, charging: Charging) -> Iterator[Violation]:
    for site in range(cars.sites):
        power = 4 * charging.drawn_wh[cars.site == site].sum(axis=0)
        for quarter in np.flatnonzero(power > cars.site_cap_w[site]).tolist():
            cap = int(cars.site_cap_w[site, quarter])
            yield Violation("site_power", f"site {site} draws {power[quarter]} W of {cap} W in quarter {quarter}")


def of_batteries(cars: PluggedCars, charging: Charging) -> Iterator[Violation]:
    """What is in them is what was, and what was drawn, less the losses; it fits."""
    for car in range(cars.cars):
        expected = cars.charge_wh[car] + np.cumsum(charging.drawn_wh[car]) * cars.efficiency
        if np.any(np.abs(expected - charging.charge_wh[car]) > ROUNDING_WH):
            yield Violation("energy", f"the battery of car {car} does not hold what was drawn for it")
        if np.any(charging.charge_wh[car] > cars.battery_wh[car]):
            yield Violation("battery", f"the battery of car {car} holds {cars.battery_wh[car]} Wh")


def of_needs(cars: PluggedCars, charging: Charging) -> Iterator[Violation]:
    """A need that is not met is said, as it is; and no other is."""
    missing = cars.need_wh - charging.charge_wh
    expected = {(car, quarter): int(missing[car, quarter]) for car, quarter in np.argwhere(missing > 0).tolist()}
    said = {(each.car, each.quarter): each.missing_wh for each in charging.shortfalls}
    for car, quarter in sorted(expected.keys() | said.keys()):
        if expected.get((car, quarter)) != said.get((car, quarter)):
            yield Violation("need", f"what car {car} lacks at the end of quarter {quarter} is not said")


def of_figures(cars: PluggedCars, charging: Charging) -> Iterator[Violation]:
    energy = worth = 0.0
    for car in range(cars.cars):
        energy += float(charging.drawn_wh[car] @ cars.tariff_cents_per_kwh) / 1000
        gained = int(charging.drawn_wh[car].sum()) * cars.efficiency
        begins = 0.0
        for step, cents in zip(cars.step_wh[car].tolist(), cars.worth_cents_per_kwh[car].tolist(), strict=True):
            low, high = max(begins, float(cars.charge_wh[car])), min(begins + step, cars.charge_wh[car] + gained)
            worth += max(0.0, high - low) * cents / 1000
            begins += step
    for name, said, is_ in (("energy", charging.energy_cents, energy), ("worth", charging.worth_cents, worth)):
        if abs(said - is_) > ROUNDING_CENTS * max(1.0, abs(is_)):
            yield Violation("cost", f"the {name} is said to be {said} cents; it is {is_}")
