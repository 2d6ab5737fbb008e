"""A pricing plan as numbers, so that compiled code charges what `pricing.rules.price` does, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from mobility.city.rules.tariffs import EndFee, PricingPlan, Segment
from mobility.pricing.rules.factors import percent_at
from mobility.pricing.rules.usage import Usage

MINUTE_S, KM_M, MINUTES_OF_DAY = 60, 1_000, 1_440
NEVER = 2**62
NO_PAUSE_RATE = -1
NO_ZONES: tuple[frozenset[str], ...] = (frozenset(),)
WALL = ZoneInfo("UTC")  # the simulated clock never changes


@dataclass(frozen=True, eq=False, kw_only=True)
class TariffTable:
    """What a ride costs: seconds, metres, cents.

    Attributes
    ----------
    start_cents, minimum_cents, free_s
    pause_cents : for each minute; `NO_PAUSE_RATE` where a pause counts as riding
    caps_cents : (3,) of each hour, day and week of the ride; 0 for none
    time, distance : (segments, 4) start, end, cents, interval; [s] and [m]
    packages : (packages + 1, 3) cents, seconds, metres; the first is none: all zero
    percent : (kinds of days, 1440) of the rates of what grows with time, by the minute in which it begins
    fees_cents, rebates_cents : (sets of zones, places) for where a ride ends; rebates are negative, and never pay out
    """

    start_cents: int
    minimum_cents: int
    free_s: int
    pause_cents: int
    caps_cents: NDArray[np.int64]
    time: NDArray[np.int64]
    distance: NDArray[np.int64]
    packages: NDArray[np.int64]
    percent: NDArray[np.int64]
    fees_cents: NDArray[np.int64]
    rebates_cents: NDArray[np.int64]


def tariff_table(
    plan: PricingPlan,
    *,
    days: Sequence[date],
    holidays: frozenset[date] = frozenset(),
    end_zones: Sequence[Sequence[frozenset[str]]] = (NO_ZONES,),
    end_stations: Sequence[str | None] = (None,),
) -> TariffTable:
    """The plan as numbers.

    Parameters
    ----------
    days
        One of each kind of day.
    end_zones
        For each set of zones in force, for each place, the codes of the zones that hold it.
    end_stations
        For each place, the code of its station.
    """
    fees = [[_fees(plan.end_fees, *place) for place in zip(zones, end_stations, strict=True)] for zones in end_zones]
    return TariffTable(
        start_cents=plan.price_cents,
        minimum_cents=plan.minimum_cents,
        free_s=plan.free_minutes * MINUTE_S,
        pause_cents=NO_PAUSE_RATE if plan.pause_rate_cents is None else plan.pause_rate_cents,
        caps_cents=np.array([cap or 0 for cap in (plan.hour_cap_cents, plan.day_cap_cents, plan.week_cap_cents)]),
        time=_segments(plan.per_min_pricing, MINUTE_S),
        distance=_segments(plan.per_km_pricing, KM_M),
        packages=np.array([(0, 0, 0), *((p.price_cents, p.minutes * MINUTE_S, p.km * KM_M) for p in plan.packages)]),
        percent=np.array([_percents(plan, day, holidays) for day in days], np.int64),
        fees_cents=np.array(fees, np.int64)[:, :, 0],
        rebates_cents=np.array(fees, np.int64)[:, :, 1],
    )


def _segments(segments: Sequence[Segment], unit: int) -> NDArray[np.int64]:
    rows = [
        (s.start * unit, NEVER if s.end is None else s.end * unit, s.rate_cents, s.interval * unit) for s in segments
    ]
    return np.array(rows, np.int64).reshape(-1, 4)


def _percents(plan: PricingPlan, day: date, holidays: frozenset[date]) -> list[int]:
    midnight = datetime.combine(day, time(), WALL)
    usage = Usage(started_at=midnight, ended_at=midnight, zone=WALL, holidays=holidays)
    return [percent_at(plan, usage, midnight + timedelta(minutes=minute)) for minute in range(MINUTES_OF_DAY)]


def _fees(fees: Sequence[EndFee], zones: frozenset[str], station: str | None) -> tuple[int, int]:
    """What is added and what is taken off where a ride ends."""
    due = [fee.cents for fee in fees if (not zones.isdisjoint(fee.zones) or station in fee.stations) != fee.outside]
    return sum(cents for cents in due if cents > 0), sum(cents for cents in due if cents < 0)
