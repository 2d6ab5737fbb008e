"""What a ride costs, as data: the words of GBFS `system_pricing_plans`, and those that GBFS has no words for.

`mobility.pricing` prices by it; docs/city-file.md explains every key to who writes one.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta

from mobility.city.rules.words import Code, Day, Names, Record, TimeOfDay

# Far above any price of a ride and any length of one; they keep a slip of the keyboard from becoming a bill.
CENTS_MAX = 1_000_000
MINUTES_MAX = 43_200
PERCENT_MAX = 1_000
SEGMENTS_MAX, FACTORS_MAX, FEES_MAX, PACKAGES_MAX = 20, 50, 100, 20

Cents = Annotated[int, Meta(ge=0, le=CENTS_MAX)]
Cap = Annotated[int, Meta(ge=1, le=CENTS_MAX)]
Units = Annotated[int, Meta(ge=0, le=MINUTES_MAX)]
SomeUnits = Annotated[int, Meta(ge=1, le=MINUTES_MAX)]
Percent = Annotated[int, Meta(ge=0, le=PERCENT_MAX)]


class Segment(Record, frozen=True, kw_only=True):
    """From `start` until `end` (for ever if absent), `rate_cents` for each `interval` begun; minutes or kilometres."""

    start: Units
    end: SomeUnits | None = None
    rate_cents: Cents
    interval: SomeUnits


Segments = Annotated[tuple[Segment, ...], Meta(max_length=SEGMENTS_MAX)]


class TimeFactor(Record, frozen=True, kw_only=True):
    """Times of the city's time zone in which what grows with time costs `percent` of its rate."""

    days: Annotated[tuple[Day, ...], Meta(min_length=1)]
    begins: TimeOfDay
    ends: TimeOfDay
    percent: Percent


class EndFee(Record, frozen=True, kw_only=True):
    """Due for where a ride ends: in one of the zones or at one of the stations or, `outside`, where none of them is.

    Negative `cents` take off.
    """

    name: Names
    cents: Annotated[int, Meta(ge=-CENTS_MAX, le=CENTS_MAX)]
    zones: tuple[Code, ...] = ()
    stations: tuple[Code, ...] = ()
    outside: bool = False


class Package(Record, frozen=True, kw_only=True):
    """A price for the first `minutes` of a ride, pauses included, and its first `km`, instead of what they cost."""

    name: Names
    price_cents: Cents
    minutes: SomeUnits
    km: Units = 0


class PricingPlan(Record, frozen=True, kw_only=True):
    """What a ride costs, in integer minor units, tax included."""

    currency: str
    price_cents: Cents
    per_min_pricing: Segments
    per_km_pricing: Segments = ()
    free_minutes: Units = 0
    pause_rate_cents: Cents | None = None
    hour_cap_cents: Cap | None = None
    day_cap_cents: Cap | None = None
    week_cap_cents: Cap | None = None
    minimum_cents: Cents = 0
    booking_ahead_cents: Cents = 0
    time_factors: Annotated[tuple[TimeFactor, ...], Meta(max_length=FACTORS_MAX)] = ()
    factor_percent_max: Percent = 100
    end_fees: Annotated[tuple[EndFee, ...], Meta(max_length=FEES_MAX)] = ()
    packages: Annotated[tuple[Package, ...], Meta(max_length=PACKAGES_MAX)] = ()


class NamedPlan(PricingPlan, frozen=True, kw_only=True):
    """A pricing plan for a class of vehicles, with what people call it."""

    code: Code
    name: Names
    description: Names
    vehicle_type: Code


class Tariff(NamedPlan, frozen=True, kw_only=True):
    """A named pricing plan for a class of vehicles, from a day on."""

    effective_from: date
