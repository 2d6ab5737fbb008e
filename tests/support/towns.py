"""Small simulated towns: three or four places in a row, two classes, a handful of riders."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from mobility.city.rules.tariffs import PricingPlan, Segment
from mobility.simulation.riders import NOBODY, Riders
from mobility.simulation.scenario import Calendar, Classes, Fleet, Places, Scenario
from mobility.simulation.tariff import tariff_table

MONDAY = date(2026, 6, 15)
PER_MINUTE = PricingPlan(
    currency="EUR", price_cents=50, per_min_pricing=(Segment(start=0, rate_cents=25, interval=1),), pause_rate_cents=10
)
PER_QUARTER = PricingPlan(
    currency="EUR",
    price_cents=100,
    per_min_pricing=(
        Segment(start=0, end=60, rate_cents=100, interval=15),
        Segment(start=60, rate_cents=50, interval=15),
    ),
)
MOPED, CAR = 0, 1
WALK_S, DRIVE_M = 300, 400  # from one place to the next


def row_of_places(count: int) -> dict[str, Any]:
    """Everybody is a neighbour of everybody, along a line."""
    order = [sorted(range(count), key=lambda to, here=here: (abs(to - here), to)) for here in range(count)]
    away = np.array([abs(to - here) for here in range(count) for to in order[here]])
    return {
        "names": tuple(f"place {number}" for number in range(count)),
        "position": np.array([(2.6 + 0.005 * number, 50.5) for number in range(count)]),
        "near_from": np.arange(count + 1) * count,
        "near": np.concatenate(order),
        "near_walk_s": away * WALK_S,
        "near_drive_m": away * DRIVE_M,
    }


def town(
    *,
    vehicles: Sequence[tuple[int, int, float]] = ((MOPED, 0, 1.0),),
    bays: Sequence[int] = (4, 4, 4),
    chargers: Sequence[int] = (0, 0, 0),
    days: int = 1,
    places: Mapping[str, Any] | None = None,
    calendar: Mapping[str, Any] | None = None,
    classes: Mapping[str, Any] | None = None,
    eligible: Any = ((True, True), (True, False)),
) -> Scenario:
    """Vehicles are (class, place, share of the battery); by default one full moped at the first of three places."""
    count, sets = len(bays), len((places or {}).get("starts", [0]))
    nowhere: dict[str, Any] = {"end_zones": [[frozenset()] * count] * sets, "end_stations": [None] * count}
    plans = PER_MINUTE, PER_QUARTER
    of_classes = {
        "names": ("moped", "car"),
        "modes": ("micromobility", "car-share"),
        "battery_wh": [1_000, 6_000],
        "wh_per_km": [40, 80],
        "speed_kmh": [30, 25],
        "charge_percent_min": [15, 20],
        "hold_s": [900, 900],
        "takes_bay": [True, True],
        "plugs_in": [False, True],
        "tariffs": tuple(tariff_table(plan, days=[MONDAY], **nowhere) for plan in plans),
    } | dict(classes or {})
    battery = [of_classes["battery_wh"][each[0]] * 1_000 for each in vehicles]
    return Scenario(
        calendar=Calendar(
            **{
                "first_day": MONDAY,
                "kind_of_day": [0] * days,
                "is_open": np.ones((1, 96), bool),
                "zones_at": np.zeros((1, 96), int),
            }
            | dict(calendar or {})
        ),
        places=Places(
            **row_of_places(count)
            | {"bays": bays, "chargers": chargers, "charger_w": [3_600] * count}
            | {
                "accepts": np.ones((2, count), bool),
                "starts": np.ones((1, 2, count), bool),
                "ends": np.ones((1, 2, count), bool),
            }
            | dict(places or {})
        ),
        classes=Classes(**of_classes),
        fleet=Fleet(
            vehicle_class=np.array([each[0] for each in vehicles], int),
            place=np.array([each[1] for each in vehicles], int),
            charge_mwh=np.array([int(each[2] * wh) for each, wh in zip(vehicles, battery, strict=True)], int),
        ),
        eligible=eligible,
    )


def crowd(*wishes: Mapping[str, int]) -> Riders:
    """Riders who differ from one who takes a moped at once from the first place to the second, for ten minutes."""
    usual = {
        "at_s": 0, "place": 0, "destination": 1, "wanted": MOPED, "second": NOBODY, "profile": 0, "walk_s_max": 600,
        "ride_s": 600, "distance_m": 3_000, "pause_from_s": 0, "pause_s": 0, "cancels_s": NOBODY, "fails": 0,
    }  # fmt: skip
    rows = [usual | dict(wish) for wish in wishes]
    return Riders(**{name: np.array([row[name] for row in rows], np.int64) for name in usual})
