"""The one function that prices: quotes, rides under way, and what is charged at the end.

Everything that grows with time is due at the instant at which its interval begins. The ride is cut at every instant at
which a rate, a window of a cap or a package may change, so that between two cuts intervals are only counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, Segment
from mobility.pricing.rules.bills import Bill, Line, LineLabel, bill_of, gathered
from mobility.pricing.rules.factors import changes, factored, percent_at
from mobility.pricing.rules.usage import Usage

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KM_M = 1_000
Amount = TypeVar("Amount", int, timedelta)
HOURS_IN_A_DAY, HOURS_IN_A_WEEK = 24, 168


def price(plan: PricingPlan, usage: Usage) -> Bill:
    """The bill of a ride, tax included; a minute begun is a minute paid.

    Of the plan's packages and none, the cheapest for this ride is applied; of equals the first.
    """
    ways = [list(_way(plan, usage, package)) for package in (None, *plan.packages)]
    lines = min(ways, key=_sum)
    lines.append(Line(LineLabel.BOOKING_AHEAD, int(usage.booked_ahead), "ride", plan.booking_ahead_cents))
    lines += _end_fees(plan, usage, _sum(lines))
    lines.append(Line(LineLabel.MINIMUM, 1, "ride", max(0, plan.minimum_cents - _sum(lines))))
    return bill_of(lines, plan.currency)


def begun(segments: Sequence[Segment], amount: Amount, unit: Amount) -> list[int]:
    """How many intervals of each segment have begun before an amount; `unit` is a minute or a kilometre of it."""
    return [_begun(segment, amount, unit) for segment in segments]


def _begun(segment: Segment, amount: Amount, unit: Amount) -> int:
    within = (amount if segment.end is None else min(amount, segment.end * unit)) - segment.start * unit
    return max(0, -(-within // (segment.interval * unit)))


def _way(plan: PricingPlan, usage: Usage, package: Package | None) -> Iterator[Line]:
    """What start, time and kilometres cost with a package, or without any."""
    if package is not None:
        yield Line(LineLabel.PACKAGE, 1, "ride", package.price_cents, package.name)
    yield from _capped(plan, usage, package)
    yield from _kilometres(plan, usage, 0 if package is None else package.km)


def _capped(plan: PricingPlan, usage: Usage, package: Package | None) -> Iterator[Line]:
    """Start and time after the package, and what the caps take off of them."""
    due = [] if package else [(usage.started_at, Line(LineLabel.START, 1, "ride", plan.price_cents))]
    due += _time(plan, usage, package)
    yield from gathered(line for _, line in due)
    by_hour = Counter[int]()
    for at, line in due:
        by_hour[(at - usage.started_at) // HOUR] += line.cents
    for label, cap_cents, hours in _caps(plan):
        if cap_cents is not None:
            by_hour, taken_off = _cap(by_hour, cap_cents, hours)
            yield Line(label, 1, "ride", -taken_off)


def _caps(plan: PricingPlan) -> tuple[tuple[LineLabel, int | None, int], ...]:
    """What a cap is called, how much it is, and of how many hours; the shortest first."""
    return (
        (LineLabel.HOUR_CAP, plan.hour_cap_cents, 1),
        (LineLabel.DAY_CAP, plan.day_cap_cents, HOURS_IN_A_DAY),
        (LineLabel.WEEK_CAP, plan.week_cap_cents, HOURS_IN_A_WEEK),
    )


def _cap(by_hour: Counter[int], cap_cents: int, hours: int) -> tuple[Counter[int], int]:
    """What is left by window of so many hours, told by its first hour, and what the cap took off in all of them."""
    by_window = Counter[int]()
    for hour, cents in by_hour.items():
        by_window[hour // hours * hours] += cents
    left = Counter({hour: min(cents, cap_cents) for hour, cents in by_window.items()})
    return left, by_window.total() - left.total()


def _time(plan: PricingPlan, usage: Usage, package: Package | None) -> Iterator[tuple[datetime, Line]]:
    """What begins between two cuts of the ride, with the instant of the first."""
    paid_from = usage.started_at + (package.minutes * MINUTE if package else timedelta(0))
    for at, until in pairwise(_cuts(plan, usage, paid_from)):
        if at >= paid_from:
            percent = percent_at(plan, usage, at)
            yield from ((at, line) for line in _between(plan, usage, at, until, percent))


def _cuts(plan: PricingPlan, usage: Usage, paid_from: datetime) -> list[datetime]:
    cuts = {usage.started_at, usage.ended_at, *changes(plan, usage)}
    shortest = next((hours for _, cents, hours in _caps(plan) if cents is not None), None)
    if shortest is not None:
        cuts |= set(usage.every(shortest * HOUR))
    if paid_from < usage.ended_at:
        cuts.add(paid_from)
    return sorted(cuts)


def _between(plan: PricingPlan, usage: Usage, at: datetime, until: datetime, percent: int) -> Iterator[Line]:
    passed = at - usage.started_at, until - usage.started_at
    if plan.pause_rate_cents is None:
        yield from _riding(plan, LineLabel.TIME, *passed, percent)
        return
    paused = usage.paused_until(at), usage.paused_until(until)
    yield from _riding(plan, LineLabel.RIDING, passed[0] - paused[0], passed[1] - paused[1], percent)
    minutes = _whole_minutes(paused[1]) - _whole_minutes(paused[0])
    yield _line(LineLabel.PAUSE, minutes, "min", plan.pause_rate_cents, percent)


def _riding(plan: PricingPlan, label: LineLabel, at: timedelta, until: timedelta, percent: int) -> Iterator[Line]:
    free = plan.free_minutes * MINUTE
    before, after = (begun(plan.per_min_pricing, length - free, MINUTE) for length in (at, until))
    for segment, first, last in zip(plan.per_min_pricing, before, after, strict=True):
        yield _line(label, last - first, _unit(segment, "min"), segment.rate_cents, percent)


def _kilometres(plan: PricingPlan, usage: Usage, free_km: int) -> Iterator[Line]:
    free_m = min(usage.distance_m, free_km * KM_M)
    free, all_of_them = (begun(plan.per_km_pricing, metres, KM_M) for metres in (free_m, usage.distance_m))
    for segment, first, last in zip(plan.per_km_pricing, free, all_of_them, strict=True):
        yield Line(LineLabel.DISTANCE, last - first, _unit(segment, "km"), segment.rate_cents)


def _end_fees(plan: PricingPlan, usage: Usage, due_cents: int) -> Iterator[Line]:
    """What is added first, then what is taken off, down to nothing."""
    for fee in sorted(plan.end_fees, key=lambda fee: fee.cents < 0):
        if _applies(fee, usage):
            cents = max(fee.cents, -due_cents)
            due_cents += cents
            yield Line(LineLabel.END_FEE, 1, "ride", cents, fee.name)


def _applies(fee: EndFee, usage: Usage) -> bool:
    if usage.end_zones is None:
        return False
    is_there = not usage.end_zones.isdisjoint(fee.zones) or usage.end_station in fee.stations
    return is_there != fee.outside


def _line(label: LineLabel, quantity: int, unit: str, rate_cents: int, percent: int) -> Line:
    return Line(label, quantity, unit, factored(rate_cents, percent), percent=percent)


def _whole_minutes(length: timedelta) -> int:
    return -(-length // MINUTE)


def _unit(segment: Segment, unit: str) -> str:
    return unit if segment.interval == 1 else f"{segment.interval} {unit}"


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.cents for line in lines)
