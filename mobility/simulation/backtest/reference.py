"""The reference city of the design: 60 stations, 150 mopeds, 40 cars, 4 vans, shifts of seven hours.

Homes lie at the edge, work in the middle: people ride inwards in the morning and outwards in the evening, so that after
an evening vehicles stand where the morning does not need them. Days differ by a factor that nobody knows beforehand.
"""

from datetime import date

import numpy as np

from mobility.city.rules.tariffs import PricingPlan, Segment
from mobility.geo import LonLat
from mobility.rebalancing.rules import places as product_places
from mobility.simulation.backtest.field import Crews, Field, plain_situation, position_at, vehicle_type
from mobility.simulation.calibration import BATTERY_PERCENT, CROW_KM, DURATION_MIN
from mobility.simulation.chance import Purpose, keys, uniform
from mobility.simulation.demand import Demand, Habits, Lengths
from mobility.simulation.gravity import gravity
from mobility.simulation.network import crow_m, neighbours
from mobility.simulation.scenario import QUARTERS, Calendar, Classes, Fleet, Floats, Places, Scenario
from mobility.simulation.tariff import tariff_table

STATIONS, MOPEDS, CARS, VANS = 60, 150, 40, 4
SIDE_KM, BAYS = 8.0, 6
MOPED_RIDES, CAR_RIDES = 2.5, 1.2
"""Riders who look for a vehicle of the class, for each vehicle and day."""
LOW_DAY, HIGH_DAY = 0.75, 1.25
MONDAY = date(2026, 6, 15)
TYPES = (
    vehicle_type("moped", "micromobility", "moped", 2_700, 70_000, 15),
    vehicle_type("car", "car-share", "car", 6_100, 80_000, 20),
)
PLANS = (
    PricingPlan(currency="EUR", price_cents=50, per_min_pricing=(Segment(start=0, rate_cents=25, interval=1),)),
    PricingPlan(currency="EUR", price_cents=100, per_min_pricing=(Segment(start=0, rate_cents=100, interval=15),)),
)


def reference(*, days: int, seed: int) -> Field:
    """The same city for the same seed."""
    random = np.random.default_rng(seed)
    km, inward = _map(random)
    position = position_at(km)
    scenario = _scenario(random, position, inward, days, seed)
    demand = _demand(random, scenario, inward, seed)
    places = product_places.Places("reference", tuple(map(_station, range(STATIONS), position.tolist())), TYPES)
    rides = np.array([MOPEDS * MOPED_RIDES, CARS * CAR_RIDES])
    situation = plain_situation(places, rides)
    return Field(scenario=scenario, demand=demand, places=places, situation=situation, crews=_crews(position))


def _station(number: int, position: list[float]) -> product_places.Place:
    both = frozenset(each.code for each in TYPES)
    return product_places.Place(f"s{number}", {"en": f"station {number}"}, "square", LonLat(*position), BAYS, both)


def _map(random: np.random.Generator) -> tuple[Floats, Floats]:
    """Stations, denser towards the middle, and how central each is: 1 in the middle, towards 0 at the edge."""
    middle, edge = random.normal(0, 0.22, (STATIONS, 2)).clip(-0.5, 0.5), random.uniform(-0.5, 0.5, (STATIONS, 2))
    at = np.where(random.random((STATIONS, 1)) < 0.5, middle, edge)
    return (at + 0.5) * SIDE_KM, np.exp(-((np.linalg.norm(at, axis=1) / 0.3) ** 2))


def _scenario(random: np.random.Generator, position: Floats, inward: Floats, days: int, seed: int) -> Scenario:
    everywhere = np.ones((2, STATIONS), np.bool_)
    popular = (0.3 + inward) / (0.3 + inward).sum()
    mopeds = random.choice(STATIONS, MOPEDS, p=popular)
    cars = random.permutation(STATIONS)[:CARS]
    place, klass = np.concatenate([mopeds, cars]), np.repeat([0, 1], [MOPEDS, CARS])
    battery = np.array([each.battery_wh for each in TYPES]) * 1_000
    percent = np.clip(BATTERY_PERCENT.at(uniform(keys(seed, np.arange(len(place))), Purpose.CHARGE)), 0, 100)
    table = [
        tariff_table(plan, days=[MONDAY], end_zones=[[frozenset()] * STATIONS], end_stations=[None] * STATIONS)
        for plan in PLANS
    ]
    return Scenario(
        calendar=Calendar(
            first_day=MONDAY,
            kind_of_day=np.zeros(days, np.int64),
            is_open=np.ones((1, QUARTERS), np.bool_),
            zones_at=np.zeros((1, QUARTERS), np.int64),
        ),
        places=Places(
            names=tuple(f"station {number}" for number in range(STATIONS)),
            position=position,
            bays=np.full(STATIONS, BAYS),
            chargers=np.where(random.random(STATIONS) < 0.6, 2, 0),
            charger_w=np.full(STATIONS, 2_300),
            accepts=everywhere,
            starts=everywhere[None],
            ends=everywhere[None],
            **neighbours(position, everywhere, walk_minutes_max=15, speed_kmh=4.5),
        ),
        classes=Classes(
            names=("moped", "car"),
            modes=("micromobility", "car-share"),
            battery_wh=np.array([2_700, 6_100]),
            wh_per_km=np.array([39, 76]),
            speed_kmh=np.array([45, 45]),
            charge_percent_min=np.array([15, 20]),
            hold_s=np.array([900, 900]),
            takes_bay=np.array([False, True]),
            plugs_in=np.array([False, True]),
            tariffs=tuple(table),
        ),
        fleet=Fleet(vehicle_class=klass, place=place, charge_mwh=(battery[klass] * percent / 100).astype(np.int64)),
        eligible=np.ones((1, 2), np.bool_),
    )


def _demand(random: np.random.Generator, scenario: Scenario, inward: Floats, seed: int) -> Demand:
    hour = np.arange(QUARTERS) / 4
    waves = [np.exp(-(((hour - at) / width) ** 2)) for at, width in ((7.5, 1.2), (17.5, 1.8), (13.0, 4.0))]
    morning, evening, day = (wave / wave.sum() for wave in waves)
    busy = random.gamma(2.0, 0.5, STATIONS)[:, None]
    outward, centre = 1 - inward[:, None], inward[:, None]
    wave = busy * (0.55 * day + 0.45 * (outward * morning + centre * evening))
    rates = np.stack([MOPEDS * MOPED_RIDES * wave / wave.sum(), CARS * CAR_RIDES * wave / wave.sum()])
    lengths = (
        Lengths(duration_min=DURATION_MIN, crow_km=CROW_KM.scaled(1.7)),
        Lengths(duration_min=DURATION_MIN.scaled(2), crow_km=CROW_KM.scaled(2.5)),
    )
    away = crow_m(scenario.places.position)
    pulls = (0.05 + inward, np.ones(STATIONS), 1.05 - inward)  # in the morning, by day, in the evening
    goes = [
        [gravity(away, rate.sum(axis=1), busy[:, 0] * pull, each) for rate, each in zip(rates, lengths, strict=True)]
        for pull in pulls
    ]
    level = uniform(keys(seed, 10**6 + np.arange(scenario.calendar.days)), Purpose.COUNT)
    return Demand(
        rates=rates[None],
        factor=np.repeat((LOW_DAY + (HIGH_DAY - LOW_DAY) * level)[:, None], STATIONS, axis=1),
        goes_to=np.stack([to for to, _ in goes[0]]),
        goes_share=np.stack([[share for _, share in of_pull] for of_pull in goes]),
        goes_at=np.digitize(hour, [10, 15.5]),
        lengths=lengths,
        habits=Habits(),
        profile_share=np.ones(1),
        second=np.array([1, 0]),
    )


def _crews(position: Floats) -> Crews:
    lon, lat = (position.max(axis=0) * 0.75).tolist()
    two_people = np.arange(VANS) < VANS // 2
    return Crews(
        depot=LonLat(lon, lat),
        shift_min=np.tile([0, 420], (VANS, 1)),
        break_min=np.full(VANS, 20),
        skills=np.stack([np.ones(VANS, np.bool_)] * 3 + [two_people], axis=1),
        van=np.arange(VANS),
        speed_kmh=np.full(VANS, 25),
        moped_places=np.full(VANS, 6),
        battery_places=np.full(VANS, 24),
        cents_per_min=45.0,
        lost_trip_cents=350.0,
    )
