"""Places, what stands there is worth, and their power."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mobility.rebalancing.optimiser.night.instance import QUARTER_MIN, Places
from mobility.rebalancing.optimiser.value import mean_curves
from mobility.rebalancing.rules.forecast import scenarios
from mobility.rebalancing.rules.nights import QUARTER
from mobility.rebalancing.rules.usable import rides_left, usable_share
from mobility.rebalancing.rules.worth import trip_cents
from mobility.rebalancing.service.building.index import Index
from mobility.rebalancing.service.nights import described, zone_of
from mobility.rebalancing.service.picture import Picture

SCENARIOS = 16
"""Days that the forecast holds possible, whose mean a vehicle's worth is."""
CELL_STOCK_MAX = 30
"""More mopeds than that in a square of 400 m serve nobody any more."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the morning's stock is worth at every place of the city, [cents], and how much may stand there."""

    moped_cents: Floats
    moped_docks: Ints
    car_cents: Floats
    car_bays: Ints


def worth_of(picture: Picture, mopeds_at: Ints, cars_at: Ints) -> Worth:
    """Lost trips by stock, in money; `mopeds_at` and `cars_at` are how many stand at each place now."""
    moped_docks, moped_cents = _curves(picture, "moped", mopeds_at)
    car_bays, car_cents = _curves(picture, "car", cars_at)
    return Worth(moped_cents=moped_cents, moped_docks=moped_docks, car_cents=car_cents, car_bays=car_bays)


def worth_a_visit(picture: Picture, worth: Worth) -> NDArray[np.bool_]:
    """Stations, and cells whose first moped earns more than it costs to load and unload it."""
    words, places = described(picture.city), picture.places
    handling = (words.service_minutes.load + words.service_minutes.unload) * words.crew_cents_per_minute
    first = worth.moped_cents[:, 0] - worth.moped_cents[:, min(1, worth.moped_cents.shape[1] - 1)]
    visited: NDArray[np.bool_] = (places.bays > 0) | (np.nan_to_num(first, posinf=0, neginf=0) > handling)
    return visited


def ground_of(index: Index, worth: Worth, kept: Ints, closed: set[str]) -> Places:
    """The kept places; at those `closed` nobody works."""
    words, count = index.words, len(index.places)
    chargers = [index.stations[place.code].chargers if place.bays else 0 for place in index.places]
    sites = [index.sites.get(place.code) for place in index.places]
    charger_w = [site.charger_w if site and site.charger_w is not None else words.chargers.charger_w for site in sites]
    power_w = [site.power_w if site and site.power_w is not None else words.chargers.power_w for site in sites]
    quarters = quarters_of(index)
    return Places(
        names=tuple(place.code for place in index.places),
        closed_min=padded([_closed(index, at, closed) for at in range(count)]),
        quiet_min=padded([_quiet(index, place.code) for place in index.places]),
        moped_docks=worth.moped_docks[kept],
        moped_cents=worth.moped_cents[kept],
        car_bays=worth.car_bays[kept],
        car_cents=worth.car_cents[kept],
        chargers=np.array(chargers, np.int64),
        charger_w=np.array(charger_w, np.int64),
        site_cap_w=np.repeat(np.array(power_w, np.int64)[:, None], quarters, axis=1),
    )


def quarters_of(index: Index) -> int:
    """To the morning, or on to the last booking."""
    last = max([index.morning_min, *(index.minute(each.starts_at) for each in index.bookings)])
    return -(-last // QUARTER_MIN)


def prices(index: Index) -> Floats:
    """Cents per kilowatt-hour in each quarter."""
    zone, found = zone_of(index.picture.city), []
    for quarter in range(quarters_of(index)):
        local = (index.picture.plan.starts_at + quarter * QUARTER).astimezone(zone)
        clock = f"{local:%H:%M}"
        found.append(next(line.cents_per_kwh for line in index.words.energy if _holds(line.begins, line.ends, clock)))
    return np.array(found, np.float64)


def padded(spans: Sequence[Sequence[tuple[int, int]]]) -> Ints:
    """Intervals of each place; those of no length fill up."""
    longest = max([1, *(len(each) for each in spans)])
    filled = [[*each, *[(0, 0)] * (longest - len(each))] for each in spans]
    return np.array(filled, np.int64).reshape(len(spans), longest, 2)


def _curves(picture: Picture, form: str, standing: Ints) -> tuple[Ints, Floats]:
    """How many may stand at each place, and what the day loses by how many do, [cents]."""
    places, words = picture.places, described(picture.city)
    of_form = np.array([each.form_factor == form for each in places.classes], np.bool_)
    serves = places.serves[:, of_form].any(axis=1)
    limited = places.bays > 0
    room = np.where(serves, np.where(limited, places.bays, CELL_STOCK_MAX), 0)
    stock = np.maximum(room, standing)
    day = slice(_first_quarter(picture), None)
    # Always the same days: a plan that is made again changes for what has come between, not by luck.
    drawn = scenarios(picture.demand, SCENARIOS, seed=0)
    leaving, coming = (each[:, :, of_form].sum(axis=2)[:, :, day] for each in drawn)
    share = _usable_share(picture, form, float(leaving.sum()) / SCENARIOS)
    curves = mean_curves(leaving, coming, stock, unlimited=~limited, usable_share=share)
    return room.astype(np.int64), curves * trip_cents(words)


def _usable_share(picture: Picture, form: str, rides: float) -> float:
    """Of a day's returns, those that can be rented again, with the charge that vehicles have now."""
    expected = picture.city.file.demand
    ride_km = {each.vehicle_type: each.ride_km for each in expected.rides} if expected else {}
    left: list[int] = []
    for each in picture.places.classes:
        if each.form_factor == form and each.code in ride_km:
            charge = [vehicle.charge_percent for vehicle in picture.vehicles if vehicle.type_code == each.code]
            terms = {"charge_percent_min": each.charge_percent_min, "max_range_m": each.max_range_m}
            left += rides_left(charge, ride_m=1000 * ride_km[each.code], **terms).tolist()
    serving = sum(rides > 0 for rides in left)
    return usable_share(left, rides_per_vehicle=rides / serving) if serving else 1.0


def _first_quarter(picture: Picture) -> int:
    """Of the day after the night, by the clocks."""
    local = picture.city.local(picture.night.ends_at)
    return (local.hour * 60 + local.minute) // QUARTER_MIN


def _closed(index: Index, at: int, closed: set[str]) -> list[tuple[int, int]]:
    code = index.places[at].code
    if code in closed:
        return [(0, index.morning_min)]
    site = index.sites.get(code)
    if site is None or site.opens is None or site.closes is None:
        return []
    return index.spans(site.closes, site.opens)


def _quiet(index: Index, code: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for quiet in index.words.quiet_hours:
        if not quiet.stations or code in quiet.stations:
            found += index.spans(quiet.begins, quiet.ends)
    return found


def _holds(begins: str, ends: str, clock: str) -> bool:
    begins, ends = begins.replace("24:00", "00:00"), ends.replace("24:00", "00:00")
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends
