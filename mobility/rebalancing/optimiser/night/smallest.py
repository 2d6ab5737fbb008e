"""The smallest night with one of everything: what compiled code is made ready with before a night's seconds count."""

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
from mobility.rebalancing.optimiser.night.locks import keep_locks
from mobility.rebalancing.optimiser.night.walk import Walk

NONE_YET = np.zeros(0, np.int64)


def compile_kernels() -> None:
    """Some 17 CPU seconds once on a machine, then read from Numba's cache."""
    walk = Walk(keep_locks(smallest_night()), seed=0)
    walk.run(1.0, 1)
    walk.tours()


def smallest_night() -> Night:
    """A place with a flat moped and a car, a van and its crew: an hour."""
    one, places = np.ones(1, np.int64), _places()
    return Night(
        places=places,
        depots=("depot",),
        mopeds=Mopeds(names=("m",), place=0 * one, charge_percent=0 * one, usable_percent=50, excluded=one < 0),
        cars=_cars(),
        bookings=Bookings(names=(), car=NONE_YET, place=NONE_YET, by_min=NONE_YET, charge_wh=NONE_YET),
        vans=Vans(names=("v",), moped_places=one, battery_places=one),
        crews=_crews(),
        service_min=ServiceMinutes(),
        travel_min=np.ones((1, 2, 2), np.int64),
        car_drive_min=np.ones((1, 1), np.int64),
        morning_min=60,
        tariff_cents_per_kwh=np.ones(4),
    )


def _places() -> Places:
    one = np.ones(1, np.int64)
    return Places(
        names=("p",),
        closed_min=np.zeros((1, 1, 2), np.int64),
        quiet_min=np.zeros((1, 1, 2), np.int64),
        moped_docks=2 * one,
        moped_cents=np.array([[1_000.0, 0.0, 0.0]]),
        car_bays=one,
        car_cents=np.array([[1_000.0, 0.0]]),
        chargers=one,
        charger_w=2_000 * one,
        site_cap_w=np.full((1, 4), 2_000),
    )


def _cars() -> Cars:
    one = np.ones(1, np.int64)
    return Cars(
        names=("c",),
        place=0 * one,
        charge_wh=0 * one,
        battery_wh=1_000 * one,
        usable_wh=100 * one,
        plugged=one < 0,
        wh_per_min=one,
        step_wh=np.array([[1_000]]),
        worth_cents_per_kwh=np.array([[50.0]]),
        excluded=one < 0,
    )


def _crews() -> Crews:
    one = np.ones(1, np.int64)
    return Crews(
        names=("k",),
        shift_min=np.array([[0, 60]]),
        break_min=0 * one,
        break_window_min=np.zeros((1, 2), np.int64),
        skills=np.ones((1, 4), np.bool_),
        may_drive=np.ones((1, 1), np.bool_),
        mode=0 * one,
        start=one,
        end=one,
        cents_per_min=np.ones(1),
        batteries_used=0 * one,
        on_board=((),),
    )
