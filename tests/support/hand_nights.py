"""A night small enough to work out by hand, and the plan of its one crew."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mobility.rebalancing.optimiser.night.instance import (
    Bookings,
    Cars,
    Crews,
    Mopeds,
    Night,
    Places,
    ServiceMinutes,
    Vans,
)
from mobility.rebalancing.optimiser.night.plan import Task, Tour

HOME, SQUARE, STATION = range(3)
QUARTERS = 32


def hand_night(**given: Any) -> Night:
    """Three places and a depot, all 10 minutes apart and 2 of access; a crew-minute is 10 cents.

    Home has two flat mopeds, each worth 300 cents there; the square two good ones that nobody needs there; the first at
    the station would be worth 500 cents, the second 200. A car stands at the square beside a charger of 4 kW: charge is
    worth 50 cents a kWh, energy costs 10, nothing is lost on the way.
    """
    fields: dict[str, Any] = {
        "places": places(),
        "depots": ("depot",),
        "mopeds": Mopeds(
            names=("m0", "m1", "m2", "m3"),
            place=np.array([HOME, HOME, SQUARE, SQUARE]),
            charge_percent=np.array([5, 10, 90, 80]),
            usable_percent=30,
            excluded=np.zeros(4, bool),
        ),
        "cars": Cars(
            names=("c0",),
            place=np.array([SQUARE]),
            charge_wh=np.array([4_000]),
            battery_wh=np.array([10_000]),
            usable_wh=np.array([3_000]),
            plugged=np.array([False]),
            wh_per_min=np.array([100]),
            step_wh=np.array([[10_000]]),
            worth_cents_per_kwh=np.array([[50.0]]),
            excluded=np.array([False]),
        ),
        "bookings": bookings(),
        "vans": Vans(names=("v0",), moped_places=np.array([3]), battery_places=np.array([4])),
        "crews": crew(),
        "service_min": ServiceMinutes(),
        "travel_min": 10 * (1 - np.eye(4, dtype=np.int64))[None],
        "car_drive_min": 8 * (1 - np.eye(3, dtype=np.int64)),
        "morning_min": 15 * QUARTERS,
        "tariff_cents_per_kwh": np.full(QUARTERS, 10.0),
        "efficiency": 1.0,
    }
    return Night(**{**fields, **given})


def places() -> Places:
    none, nowhere = np.zeros(3, np.int64), np.zeros((3, 1, 2), np.int64)
    worth = [[600, 300, 0, 0, 0], [0, 0, 0, 0, 0], [700, 200, 0, 0, 0]]
    return Places(
        names=("home", "square", "station"),
        closed_min=nowhere,
        quiet_min=nowhere,
        moped_docks=np.full(3, 4),
        moped_cents=np.array(worth, np.float64),
        car_bays=np.full(3, 2),
        car_cents=np.array([[0, 0, 0], [0, 0, 0], [400, 0, 0]], np.float64),
        chargers=np.array([0, 1, 0]),
        charger_w=np.array([0, 4_000, 0]),
        site_cap_w=np.stack([np.repeat(none[:1], QUARTERS), np.full(QUARTERS, 4_000), np.repeat(none[:1], QUARTERS)]),
    )


def bookings(*of_car: tuple[int, int, int]) -> Bookings:
    """Each of the car of its number: place, minute, charge."""
    rows = np.array(of_car, np.int64).reshape(-1, 3)
    names = tuple(f"R-{index}" for index in range(len(rows)))
    return Bookings(names=names, car=np.arange(len(rows)), place=rows[:, 0], by_min=rows[:, 1], charge_wh=rows[:, 2])


def crew(**given: Any) -> Crews:
    one = Crews(
        names=("k0",),
        shift_min=np.array([[0, 240]]),
        break_min=np.array([0]),
        break_window_min=np.array([[0, 0]]),
        skills=np.array([[True, True, True, True]]),
        may_drive=np.array([[True]]),
        mode=np.array([0]),
        start=np.array([3]),
        end=np.array([3]),
        cents_per_min=np.array([10.0]),
        batteries_used=np.array([0]),
        on_board=((),),
    )
    return replace(one, **{name: np.array(value) if name != "on_board" else value for name, value in given.items()})


def task(kind: Any, place: int, vehicles: Sequence[int] = (), to_place: int = -1) -> Task:
    return Task(kind=kind, place=place, to_place=to_place, vehicles=tuple(vehicles), starts_min=0, ends_min=0)


def idle_tour() -> Tour:
    return Tour(crew=0, van=0, leaves_min=0, returns_min=0, travel_min=0, service_min=0, tasks=())
