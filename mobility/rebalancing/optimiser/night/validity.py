"""What a night must be to be planned; each refusal says in the caller's words what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mobility.rebalancing.optimiser.instance import InstanceInvalid

if TYPE_CHECKING:
    from mobility.rebalancing.optimiser.night.instance import Lock, Night

PLACES_MAX = 2_000  # travel of so many takes 30 MB for each mode
CREWS_MAX = 200
MINUTES_MAX = 4 * 24 * 60
AMOUNT_MAX = 10**7  # of Wh, W, docks, minutes of travel
CONVEX_CENTS = 0.01  # curves come rounded
CHARGE_FULL_PERCENT = 100


def check(night: Night) -> None:
    check_names(night)
    check_shapes(night)
    check_amounts(night)
    check_indices(night)
    check_times(night)
    check_curves(night)
    check_standing(night)
    check_boards(night)
    check_bookings(night)
    for lock in night.locks:
        check_lock(night, lock)


def refuse_if(wrong: Any, reason: str) -> None:
    if np.any(wrong):
        raise InstanceInvalid(reason=reason)


def check_names(night: Night) -> None:
    for what in ("places", "mopeds", "cars", "bookings", "vans", "crews"):
        unique(getattr(night, what).names, what)
    unique(night.depots, "depots")
    refuse_if(not 1 <= len(night.places.names) <= PLACES_MAX, f"there must be 1 to {PLACES_MAX} places")
    refuse_if(len(night.crews.names) > CREWS_MAX, f"there are more than {CREWS_MAX} crews")


def unique(names: tuple[str, ...], what: str) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    refuse_if(twice, f"two of the {what} are called {twice[0] if twice else ''}")


def check_shapes(night: Night) -> None:
    for path, shape in wanted_shapes(night).items():
        part, _, name = path.rpartition(".")
        given = getattr(getattr(night, part) if part else night, name).shape
        right = len(given) == len(shape) and all(w in (None, g) for g, w in zip(given, shape, strict=True))
        words = " x ".join("any" if side is None else str(side) for side in shape)
        refuse_if(not right, f"{path} has the shape {' x '.join(map(str, given))} instead of {words}")
    refuse_if(len(night.crews.on_board) != len(night.crews.names), "crews.on_board is not one entry for each crew")


def wanted_shapes(night: Night) -> dict[str, tuple[int | None, ...]]:
    places, crews, cars = len(night.places.names), len(night.crews.names), len(night.cars.names)
    quarters = night.tariff_cents_per_kwh.shape[0] if night.tariff_cents_per_kwh.ndim == 1 else 0
    plain = {
        "places": (places, ("moped_docks", "car_bays", "chargers", "charger_w")),
        "mopeds": (len(night.mopeds.names), ("place", "charge_percent", "excluded")),
        "cars": (cars, ("place", "charge_wh", "battery_wh", "usable_wh", "plugged", "wh_per_min", "excluded")),
        "bookings": (len(night.bookings.names), ("car", "place", "by_min", "charge_wh")),
        "vans": (len(night.vans.names), ("moped_places", "battery_places")),
        "crews": (crews, ("break_min", "mode", "start", "end", "cents_per_min", "batteries_used")),
    }
    wanted: dict[str, tuple[int | None, ...]] = {
        f"{part}.{name}": (count,) for part, (count, names) in plain.items() for name in names
    }
    return wanted | {
        "places.closed_min": (places, None, 2),
        "places.quiet_min": (places, None, 2),
        "places.moped_cents": (places, None),
        "places.car_cents": (places, None),
        "places.site_cap_w": (places, quarters),
        "cars.step_wh": (cars, None),
        "cars.worth_cents_per_kwh": night.cars.step_wh.shape,
        "crews.shift_min": (crews, 2),
        "crews.break_window_min": (crews, 2),
        "crews.skills": (crews, 4),
        "crews.may_drive": (crews, len(night.vans.names)),
        "travel_min": (None, night.locations, night.locations),
        "car_drive_min": (places, places),
        "tariff_cents_per_kwh": (quarters,),
    }


AMOUNTS = (
    *("places.moped_docks", "places.car_bays", "places.chargers", "places.charger_w", "places.site_cap_w"),
    *("mopeds.charge_percent", "cars.charge_wh", "cars.battery_wh", "cars.usable_wh", "cars.wh_per_min"),
    *("cars.step_wh", "bookings.charge_wh", "vans.moped_places", "vans.battery_places"),
    *("crews.break_min", "crews.cents_per_min", "crews.batteries_used", "cars.worth_cents_per_kwh"),
)


def check_amounts(night: Night) -> None:
    for path in AMOUNTS:
        part, _, name = path.rpartition(".")
        values = getattr(getattr(night, part), name)
        refuse_if((values < 0) | (values > AMOUNT_MAX), f"{path} is not between 0 and {AMOUNT_MAX}")
    percent, worth = night.mopeds.charge_percent, night.mopeds.battery_cents
    refuse_if(percent > CHARGE_FULL_PERCENT, "mopeds.charge_percent is above 100")
    refuse_if(not 0 <= worth <= AMOUNT_MAX, f"mopeds.battery_cents is not between 0 and {AMOUNT_MAX}")
    refuse_if(night.cars.charge_wh > night.cars.battery_wh, "a car's battery holds more than it can")
    refuse_if(
        np.diff(night.cars.worth_cents_per_kwh, axis=1) > 0, "a later step of charge is worth more than an earlier"
    )
    refuse_if(not np.all(np.abs(night.tariff_cents_per_kwh) <= AMOUNT_MAX), "a price of energy is not a number")
    refuse_if(not 0 <= night.change_cents <= AMOUNT_MAX, f"change_cents is not between 0 and {AMOUNT_MAX}")
    refuse_if(not 0 < night.efficiency <= 1, f"an efficiency of {night.efficiency}")
    for name in ("travel_min", "car_drive_min"):
        minutes = getattr(night, name)
        apart = ~np.eye(minutes.shape[-1], dtype=bool)
        refuse_if((minutes < 0)[..., apart], f"{name} is negative")
    refuse_if([getattr(night.service_min, name) < 0 for name in SERVICES], "service_min is negative")


SERVICES = ("access", "swap", "load", "unload", "plug", "drive")


def check_indices(night: Night) -> None:
    places = len(night.places.names)
    within(night.mopeds.place, -1, places, "a moped stands at a place that is none")
    within(night.cars.place, 0, places, "a car stands at a place that is none")
    within(night.bookings.car, 0, len(night.cars.names), "a booking is of an unknown car")
    within(night.bookings.place, 0, places, "a booking is at a place that is none")
    within(night.crews.mode, 0, len(night.travel_min), "a crew goes by a mode without travel times")
    for name in ("start", "end"):
        within(getattr(night.crews, name), 0, night.locations, f"a crew's {name} is no location")


def within(values: Any, low: int, high: int, reason: str) -> None:
    refuse_if((np.asarray(values) < low) | (np.asarray(values) >= high), reason)


def check_times(night: Night) -> None:
    crews, morning = night.crews, night.morning_min
    refuse_if(not 0 <= morning <= MINUTES_MAX, f"the morning is at minute {morning}")
    refuse_if(night.quarters * 15 < morning, f"{night.quarters} quarters do not reach the morning")
    refuse_if(night.quarters * 15 > MINUTES_MAX, f"{night.quarters} quarters are too many")
    for name in ("shift_min", "break_window_min"):
        spans(getattr(crews, name), crews.names, f"crews.{name}")
    for name in ("closed_min", "quiet_min"):
        spans(getattr(night.places, name), night.places.names, f"places.{name}")
    refuse_if(
        (night.bookings.by_min < 0) | (night.bookings.by_min > 15 * night.quarters), "a booking is out of the night"
    )


def spans(values: Any, names: tuple[str, ...], what: str) -> None:
    for index in np.unique(np.argwhere((values[..., 0] < 0) | (values[..., 0] > values[..., 1]))[:, 0]).tolist():
        raise InstanceInvalid(reason=f"{what} of {names[index]} is negative or ends before it begins")
    refuse_if(values > MINUTES_MAX, f"{what} goes beyond {MINUTES_MAX} minutes")


def check_curves(night: Night) -> None:
    for name in ("moped_cents", "car_cents"):
        curves = getattr(night.places, name)
        refuse_if(curves.shape[1] < 1 or np.any(~np.isfinite(curves[:, 0])), f"{name} has no value without any vehicle")
        finite = np.isfinite(curves)
        refuse_if(finite[:, 1:] & ~finite[:, :-1], f"{name} is infinite before its end")
        refuse_if(np.abs(curves[finite]) > AMOUNT_MAX, f"{name} is above {AMOUNT_MAX}")
        for place, curve in enumerate(curves):
            bends = np.diff(curve[finite[place]], 2)
            refuse_if(bends < -CONVEX_CENTS, f"{name} of {night.places.names[place]} is not convex")


def check_standing(night: Night) -> None:
    """Curves reach as far as what stands there, or may be put there."""
    places = len(night.places.names)
    usable = night.mopeds.usable & (night.mopeds.place >= 0)
    for name, at in (("moped_cents", night.mopeds.place[usable]), ("car_cents", night.cars.place)):
        stock = np.bincount(at, minlength=places)
        known = np.isfinite(getattr(night.places, name)).sum(axis=1) - 1
        for place in np.flatnonzero(stock > known).tolist():
            reason = (
                f"{name} of {night.places.names[place]} ends at {known[place]} vehicles; {stock[place]} stand there"
            )
            raise InstanceInvalid(reason=reason)
    plugged = np.bincount(night.cars.place[night.cars.plugged], minlength=places)
    for place in np.flatnonzero(plugged > night.places.chargers).tolist():
        name, chargers = night.places.names[place], night.places.chargers[place]
        raise InstanceInvalid(reason=f"{plugged[place]} cars are plugged in at {name}, which has {chargers} chargers")


def check_boards(night: Night) -> None:
    on_board = [moped for board in night.crews.on_board for moped in board]
    within(on_board, 0, len(night.mopeds.names), "an unknown moped is on board")
    refuse_if(len(set(on_board)) != len(on_board), "a moped is on board twice")
    refuse_if(
        set(on_board) != set(np.flatnonzero(night.mopeds.place < 0).tolist()), "on board are not those at no place"
    )
    refuse_if(~night.mopeds.usable[on_board], "a flat moped is on board")


def check_bookings(night: Night) -> None:
    for car, times in Counter(night.bookings.car.tolist()).items():
        refuse_if(times > 1, f"car {night.cars.names[car]} has {times} bookings; only the first of a car counts")


def check_lock(night: Night, lock: Lock) -> None:
    is_car = lock.kind in ("plug", "drive")
    count = len(night.cars.names if is_car else night.mopeds.names)
    within(lock.crew, 0, len(night.crews.names), "a lock is of an unknown crew")
    within(lock.place, 0, len(night.places.names), "a lock is at a place that is none")
    within(lock.vehicles, 0, count, "a lock names an unknown vehicle")
    refuse_if(lock.kind not in ("swap", "load", "unload", "plug", "drive"), f"a {lock.kind} cannot be locked")
    refuse_if(not lock.vehicles or len(set(lock.vehicles)) != len(lock.vehicles), "a lock needs vehicles, each once")
    refuse_if(is_car and len(lock.vehicles) != 1, f"a locked {lock.kind} needs one car")
    reached = 0 <= lock.to_place < len(night.places.names)
    refuse_if((lock.kind == "drive") != reached, f"a locked {lock.kind} goes to place {lock.to_place}")
