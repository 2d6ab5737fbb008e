"""Cars on chargers for tests: one quarter's worth of words for a night by hand, and nights by chance."""

from typing import Any

import numpy as np

from mobility.rebalancing.optimiser.charging import NEVER, PluggedCars


def plugged(
    *,
    tariff: list[float],
    cap_w: list[int] | int = 100_000,
    charge_wh: list[int],
    worth: float = 50.0,
    needs: dict[tuple[int, int], int] | None = None,
    **given: Any,
) -> PluggedCars:
    """Cars with 4 kW chargers (1 kWh a quarter) and batteries of 10 kWh at one site, without losses."""
    cars, quarters = len(charge_wh), len(tariff)
    need = np.zeros((cars, quarters), np.int64)
    for at, wanted in (needs or {}).items():
        need[at] = wanted
    fields: dict[str, Any] = {
        "site": np.zeros(cars, np.int64),
        "from_min": np.zeros(cars, np.int64),
        "until_min": np.full(cars, NEVER),
        "charger_w": np.full(cars, 4_000),
        "battery_wh": np.full(cars, 10_000),
        "charge_wh": np.array(charge_wh, np.int64),
        "need_wh": need,
        "step_wh": np.full((cars, 1), 10_000),
        "worth_cents_per_kwh": np.full((cars, 1), worth),
        "site_cap_w": np.broadcast_to(np.array(cap_w), (1, quarters)),
        "tariff_cents_per_kwh": np.array(tariff),
        "efficiency": 1.0,
    }
    return PluggedCars(**{**fields, **given})


def any_night(seed: int) -> PluggedCars:
    """A few cars at a few sites with tight power, with needs that cannot all be met."""
    draw = np.random.default_rng(seed)
    cars, sites, quarters = int(draw.integers(1, 7)), int(draw.integers(1, 3)), int(draw.integers(1, 9))
    battery = draw.integers(2_000, 9_000, cars)
    need = np.where(draw.random((cars, quarters)) < 0.15, draw.integers(0, 10_000, (cars, quarters)), 0)
    return PluggedCars(
        site=draw.integers(-1, sites, cars),
        from_min=draw.integers(-20, 90, cars),
        until_min=np.where(draw.random(cars) < 0.3, draw.integers(0, 130, cars), NEVER),
        charger_w=draw.integers(1_000, 12_000, cars),
        battery_wh=battery,
        charge_wh=(battery * draw.random(cars)).astype(np.int64),
        need_wh=need,
        step_wh=draw.integers(0, 4_000, (cars, 3)),
        worth_cents_per_kwh=-np.sort(-draw.uniform(0, 60, (cars, 3)), axis=1),
        site_cap_w=draw.integers(0, 20_000, (sites, quarters)),
        tariff_cents_per_kwh=np.round(draw.uniform(-5, 40, quarters), 2),
        efficiency=float(draw.choice([1.0, 0.9, 0.87])),
    )
