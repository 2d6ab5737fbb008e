from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.base.money import Money
from mobility.pricing.rules.plans import Bill, Line, LineLabel, PricingPlan, Segment, price

# Totem mobi's historic tariff: 1.00 € to reserve, then per quarter-hour begun 1.00 € in hour 1, 0.50 € in hours 2 and
# 3, 0.25 € after.
TOTEM = PricingPlan(
    currency="EUR",
    price_cents=100,
    per_min_pricing=(
        Segment(start=0, end=60, rate_cents=100, interval=15),
        Segment(start=60, end=180, rate_cents=50, interval=15),
        Segment(start=180, rate_cents=25, interval=15),
    ),
)
MOPED = PricingPlan(
    currency="EUR",
    price_cents=50,
    per_min_pricing=(Segment(start=0, rate_cents=22, interval=1),),
    pause_rate_cents=8,
    day_cap_cents=2900,
)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.mark.parametrize(
    ("ridden_min", "cents"),
    [
        (0, 100),
        (1, 200),
        (15, 200),
        (16, 300),
        (60, 500),
        (61, 550),
        (75, 550),
        (180, 900),
        (181, 925),
        (195, 925),
    ],
)
def test_totem_charges_its_historic_quarter_hours(ridden_min: int, cents: int) -> None:
    assert price(TOTEM, riding=minutes(ridden_min)).total == Money(cents, "EUR")


@pytest.mark.parametrize(
    ("riding_min", "paused_min", "cents"),
    [(0, 0, 50), (1, 0, 72), (10, 0, 270), (10, 5, 310), (0, 5, 90), (129, 0, 2888), (130, 0, 2900), (200, 500, 2900)],
)
def test_a_moped_costs_by_the_minute_and_less_while_it_waits(riding_min: int, paused_min: int, cents: int) -> None:
    assert price(MOPED, riding=minutes(riding_min), paused=minutes(paused_min)).total == Money(cents, "EUR")


def test_a_minute_begun_is_a_minute_paid() -> None:
    assert price(MOPED, riding=timedelta(seconds=60)).total.cents == 72
    assert price(MOPED, riding=timedelta(seconds=60, microseconds=1)).total.cents == 94
    assert price(MOPED, riding=timedelta(0), paused=timedelta(seconds=1)).total.cents == 58


def test_a_car_costs_the_same_driven_or_parked() -> None:
    assert price(TOTEM, riding=minutes(20), paused=minutes(41)) == price(TOTEM, riding=minutes(61))


def test_the_lines_say_what_is_paid_for() -> None:
    assert price(TOTEM, riding=minutes(75)) == Bill(
        lines=(
            Line(LineLabel.START, 1, "ride", 100),
            Line(LineLabel.TIME, 4, "15 min", 100),
            Line(LineLabel.TIME, 1, "15 min", 50),
        ),
        total=Money(550, "EUR"),
    )


def test_a_cap_is_shown_as_what_it_takes_off() -> None:
    bill = price(MOPED, riding=minutes(200), paused=minutes(10))
    assert [(line.label, line.cents) for line in bill.lines] == [
        (LineLabel.START, 50),
        (LineLabel.RIDING, 4400),
        (LineLabel.PAUSE, 80),
        (LineLabel.DAY_CAP, -1630),
    ]


def test_each_day_begun_has_its_own_cap() -> None:
    assert price(MOPED, riding=timedelta(days=1)).total.cents == 2900
    assert price(MOPED, riding=timedelta(days=1, seconds=1)).total.cents == 5800


cents = st.integers(0, 10_000)
segments = st.builds(
    lambda start, length, rate, interval: Segment(
        start=start, end=None if length is None else start + length, rate_cents=rate, interval=interval
    ),
    st.integers(0, 300),
    st.none() | st.integers(1, 300),
    cents,
    st.integers(1, 120),
)
plans = st.builds(
    PricingPlan,
    currency=st.just("EUR"),
    price_cents=cents,
    per_min_pricing=st.lists(segments, max_size=4).map(tuple),
    pause_rate_cents=st.none() | cents,
    day_cap_cents=st.none() | st.integers(1, 20_000),
)
times = st.timedeltas(timedelta(0), timedelta(days=4))


@given(plans, times, times, times, times)
def test_a_price_never_falls_when_time_grows(
    plan: PricingPlan, riding: timedelta, paused: timedelta, more_riding: timedelta, more_paused: timedelta
) -> None:
    before = price(plan, riding=riding, paused=paused)
    after = price(plan, riding=riding + more_riding, paused=paused + more_paused)
    assert after.total >= before.total


@given(plans, times, times)
def test_lines_are_whole_cents_that_sum_to_the_total(plan: PricingPlan, riding: timedelta, paused: timedelta) -> None:
    bill = price(plan, riding=riding, paused=paused)
    assert all(type(line.cents) is int and line.cents != 0 for line in bill.lines)
    assert bill.total == Money(sum(line.cents for line in bill.lines), "EUR")
    assert bill.total.cents >= 0


@given(plans, times, times)
def test_a_day_never_costs_more_than_its_cap(plan: PricingPlan, riding: timedelta, paused: timedelta) -> None:
    days = (riding + paused) // timedelta(days=1) + 1
    total = price(plan, riding=riding, paused=paused).total
    assert plan.day_cap_cents is None or total.cents <= plan.day_cap_cents * days
