"""The city file's `demand`: what rides are expected before there are any, and when the schools are closed."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from mobility.city.rules.words import Code, Day, Names, Record

SCHOOL_HOLIDAYS_MAX = 200

Share = Annotated[float, Meta(ge=0, le=1_000_000)]
Attraction = Literal[
    "rail_station",
    "town_hall",
    "carpool_car_park",
    "square",
    "street",
    "shopping",
    "hospital",
    "school",
    "leisure",
    "elsewhere",
]
"""A kind of station, and `elsewhere`: a cell of the free-floating area without one."""


class RidesPerDay(Record, frozen=True, kw_only=True):
    """How often a vehicle of a class is rented, how far one goes, and how a week divides itself from Monday on."""

    vehicle_type: Code
    rides_per_vehicle_and_day: Annotated[float, Meta(gt=0, le=100)]
    ride_km: Annotated[float, Meta(gt=0, le=1_000)]
    weekday_shares: Annotated[tuple[Share, ...], Meta(min_length=7, max_length=7)]
    source: Code


class HourShares(Record, frozen=True, kw_only=True):
    """How a day of the week, or a public holiday (`PH`), divides itself into hours from midnight on."""

    days: Annotated[tuple[Day, ...], Meta(min_length=1)]
    hour_shares: Annotated[tuple[Share, ...], Meta(min_length=24, max_length=24)]
    source: Code


class SchoolHolidays(Record, frozen=True, kw_only=True):
    """From `begins` to `ends`, both without school."""

    name: Names
    begins: date
    ends: date


class ExpectedDemand(Record, frozen=True, kw_only=True):
    """Shares and attractions count against each other; their sums mean nothing."""

    rides: Annotated[tuple[RidesPerDay, ...], Meta(min_length=1)]
    hours: Annotated[tuple[HourShares, ...], Meta(min_length=1)]
    attraction: dict[Attraction, Share]
    school_holidays: Annotated[tuple[SchoolHolidays, ...], Meta(max_length=SCHOOL_HOLIDAYS_MAX)] = ()
