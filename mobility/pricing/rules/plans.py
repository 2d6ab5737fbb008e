from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import msgspec

from mobility.base.money import Money

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class LineLabel(StrEnum):
    """What a bill line is for; put into the reader's language at the edge."""

    START = "start"
    TIME = "time"
    RIDING = "riding"
    PAUSE = "pause"
    DAY_CAP = "day_cap"


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """Part of a price that grows with time (GBFS per_min_pricing).

    From minute `start` on, and until minute `end` if there is one, `rate_cents` is due for each `interval` of minutes
    begun.
    """

    start: int
    end: int | None = None
    rate_cents: int
    interval: int

    def intervals(self, minutes: int) -> int:
        """How many times the rate is due when `minutes` have begun."""
        within = (minutes if self.end is None else min(minutes, self.end)) - self.start
        return max(0, -(-within // self.interval))


class PricingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a ride costs (GBFS system_pricing_plans), tax included.

    Without a `pause_rate_cents` the segments count all the time from start to end: a parked car is still the rider's.
    With it they count riding time only, and each minute of pause begun costs that rate. Segments that overlap add up.
    For each day begun, 24 hours long and counted from the start of the ride, the ride costs at most `day_cap_cents`,
    its `price_cents` included.
    """

    currency: str
    price_cents: int
    per_min_pricing: tuple[Segment, ...] = ()
    pause_rate_cents: int | None = None
    day_cap_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` units at `rate_cents` each; the unit is "ride", "min" or a number of minutes such as "15 min"."""

    label: LineLabel
    quantity: int
    unit: str
    rate_cents: int

    @property
    def cents(self) -> int:
        return self.quantity * self.rate_cents


@dataclass(frozen=True, slots=True)
class Bill:
    lines: tuple[Line, ...]
    total: Money


def price(plan: PricingPlan, *, riding: timedelta, paused: timedelta = timedelta(0)) -> Bill:
    """The bill of a ride; a minute begun is a minute paid.

    Parameters
    ----------
    riding, paused
        Time on the way and time in pauses, not negative; they add up to the time from start to end.
    """
    lines = [line for line in _lines(plan, riding, paused) if line.cents]
    due_cents = sum(line.cents for line in lines)
    most_cents = _cap_cents(plan, riding + paused)
    if most_cents is not None and due_cents > most_cents:
        lines.append(Line(LineLabel.DAY_CAP, 1, "ride", most_cents - due_cents))
    return Bill(tuple(lines), Money(sum(line.cents for line in lines), plan.currency))


def _lines(plan: PricingPlan, riding: timedelta, paused: timedelta) -> Iterator[Line]:
    yield Line(LineLabel.START, 1, "ride", plan.price_cents)
    label, counted = (LineLabel.TIME, riding + paused) if plan.pause_rate_cents is None else (LineLabel.RIDING, riding)
    for segment in plan.per_min_pricing:
        yield Line(label, segment.intervals(_begun(counted, MINUTE)), _unit(segment), segment.rate_cents)
    if plan.pause_rate_cents is not None:
        yield Line(LineLabel.PAUSE, _begun(paused, MINUTE), "min", plan.pause_rate_cents)


def _cap_cents(plan: PricingPlan, elapsed: timedelta) -> int | None:
    return None if plan.day_cap_cents is None else plan.day_cap_cents * max(1, _begun(elapsed, DAY))


def _begun(length: timedelta, unit: timedelta) -> int:
    return -(-length // unit)


def _unit(segment: Segment) -> str:
    return "min" if segment.interval == 1 else f"{segment.interval} min"
