"""What a tariff would change: for a table of typical rides, and for rides that there were."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median_low
from typing import NamedTuple

from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.tariffs import PricingPlan
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage, usage_in

MINUTE = timedelta(minutes=1)
# Steps by which people tell a difference: a coin, a few euros, a lot.
BANDS_CENTS = (-1_000, -500, -200, -100, -50, 0, 50, 100, 200, 500, 1_000)


class Typical(NamedTuple):
    """A ride without name: so long, so far, with such a pause at its end, from a time of the week on."""

    minutes: int
    km: int
    pause_minutes: int
    weekday: int
    """0 for Monday."""
    starts: time
    booked_ahead: bool = False


MORNING, RUSH, EVENING = (1, time(10)), (4, time(17, 30)), (5, time(22, 30))
TYPICAL_RIDES = (
    Typical(5, 1, 0, *MORNING),
    Typical(15, 4, 0, *MORNING),
    Typical(15, 4, 0, *RUSH),
    Typical(15, 4, 0, *EVENING),
    Typical(30, 8, 0, *MORNING),
    Typical(60, 15, 30, *MORNING),
    Typical(120, 30, 60, *MORNING),
    Typical(120, 30, 60, *RUSH, booked_ahead=True),
    Typical(240, 60, 180, *MORNING, booked_ahead=True),
    Typical(1_440, 80, 1_200, *MORNING, booked_ahead=True),
    Typical(4_320, 200, 3_900, *MORNING, booked_ahead=True),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A typical ride by both plans, in cents; `old_cents` is None where nothing is in force."""

    ride: Typical
    old_cents: int | None
    new_cents: int


@dataclass(frozen=True, slots=True)
class Band:
    """How many rides would change by so much: from `from_cents` up to, and without, `until_cents`; None is no end."""

    from_cents: int | None
    until_cents: int | None
    rides: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rides by both plans, in cents. Sums and counts only: no ride can be told from another."""

    rides: int
    old_cents: int
    new_cents: int
    dearer: int
    cheaper: int
    median_change_cents: int | None
    bands: tuple[Band, ...]


def typical(old: PricingPlan | None, new: PricingPlan, city: PreparedCity, now: datetime) -> list[Row]:
    """The table of typical rides, all in the week that begins after `now`."""
    usages = [(ride, usage_of(ride, city, now)) for ride in TYPICAL_RIDES]
    return [
        Row(ride, None if old is None else price(old, usage).total.cents, price(new, usage).total.cents)
        for ride, usage in usages
    ]


def usage_of(ride: Typical, city: PreparedCity, now: datetime) -> Usage:
    local = city.local(now)
    day = local.date() + timedelta(days=(ride.weekday - local.weekday()) % 7 + 7)
    started_at = city.instant_of(datetime.combine(day, ride.starts), now=now)
    started_at = started_at.astimezone(now.tzinfo)
    ended_at = started_at + ride.minutes * MINUTE
    pauses = ((ended_at - ride.pause_minutes * MINUTE, ended_at),) if ride.pause_minutes else ()
    return usage_in(
        city, started_at, ended_at, pauses=pauses, distance_m=ride.km * 1_000, booked_ahead=ride.booked_ahead
    )


def compare(old: PricingPlan, new: PricingPlan, usages: Iterable[Usage]) -> Comparison:
    """Rides that there were, by both plans."""
    priced = [(price(old, usage).total.cents, price(new, usage).total.cents) for usage in usages]
    changes = [new_cents - old_cents for old_cents, new_cents in priced]
    return Comparison(
        rides=len(priced),
        old_cents=sum(old_cents for old_cents, _ in priced),
        new_cents=sum(new_cents for _, new_cents in priced),
        dearer=sum(change > 0 for change in changes),
        cheaper=sum(change < 0 for change in changes),
        median_change_cents=median_low(changes) if changes else None,
        bands=_bands(changes),
    )


def _bands(changes: Sequence[int]) -> tuple[Band, ...]:
    """Rides whose price stays are in no band."""
    at = Counter(sum(change >= edge for edge in BANDS_CENTS) for change in changes if change)
    edges = (None, *BANDS_CENTS, None)
    return tuple(Band(edges[nth], edges[nth + 1], rides) for nth, rides in sorted(at.items()))
