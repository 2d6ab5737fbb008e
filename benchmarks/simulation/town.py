"""Square towns of any number of stations, as dense and as busy as the reference city, with every rule switched on."""

import numpy as np
from scipy.spatial import cKDTree

from mobility.city.rules.tariffs import PricingPlan, Segment, TimeFactor
from mobility.simulation.backtest.field import position_at
from mobility.simulation.backtest.reference import MONDAY
from mobility.simulation.calibration import CROW_KM, DURATION_MIN
from mobility.simulation.demand import Demand, Habits, Lengths
from mobility.simulation.network import neighbours, plane_m
from mobility.simulation.scenario import QUARTERS, Calendar, Classes, Fleet, Places, Scenario
from mobility.simulation.tariff import tariff_table

STATIONS_PER_KM2, MOPEDS_PER_STATION, CARS_PER_STATION = 60 / 64, 2.5, 0.67
RIDERS_PER_STATION = (6.0, 0.8)  # of each class and day
CANDIDATES = 48
PLANS = (
    PricingPlan(
        currency="EUR",
        price_cents=50,
        per_min_pricing=(Segment(start=0, rate_cents=25, interval=1),),
        pause_rate_cents=10,
        day_cap_cents=3_500,
        time_factors=(TimeFactor(days=("Mo",), begins="17:00", ends="19:00", percent=120),),
        factor_percent_max=150,
    ),
    PricingPlan(
        currency="EUR",
        price_cents=100,
        per_min_pricing=(
            Segment(start=0, end=60, rate_cents=100, interval=15),
            Segment(start=60, end=180, rate_cents=50, interval=15),
            Segment(start=180, rate_cents=25, interval=15),
        ),
    ),
)


def town(stations: int, days: int, seed: int) -> tuple[Scenario, Demand]:
    random = np.random.default_rng(seed)
    side_km = (stations / STATIONS_PER_KM2) ** 0.5
    position = position_at(random.uniform(0, side_km, (stations, 2)))
    return scenario_of(random, position, days), demand_of(random, position, days)


def scenario_of(random: np.random.Generator, position: np.ndarray, days: int) -> Scenario:
    """By day nobody parks at one station in ten."""
    count = len(position)
    everywhere = np.ones((2, count), bool)
    by_day = everywhere & (random.random(count) > 0.1)
    zones_at = ((np.arange(QUARTERS) >= 28) & (np.arange(QUARTERS) < 76)).astype(int)[None]
    mopeds = random.integers(0, count, int(count * MOPEDS_PER_STATION))
    cars = random.permutation(count)[: int(count * CARS_PER_STATION)]
    klass = np.repeat([0, 1], [len(mopeds), len(cars)])
    battery = np.array([2_700_000, 6_100_000])[klass]
    nowhere = {"end_zones": [[frozenset()] * count] * 2, "end_stations": [None] * count}
    return Scenario(
        calendar=Calendar(
            first_day=MONDAY, kind_of_day=np.zeros(days, int), is_open=np.ones((1, QUARTERS), bool), zones_at=zones_at
        ),
        places=Places(
            names=tuple(map(str, range(count))),
            position=position,
            bays=np.full(count, 3),
            chargers=np.full(count, 2),
            charger_w=np.full(count, 2_300),
            accepts=everywhere,
            starts=np.stack([everywhere, everywhere]),
            ends=np.stack([everywhere, by_day]),
            **neighbours(position, everywhere, walk_minutes_max=15, speed_kmh=4.5),
        ),
        classes=Classes(
            names=("moped", "car"),
            modes=("micromobility", "car-share"),
            battery_wh=np.array([2_700, 6_100]),
            wh_per_km=np.array([5, 5]),  # so that a year without crews ends with charged vehicles
            speed_kmh=np.array([45, 45]),
            charge_percent_min=np.array([15, 20]),
            hold_s=np.array([900, 900]),
            takes_bay=np.array([False, True]),
            plugs_in=np.array([True, True]),
            tariffs=tuple(tariff_table(plan, days=[MONDAY], **nowhere) for plan in PLANS),
        ),
        fleet=Fleet(vehicle_class=klass, place=np.concatenate([mopeds, cars]), charge_mwh=battery),
        eligible=np.array([[True, True], [True, False]]),
    )


def demand_of(random: np.random.Generator, position: np.ndarray, days: int) -> Demand:
    count = len(position)
    hour = np.arange(QUARTERS) / 4
    wave = sum(np.exp(-(((hour - at) / width) ** 2)) for at, width in ((7.5, 1.2), (17.5, 1.8), (13.0, 4.0)))
    busy = random.gamma(2.0, 0.5, count)[:, None] * wave / wave.sum()
    _, near = cKDTree(plane_m(position)).query(plane_m(position), k=min(CANDIDATES, count))
    shares = np.cumsum(np.full(near.shape, 1 / near.shape[1]), axis=1)
    shares[:, -1] = 1
    return Demand(
        rates=np.stack([busy * riders for riders in RIDERS_PER_STATION])[None],
        factor=np.ones((days, count)),
        goes_to=np.stack([near, near]),
        goes_share=np.stack([shares, shares])[None],
        goes_at=np.zeros(QUARTERS, int),
        lengths=(
            Lengths(duration_min=DURATION_MIN, crow_km=CROW_KM),
            Lengths(duration_min=DURATION_MIN.scaled(2), crow_km=CROW_KM),
        ),
        habits=Habits(),
        profile_share=np.array([0.9, 0.1]),
        second=np.array([1, 0]),
    )
