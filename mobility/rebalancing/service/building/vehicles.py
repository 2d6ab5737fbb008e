"""Mopeds, cars and the bookings that bind them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.city_file import VehicleType
from mobility.rebalancing.optimiser.night.instance import NONE, Bookings, Cars, Mopeds
from mobility.rebalancing.rules.worth import battery_cents, steps_of
from mobility.rebalancing.service.building.index import Index
from mobility.rebalancing.service.picture import BookingAhead, Standing

AVERAGE_KMH = 30
FULL_PERCENT = 100


def mopeds_of(index: Index, places: Sequence[int], excluded: set[str]) -> Mopeds:
    """`places` are theirs; those on a van have none. A booked one is left where its rider looks for it."""
    booked = {each.vehicle_id for each in index.picture.bookings}
    return Mopeds(
        names=tuple(each.plate for each in index.mopeds),
        place=np.array([NONE if m.crew else at for m, at in zip(index.mopeds, places, strict=True)], np.int64),
        charge_percent=np.array([each.charge_percent for each in index.mopeds], np.int64),
        usable_percent=index.words.swap_below_percent,
        excluded=np.array([str(m.id) in excluded or m.id in booked for m in index.mopeds], np.bool_),
        battery_cents=battery_cents(index.words),
    )


def cars_of(index: Index, places: Sequence[int], excluded: set[str]) -> Cars:
    types = [index.vehicle_type(car) for car in index.cars]
    battery = np.array([each.battery_wh for each in types], np.int64)
    percent = np.array([each.charge_percent for each in index.cars], np.int64)
    least = np.array([each.charge_percent_min for each in types], np.int64)
    steps = [steps_of(each, lost_trip_cents=index.words.lost_trip_cents) for each in types]
    return Cars(
        names=tuple(each.plate for each in index.cars),
        place=np.array(places, np.int64),
        charge_wh=battery * percent // FULL_PERCENT,
        battery_wh=battery,
        usable_wh=battery * least // FULL_PERCENT,
        plugged=plugged_in(index, places),
        wh_per_min=np.array([_wh_per_min(each) for each in types], np.int64),
        step_wh=np.array([step for step, _ in steps], np.int64).reshape(len(types), -1),
        worth_cents_per_kwh=np.array([worth for _, worth in steps], np.float64).reshape(len(types), -1),
        excluded=np.array([str(each.id) in excluded for each in index.cars], np.bool_),
    )


def bookings_of(index: Index) -> Bookings:
    """Of cars: at their station, with what the ride will take."""
    found = [(each, index.vehicle_row[str(each.vehicle_id)]) for each in index.bookings]
    return Bookings(
        names=tuple(str(each.id) for each, _ in found),
        car=np.array([row for _, row in found], np.int64),
        place=np.array([index.place_of[each.station or ""] for each, _ in found], np.int64),
        by_min=np.array([index.minute(each.starts_at) for each, _ in found], np.int64),
        charge_wh=np.array([_need_wh(index, each, index.cars[row]) for each, row in found], np.int64),
    )


def plugged_in(index: Index, places: Sequence[int]) -> NDArray[np.bool_]:
    """Cars that say so, as many as their place has chargers."""
    free = [index.stations[place.code].chargers if place.bays else 0 for place in index.places]
    found = []
    for car, at in zip(index.cars, places, strict=True):
        plugged = car.charging and free[at] > 0
        free[at] -= plugged
        found.append(plugged)
    return np.array(found, np.bool_)


def _need_wh(index: Index, booking: BookingAhead, car: Standing) -> int:
    """What is asked of it when it is booked: the expected use, and the least that it may have left."""
    of = index.vehicle_type(car)
    km_per_hour = of.bookable_ahead.use_km_per_hour if of.bookable_ahead else 0
    use_percent = FULL_PERCENT * 1000 * km_per_hour * booking.hours / of.max_range_m
    return int(of.battery_wh * min(FULL_PERCENT, use_percent + of.charge_percent_min) // FULL_PERCENT)


def _wh_per_min(vehicle_type: VehicleType) -> int:
    return round(vehicle_type.battery_wh / vehicle_type.max_range_m * AVERAGE_KMH * 1000 / 60)
