"""What the morning loses and the night costs, [cents]."""

from collections import Counter

import numpy as np

from .state import QUARTER_MIN, Document, State

ROUNDING_WH = 1e-6


def total(costs: dict[str, float]) -> float:
    return sum(costs.values()) - 2 * costs["charge_worth"]


def costs_of(state: State, tours: list[Document], power_w: np.ndarray) -> dict[str, float]:
    """Of a state whose work is done and whose cars are charged."""
    night, places = state.night, state.night["places"]
    tariff = np.array(night["tariff_cents_per_kwh"])
    mopeds = Counter(moped.place for moped in state.mopeds if moped.usable)
    cars = Counter(state.cars[index].place for index in usable_cars(state))
    rate = night["crews"]["cents_per_min"]
    return {
        "moped_loss": sum(curve[mopeds[place]] for place, curve in enumerate(places["moped_cents"])),
        "car_loss": sum(curve[cars[place]] for place, curve in enumerate(places["car_cents"])),
        "crew": sum((tour["travel_min"] + tour["service_min"]) * rate[tour["crew"]] for tour in tours),
        "energy": float(power_w.sum(axis=0) / 4 @ tariff) / 1000,
        "charge_worth": sum(worth(state, index) for index in range(len(state.cars))) + swapped(night["mopeds"], tours),
    }


def swapped(mopeds: Document, tours: list[Document]) -> float:
    """What the charge is worth that crews put into mopeds."""
    tasks = [task for tour in tours for task in tour["tasks"] if task["kind"] == "swap"]
    percent = sum(100 - mopeds["charge_percent"][index] for task in tasks for index in task["vehicles"])
    return percent / 100 * float(mopeds.get("battery_cents", 0))


def usable_cars(state: State) -> list[int]:
    """Those with the charge in the morning that are not promised to a booking."""
    morning, booked = state.night["morning_min"] // QUARTER_MIN - 1, set(state.night["bookings"]["car"])
    wanted = state.night["cars"]["usable_wh"]
    return [i for i, car in enumerate(state.cars) if i not in booked and car.level[morning] >= wanted[i] - ROUNDING_WH]


def worth(state: State, index: int) -> float:
    """Of the charge when the last quarter ends, less that of the charge before the night."""
    cars, car, found, begins = state.night["cars"], state.cars[index], 0.0, 0
    for step, cents in zip(cars["step_wh"][index], cars["worth_cents_per_kwh"][index], strict=True):
        after, before = (min(max(wh - begins, 0), step) for wh in (car.level[-1], car.charge_wh))
        found += (after - before) * cents / 1000
        begins += step
    return found
