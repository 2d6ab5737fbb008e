"""What holds for every plan, and under which conditions what else does.

Splitting a ride in two never saves anything where rates do not rise as the ride goes on. It may save where the plan
says so: free first minutes are free again, a step that has risen begins anew, an hour, a day or a week of a cap begins
elsewhere between pauses and riding, an interval begins at another factor, a package fits one part better.
"""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from mobility.base.money import Money
from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, Segment, TimeFactor
from mobility.city.rules.words import Day
from mobility.pricing.rules.bills import Bill, LineLabel
from mobility.pricing.rules.factors import factored
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
UNDER_CAPS = {LineLabel.START, LineLabel.TIME, LineLabel.RIDING, LineLabel.PAUSE}
CAPS = {LineLabel.HOUR_CAP: 1, LineLabel.DAY_CAP: 24, LineLabel.WEEK_CAP: 168}

DAYS: list[tuple[Day, ...]] = [("Sa", "Su"), ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), ("Su",)]

cents = st.integers(0, 2_000)
# Around the night when an hour is missing and the one when an hour comes twice.
nights = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]
instants = st.builds(
    lambda night, later: night + later, st.sampled_from(nights), st.timedeltas(timedelta(0), timedelta(days=2))
)
lengths = st.one_of(st.timedeltas(timedelta(0), timedelta(hours=3)), st.timedeltas(timedelta(0), timedelta(days=9)))
metres = st.integers(0, 300_000)


@st.composite
def segments(draw: st.DrawFn, *, are_degressive: bool = False) -> tuple[Segment, ...]:
    """One after the other; from the very start, without gaps and never dearer than before if degressive."""
    made: list[Segment] = []
    start, rates = 0, draw(st.lists(cents, max_size=4))
    interval = draw(st.sampled_from([1, 5, 15, 30, 60]))
    for rate in sorted(rates, reverse=True) if are_degressive else rates:
        gap = 0 if are_degressive else draw(st.integers(0, 90))
        every = interval if are_degressive else draw(st.integers(1, 90))
        length = every * draw(st.integers(1, 20))
        made.append(Segment(start=start + gap, end=start + gap + length, rate_cents=rate, interval=every))
        start += gap + length
    if made and (are_degressive or draw(st.booleans())):
        made[-1] = msgspec.structs.replace(made[-1], end=None)
    return tuple(made)


times_of_day = st.integers(0, 24 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")


@st.composite
def factors(draw: st.DrawFn) -> tuple[TimeFactor, ...]:
    edges = sorted(draw(st.lists(times_of_day, min_size=2, max_size=6, unique=True)))
    days = draw(st.sampled_from(DAYS))
    percents = st.integers(0, 300)
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(TimeFactor(days=days, begins=a, ends=b, percent=draw(percents)) for a, b in pairs)


end_fees = st.builds(
    EndFee,
    name=st.just({"en": "There"}),
    cents=st.integers(-500, 500),
    zones=st.sets(st.sampled_from(["a", "b"])).map(tuple),
    stations=st.sets(st.sampled_from(["x", "y"])).map(tuple),
    outside=st.booleans(),
)
packages = st.builds(
    Package,
    name=st.just({"en": "Package"}),
    price_cents=cents,
    minutes=st.integers(1, 2_000),
    km=st.integers(0, 100),
)
plans = st.builds(
    PricingPlan,
    currency=st.just("EUR"),
    price_cents=cents,
    per_min_pricing=segments(),
    per_km_pricing=segments(),
    free_minutes=st.integers(0, 60),
    pause_rate_cents=st.none() | cents,
    hour_cap_cents=st.none() | st.integers(1, 3_000),
    day_cap_cents=st.none() | st.integers(1, 20_000),
    week_cap_cents=st.none() | st.integers(1, 60_000),
    minimum_cents=st.integers(0, 500),
    booking_ahead_cents=st.integers(0, 500),
    time_factors=factors(),
    factor_percent_max=st.integers(0, 300),
    end_fees=st.lists(end_fees, max_size=3).map(tuple),
    packages=st.lists(packages, max_size=2).map(tuple),
)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    started_at, at = (draw(instants),) * 2
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        begins = at + draw(lengths) / 4
        at = begins + draw(lengths) / 4
        pauses.append((begins, at))
    return Usage(
        started_at=started_at,
        ended_at=at + draw(lengths) / 4,
        zone=PARIS,
        pauses=tuple(pauses),
        distance_m=draw(metres),
        end_zones=draw(st.none() | st.frozensets(st.sampled_from(["a", "b", "c"]))),
        end_station=draw(st.none() | st.sampled_from(["x", "y", "z"])),
        booked_ahead=draw(st.booleans()),
    )


@given(plans, usages(), lengths, lengths, metres)
def test_a_price_never_falls_when_time_or_distance_grows(
    plan: PricingPlan, usage: Usage, riding: timedelta, paused: timedelta, more_m: int
) -> None:
    due = [price(plan, usage).total]
    for pause in (timedelta(0), paused):
        end = usage.ended_at + riding
        pauses = (*usage.pauses, (end, end + pause)) if pause else usage.pauses
        usage = dataclasses.replace(usage, ended_at=end + pause, pauses=pauses)
        due.append(price(plan, usage).total)
    due.append(price(plan, dataclasses.replace(usage, distance_m=usage.distance_m + more_m)).total)
    assert due == sorted(due)


@given(plans, usages())
def test_lines_are_whole_cents_that_sum_to_the_total_and_the_total_is_never_less_than_the_minimum(
    plan: PricingPlan, usage: Usage
) -> None:
    bill = price(plan, usage)
    assert all(type(line.cents) is int and line.cents != 0 for line in bill.lines)
    assert bill.total == Money(sum(line.cents for line in bill.lines), "EUR")
    assert bill.total.cents >= plan.minimum_cents


def sum_of(bill: Bill, labels: Sequence[LineLabel] | set[LineLabel]) -> int:
    return sum(line.cents for line in bill.lines if line.label in labels)


@given(plans, usages())
def test_start_and_time_never_cost_more_than_their_caps(plan: PricingPlan, usage: Usage) -> None:
    under = sum_of(price(plan, usage), UNDER_CAPS | CAPS.keys())
    for cap_cents, hours in ((plan.hour_cap_cents, 1), (plan.day_cap_cents, 24), (plan.week_cap_cents, 168)):
        windows = max(1, -(-(usage.ended_at - usage.started_at) // timedelta(hours=hours)))
        assert cap_cents is None or under <= cap_cents * windows


@given(plans, usages())
def test_no_rate_is_ever_more_than_the_plan_s_times_the_limit_of_its_factors(plan: PricingPlan, usage: Usage) -> None:
    limit, bill = max(100, plan.factor_percent_max), price(plan, usage)
    dearest = max((segment.rate_cents for segment in plan.per_min_pricing), default=0)
    timed = [line for line in bill.lines if line.label in {LineLabel.TIME, LineLabel.RIDING}]
    assert all(line.percent <= limit and line.rate_cents <= factored(dearest, limit) for line in timed)


@given(plans, usages())
def test_packages_never_make_a_ride_dearer(plan: PricingPlan, usage: Usage) -> None:
    without = msgspec.structs.replace(plan, packages=())
    assert price(plan, usage).total <= price(without, usage).total


@given(plans, usages())
def test_the_same_ride_by_the_same_plan_costs_the_same_after_a_journey_through_json(
    plan: PricingPlan, usage: Usage
) -> None:
    read = msgspec.json.decode(msgspec.json.encode(plan), type=PricingPlan)
    assert price(read, dataclasses.replace(usage)) == price(plan, usage)


degressive = st.builds(
    PricingPlan,
    currency=st.just("EUR"),
    price_cents=cents,
    per_min_pricing=segments(are_degressive=True),
    per_km_pricing=segments(are_degressive=True),
    hour_cap_cents=st.none() | st.integers(1, 3_000),
    day_cap_cents=st.none() | st.integers(1, 20_000),
    week_cap_cents=st.none() | st.integers(1, 60_000),
    minimum_cents=st.integers(0, 500),
    booking_ahead_cents=st.integers(0, 500),
)


def straight(started_at: datetime, length: timedelta, distance_m: int) -> Usage:
    return Usage(started_at=started_at, ended_at=started_at + length, zone=PARIS, distance_m=distance_m)


@given(degressive, instants, lengths, lengths, metres, metres)
def test_splitting_a_ride_never_saves_where_rates_do_not_rise(
    plan: PricingPlan, at: datetime, first: timedelta, second: timedelta, first_m: int, second_m: int
) -> None:
    whole = price(plan, straight(at, first + second, first_m + second_m)).total
    parts = [price(plan, straight(at, first, first_m)), price(plan, straight(at + first, second, second_m))]
    assert whole <= parts[0].total + parts[1].total


@given(degressive, st.integers(1, 60), instants, lengths, lengths)
def test_splitting_saves_no_more_than_the_free_minutes_once_more(
    plan: PricingPlan, free: int, at: datetime, first: timedelta, second: timedelta
) -> None:
    free_plan = msgspec.structs.replace(
        plan, free_minutes=free, hour_cap_cents=None, day_cap_cents=None, week_cap_cents=None
    )
    assume(plan.per_min_pricing)
    dearest = plan.per_min_pricing[0]
    saved = dearest.rate_cents * (-(-free // dearest.interval) + 1)
    whole = price(free_plan, straight(at, first + second, 0)).total.cents
    parts = [price(free_plan, straight(at, first, 0)), price(free_plan, straight(at + first, second, 0))]
    assert whole <= sum(part.total.cents for part in parts) + saved


@given(plans, st.integers(1, 500), instants, st.lists(st.integers(0, 200), min_size=2, max_size=6))
def test_a_pause_never_costs_more_than_riding_where_the_plan_says_that_it_costs_less(
    plan: PricingPlan, rate_cents: int, at: datetime, minutes: list[int]
) -> None:
    """With one rate a minute and no free ones; pauses of whole minutes from a whole minute of the ride on."""
    plan = msgspec.structs.replace(
        plan,
        per_min_pricing=(Segment(start=0, rate_cents=rate_cents, interval=1),),
        pause_rate_cents=min(plan.pause_rate_cents or 0, rate_cents),
        free_minutes=0,
    )
    edges = [at]
    for length in minutes:
        edges.append(edges[-1] + length * MINUTE)
    pauses = tuple(zip(edges[1::2], edges[2::2], strict=False))
    usage = Usage(started_at=at, ended_at=edges[-1], zone=PARIS, pauses=pauses)
    assert price(plan, usage).total <= price(plan, dataclasses.replace(usage, pauses=())).total
