"""Made-up nights of a city by seed: the reference night, ten times it, and whatever size is asked for.

Stations lie in a square, denser towards its middle; homes lose vehicles in the morning, the middle gains them, so that
after an evening vehicles stand where the morning does not need them. Demand is a day of rentals and returns per
quarter-hour; what a stock is worth comes from the forecast's own value curves.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

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
from mobility.rebalancing.optimiser.value import value_curves

SHIFT_MIN, MORNING_MIN, QUARTERS = 420, 480, 40
DAY_QUARTERS = 96
MOPED_TRIP_CENTS, CAR_TRIP_CENTS = 500, 1_200
CREW_CENTS_PER_MIN = 30
VAN_KM_PER_MIN, BICYCLE_KM_PER_MIN, CAR_KM_PER_MIN = 0.42, 0.22, 0.5
DETOUR = 1.3
DOCKS, BAYS = 12, 4
BATTERY_WH, USABLE_WH, WH_PER_MIN = 6_100, 2_400, 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`relocators` go by folding bicycle; the first half of the van crews are two people, who drive cars too."""

    stations: int = 60
    mopeds: int = 150
    cars: int = 40
    vans: int = 4
    relocators: int = 0
    bookings: int = 4
    low_share: float = 0.45
    side_km: float = 4.5


REFERENCE = Size()
TEN_TIMES = Size(stations=600, mopeds=1500, cars=400, vans=40, bookings=40, side_km=4.5 * 10**0.5)


@dataclass(frozen=True, slots=True)
class Map:
    """`centrality`: 1 in the middle, towards 0 at the edge; `locations` are the stations, then the depot, [km]."""

    locations: NDArray[np.float64]
    centrality: NDArray[np.float64]


def generate(seed: int, size: Size = REFERENCE) -> Night:
    """The same night for the same seed and size, on every machine with the same NumPy."""
    random = np.random.default_rng(seed)
    city = draw_map(random, size)
    mopeds, cars = draw_mopeds(random, size), draw_cars(random, size)
    places = draw_places(random, size, city, mopeds, cars)
    cars_plugged = plug(random, cars, places)
    return Night(
        places=places,
        depots=("depot",),
        mopeds=mopeds,
        cars=cars_plugged,
        bookings=draw_bookings(random, size, cars, places),
        vans=Vans(
            names=tuple(f"van {k}" for k in range(size.vans)),
            moped_places=np.full(size.vans, 6),
            battery_places=np.full(size.vans, 24),
        ),
        crews=crews_of(size),
        service_min=ServiceMinutes(),
        travel_min=np.stack([minutes(city, VAN_KM_PER_MIN, random), minutes(city, BICYCLE_KM_PER_MIN, random)]),
        car_drive_min=minutes(city, CAR_KM_PER_MIN, random)[: size.stations, : size.stations],
        morning_min=MORNING_MIN,
        tariff_cents_per_kwh=np.where(np.arange(QUARTERS) < 32, 18.0, 30.0),
    )


def draw_map(random: Generator, size: Size) -> Map:
    spread = random.normal(0, 0.22, (size.stations, 2)).clip(-0.5, 0.5)
    edge = random.uniform(-0.5, 0.5, (size.stations, 2))
    at = np.where(random.random((size.stations, 1)) < 0.5, spread, edge)
    centrality = np.exp(-((np.linalg.norm(at, axis=1) / 0.3) ** 2))
    depot = np.array([[0.35, -0.3]])
    return Map(np.vstack([at, depot]) * size.side_km, centrality)


def minutes(city: Map, km_per_min: float, random: Generator) -> NDArray[np.int64]:
    """One-way streets make a way back a little longer or shorter."""
    straight = np.linalg.norm(city.locations[:, None] - city.locations[None], axis=2)
    detour = DETOUR * random.uniform(0.9, 1.2, straight.shape)
    taken = np.ceil(straight * detour / km_per_min).astype(np.int64)
    np.fill_diagonal(taken, 0)
    return taken


def draw_mopeds(random: Generator, size: Size) -> Mopeds:
    popularity = random.gamma(1.0, 1.0, size.stations)
    at = random.choice(size.stations, size.mopeds, p=popularity / popularity.sum())
    low = random.random(size.mopeds) < size.low_share
    charge = np.where(low, random.integers(3, 35, size.mopeds), random.integers(35, 101, size.mopeds))
    names = tuple(f"moped {k}" for k in range(size.mopeds))
    excluded = np.zeros(size.mopeds, bool)
    return Mopeds(names=names, place=at, charge_percent=charge, usable_percent=35, excluded=excluded)


def draw_cars(random: Generator, size: Size) -> Cars:
    count = size.cars
    return Cars(
        names=tuple(f"car {k}" for k in range(count)),
        place=random.integers(0, max(1, size.stations), count),
        charge_wh=random.integers(600, BATTERY_WH + 1, count),
        battery_wh=np.full(count, BATTERY_WH),
        usable_wh=np.full(count, USABLE_WH),
        plugged=np.zeros(count, bool),
        wh_per_min=np.full(count, WH_PER_MIN),
        step_wh=np.tile([2_000, 2_000, 2_100], (count, 1)),
        worth_cents_per_kwh=np.tile([60.0, 35.0, 22.0], (count, 1)),
        excluded=np.zeros(count, bool),
    )


def draw_places(random: Generator, size: Size, city: Map, mopeds: Mopeds, cars: Cars) -> Places:
    count = size.stations
    usable = np.bincount(mopeds.place, minlength=count)
    docks = np.maximum(DOCKS, usable + 2)
    bays = np.maximum(BAYS, np.bincount(cars.place, minlength=count))
    chargers = np.where(random.random(count) < 0.6, 2, 0)
    quiet = np.zeros((count, 1, 2), np.int64)
    quiet[random.random(count) < 0.1] = [60, 420]
    trips = 2.5 * size.mopeds / count, 1.2 * size.cars / count
    return Places(
        names=tuple(f"station {k}" for k in range(count)),
        closed_min=np.zeros((count, 1, 2), np.int64),
        quiet_min=quiet,
        moped_docks=docks,
        moped_cents=MOPED_TRIP_CENTS * curves(random, city.centrality, trips[0], docks),
        car_bays=bays,
        car_cents=CAR_TRIP_CENTS * curves(random, city.centrality, trips[1], bays),
        chargers=chargers,
        charger_w=np.full(count, 2_300),
        site_cap_w=np.tile(np.where(random.random(count) < 0.3, 3_000, 4_600)[:, None], (1, QUARTERS)),
    )


def curves(
    random: Generator, centrality: NDArray[np.float64], trips: float, capacity: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Homes send people out between 6 and 9 and take them back after 16; the middle the other way round."""
    hour = np.arange(DAY_QUARTERS) / 4
    morning, evening, day = (np.exp(-(((hour - at) / width) ** 2)) for at, width in ((7.5, 1.2), (17.5, 1.8), (13, 4)))
    morning, evening, day = (wave / wave.sum() for wave in (morning, evening, day))
    busy = trips * random.gamma(2.0, 0.5, len(centrality))[:, None]
    inward = centrality[:, None]
    out = busy * ((1 - inward) * 0.45 * morning + inward * 0.45 * evening + 0.55 * day / 2 + 0.275 * day / 2)
    back = busy * (inward * 0.45 * morning + (1 - inward) * 0.45 * evening + 0.55 * day / 2 + 0.275 * day / 2)
    return value_curves(out[:, 24:], back[:, 24:], capacity)


def plug(random: Generator, cars: Cars, places: Places) -> Cars:
    """Half of the cars that find a charger are on it."""
    free, plugged = places.chargers.copy(), np.zeros(len(cars.names), bool)
    for car, at in enumerate(cars.place):
        if free[at] > 0 and random.random() < 0.5:
            plugged[car], free[at] = True, free[at] - 1
    values = {name: getattr(cars, name) for name in cars.__dataclass_fields__}
    return Cars(**values | {"plugged": plugged})


def draw_bookings(random: Generator, size: Size, cars: Cars, places: Places) -> Bookings:
    booked = random.permutation(size.cars)[: size.bookings]
    moved = random.random(len(booked)) < 0.5
    sites = np.flatnonzero(places.chargers > 0)
    elsewhere = random.choice(sites, len(booked)) if len(sites) else cars.place[booked]
    at = np.where(moved, elsewhere, cars.place[booked])
    return Bookings(
        names=tuple(f"booking {k}" for k in range(len(booked))),
        car=booked,
        place=at,
        by_min=random.integers(500, 15 * QUARTERS, len(booked)),
        charge_wh=random.integers(1_500, 5_000, len(booked)),
    )


def crews_of(size: Size) -> Crews:
    vans, count = size.vans, size.vans + size.relocators
    two_people = np.arange(count) < (vans + 1) // 2
    by_van = np.arange(count) < vans
    return Crews(
        names=tuple(f"crew {k}" for k in range(count)),
        shift_min=np.tile([0, SHIFT_MIN], (count, 1)),
        break_min=np.full(count, 20),
        break_window_min=np.tile([150, 270], (count, 1)),
        skills=np.stack([by_van, by_van, np.ones(count, bool), two_people | ~by_van], axis=1),
        may_drive=np.eye(count, vans, dtype=bool),
        mode=np.where(by_van, 0, 1),
        start=np.full(count, size.stations),
        end=np.full(count, size.stations),
        cents_per_min=np.full(count, CREW_CENTS_PER_MIN),
        batteries_used=np.zeros(count, np.int64),
        on_board=((),) * count,
    )
