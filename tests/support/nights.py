"""Small nights for the optimiser, changed one field at a time, and the optimum of tiny ones by trying everything."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, permutations, product
from typing import Any

import numpy as np

from benchmarks.rebalancing.generator import Size, generate
from mobility.rebalancing.optimiser.night.instance import Night

TINY = Size(stations=4, mopeds=10, cars=3, vans=1, bookings=1, side_km=3.0)


def night(seed: int = 0, size: Size = TINY, **changed: Any) -> Night:
    """A night by seed; `crews={"shift_min": …}` changes fields of a part, `efficiency=…` those of the night."""
    made = generate(seed, size)
    for name, value in changed.items():
        part = replace(getattr(made, name), **value) if isinstance(value, dict) else value
        made = replace(made, **{name: part})
    return made


def without_cars(seed: int, *, mopeds: int = 6) -> Night:
    """One van, three places, no break: small enough to try everything."""
    made = generate(seed, Size(stations=3, mopeds=mopeds, cars=0, vans=1, bookings=0, side_km=2.0))
    return replace(made, crews=replace(made.crews, break_min=np.zeros(1, np.int64)))


def with_cars(seed: int, *, battery_cents: float) -> Night:
    """One van, three places always open, two cars, no break: as `night_model` asks for."""
    made = generate(seed, Size(stations=3, mopeds=7, cars=2, vans=1, bookings=0, side_km=2.0))
    return replace(
        made,
        crews=replace(made.crews, break_min=np.zeros(1, np.int64)),
        places=replace(made.places, quiet_min=np.zeros((3, 1, 2), np.int64)),
        mopeds=replace(made.mopeds, battery_cents=battery_cents),
        tariff_cents_per_kwh=np.full(made.quarters, 18.0),
    )


def optimum(night: Night) -> float:
    """Of a night of one van without cars, by every order of every subset of places and all quantities, [cents]."""
    places = range(len(night.places.names))
    orders = [order for count in range(len(places) + 1) for order in permutations(places, count)]
    return min(cost for order in orders for cost in costs(night, order))


def costs(night: Night, order: tuple[int, ...]) -> Iterator[float]:
    usable, place = night.mopeds.usable, night.mopeds.place
    good = [int((usable & (place == p)).sum()) for p in range(len(night.places.names))]
    flat = [int((~usable & (place == p)).sum()) for p in range(len(night.places.names))]
    way = travel(night, order)
    for done in product(*(options(night, p, good[p], flat[p]) for p in order)):
        stock, minutes = list(good), way
        for p, (swaps, moved) in zip(order, done, strict=True):
            stock[p] += swaps - moved
            minutes += 3 * swaps + 2 * abs(moved)
        if fits(night, order, done, minutes):
            loss = sum(float(night.places.moped_cents[p, stock[p]]) for p in range(len(stock)))
            yield loss + float(night.crews.cents_per_min[0]) * minutes


def travel(night: Night, order: tuple[int, ...]) -> int:
    depot = len(night.places.names)
    return sum(int(night.travel_min[0, a, b]) for a, b in pairwise((depot, *order, depot)) if order) + 2 * len(order)


def options(night: Night, place: int, good: int, flat: int) -> list[tuple[int, int]]:
    free, top = int(night.places.moped_docks[place]) - good - flat, night.places.moped_cents.shape[1] - 1
    quantities = product(range(flat + 1), range(-min(free, 6), 7))
    return [(w, m) for w, m in quantities if m <= good + w and good + w - m <= top]


def fits(night: Night, order: tuple[int, ...], done: tuple[tuple[int, int], ...], minutes: int) -> bool:
    """Loads, batteries, the shift and the quiet hours of places, with waiting."""
    load, time, at = 0, 0, len(night.places.names)
    for p, (swaps, moved) in zip(order, done, strict=True):
        load += moved
        work = 3 * swaps + 2 * abs(moved)
        time += int(night.travel_min[0, at, p]) + 2
        for begins, ends in night.places.quiet_min[p].tolist():
            if time < ends and time + work > begins:
                time = ends
        time, at = time + work, p
        if not 0 <= load <= int(night.vans.moped_places[0]):
            return False
    time += int(night.travel_min[0, at, len(night.places.names)])
    swapped = sum(swaps for swaps, _ in done)
    return load == 0 and swapped <= int(night.vans.battery_places[0]) and time <= int(night.crews.shift_min[0, 1])
