from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mobility.city.rules.tariffs import PricingPlan, Segment, TimeFactor
from mobility.city.rules.words import Day
from mobility.pricing.rules.bills import Line, LineLabel
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage

PARIS = ZoneInfo("Europe/Paris")
DAILY: tuple[Day, ...] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WEEK: tuple[Day, ...] = ("Mo", "Tu", "We", "Th", "Fr")


def plan(*factors: TimeFactor, limit: int = 200, interval: int = 1) -> PricingPlan:
    return PricingPlan(
        currency="EUR",
        price_cents=100,
        per_min_pricing=(Segment(start=0, rate_cents=20, interval=interval),),
        pause_rate_cents=5,
        time_factors=factors,
        factor_percent_max=limit,
    )


RUSH = TimeFactor(days=WEEK, begins="17:00", ends="19:00", percent=150)
NIGHT = TimeFactor(days=DAILY, begins="02:00", ends="03:00", percent=50)


def local(told: str, *, minutes: int, holidays: frozenset[date] = frozenset()) -> Usage:
    started_at = datetime.fromisoformat(told).replace(tzinfo=PARIS).astimezone(UTC)
    return Usage(started_at=started_at, ended_at=started_at + timedelta(minutes=minutes), zone=PARIS, holidays=holidays)


def cents(plan: PricingPlan, usage: Usage) -> int:
    return price(plan, usage).total.cents - plan.price_cents


@pytest.mark.parametrize(
    ("begins", "minutes", "due"),
    [
        ("2026-06-15T16:50", 10, 200),
        ("2026-06-15T16:50", 11, 230),  # the minute that begins at 17:00
        ("2026-06-15T18:50", 20, 300 + 200),
        ("2026-06-15T16:00", 240, 60 * 20 + 120 * 30 + 60 * 20),
        ("2026-06-13T17:30", 10, 200),  # a Saturday
        ("2026-06-12T18:59", 2 * 24 * 60, 30 + (2 * 24 * 60 - 1) * 20),  # over a whole weekend
    ],
)
def test_a_minute_costs_what_is_in_force_when_it_begins(begins: str, minutes: int, due: int) -> None:
    assert cents(plan(RUSH), local(begins, minutes=minutes)) == due


def test_a_quarter_hour_begun_costs_what_was_in_force_when_it_began() -> None:
    assert cents(plan(RUSH, interval=15), local("2026-06-15T16:50", minutes=16)) == 20 + 30


def test_pauses_go_by_the_factor_and_rates_are_rounded_half_up() -> None:
    usage = local("2026-06-15T17:00", minutes=12)
    paused = Usage(
        started_at=usage.started_at,
        ended_at=usage.ended_at,
        zone=PARIS,
        pauses=((usage.started_at + timedelta(minutes=10), usage.ended_at),),
    )
    assert price(plan(RUSH), paused).lines == (
        Line(LineLabel.START, 1, "ride", 100),
        Line(LineLabel.RIDING, 10, "min", 30, percent=150),
        Line(LineLabel.PAUSE, 2, "min", 8, percent=150),  # 7.5
    )


def test_on_a_public_holiday_its_own_lines_hold() -> None:
    of_holidays = TimeFactor(days=("PH",), begins="00:00", ends="24:00", percent=80)
    usage = local("2026-07-14T17:30", minutes=10, holidays=frozenset({date(2026, 7, 14)}))
    assert cents(plan(RUSH), usage) == 300
    assert cents(plan(RUSH, of_holidays), usage) == 160


def test_no_factor_counts_more_than_the_plan_s_limit() -> None:
    assert cents(plan(RUSH, limit=125), local("2026-06-15T17:30", minutes=10)) == 250


@pytest.mark.parametrize(
    ("begins", "minutes", "due"),
    [
        # The clocks go from 02:00 to 03:00: the hour from two to three is not there.
        ("2026-03-29T01:30", 60, 60 * 20),
        ("2026-03-29T01:59", 2, 2 * 20),
        ("2026-03-28T01:30", 60, 30 * 20 + 30 * 10),
        # The clocks go from 03:00 back to 02:00: it is there twice.
        ("2026-10-25T01:30", 60, 30 * 20 + 30 * 10),
        ("2026-10-25T01:30", 120, 30 * 20 + 90 * 10),
        ("2026-10-25T01:30", 180, 30 * 20 + 120 * 10 + 30 * 20),
        ("2026-10-25T01:59", 123, 20 + 120 * 10 + 2 * 20),
    ],
)
def test_in_a_night_when_the_clocks_change_each_minute_goes_by_what_they_show(
    begins: str, minutes: int, due: int
) -> None:
    assert cents(plan(NIGHT), local(begins, minutes=minutes)) == due


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 23), ("2026-10-24", 25), ("2026-06-15", 24)])
def test_from_noon_to_noon_costs_as_many_hours_as_there_are(day: str, hours: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=PARIS)
    next_noon = noon + timedelta(days=1)
    usage = Usage(started_at=noon.astimezone(UTC), ended_at=next_noon.astimezone(UTC), zone=PARIS)
    assert cents(plan(), usage) == hours * 60 * 20
