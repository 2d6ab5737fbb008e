import dataclasses
from datetime import timedelta

import pytest
from msgspec.structs import replace

from mobility.base.money import Money
from mobility.city.rules.tariffs import EndFee, Package, PricingPlan, Segment
from mobility.pricing.rules.bills import Bill, Line, LineLabel
from mobility.pricing.rules.price import price
from tests.support.usages import ridden

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
    assert price(TOTEM, ridden(minutes(ridden_min))).total == Money(cents, "EUR")


@pytest.mark.parametrize(
    ("riding_min", "paused_min", "cents"),
    [(0, 0, 50), (1, 0, 72), (10, 0, 270), (10, 5, 310), (0, 5, 90), (129, 0, 2888), (130, 0, 2900), (200, 500, 2900)],
)
def test_a_moped_costs_by_the_minute_and_less_while_it_waits(riding_min: int, paused_min: int, cents: int) -> None:
    assert price(MOPED, ridden(minutes(riding_min), minutes(paused_min))).total == Money(cents, "EUR")


def test_a_minute_begun_is_a_minute_paid() -> None:
    assert price(MOPED, ridden(timedelta(seconds=60))).total.cents == 72
    assert price(MOPED, ridden(timedelta(seconds=60, microseconds=1))).total.cents == 94
    assert price(MOPED, ridden(timedelta(0), timedelta(seconds=1))).total.cents == 58


def test_a_car_costs_the_same_driven_or_parked() -> None:
    assert price(TOTEM, ridden(minutes(20), minutes(41))) == price(TOTEM, ridden(minutes(61)))


def test_the_lines_say_what_is_paid_for() -> None:
    assert price(TOTEM, ridden(minutes(75))) == Bill(
        lines=(
            Line(LineLabel.START, 1, "ride", 100),
            Line(LineLabel.TIME, 4, "15 min", 100),
            Line(LineLabel.TIME, 1, "15 min", 50),
        ),
        total=Money(550, "EUR"),
    )


def test_a_cap_is_shown_as_what_it_takes_off() -> None:
    bill = price(MOPED, ridden(minutes(200), minutes(10)))
    assert [(line.label, line.cents) for line in bill.lines] == [
        (LineLabel.START, 50),
        (LineLabel.RIDING, 4400),
        (LineLabel.PAUSE, 80),
        (LineLabel.DAY_CAP, -1630),
    ]


def test_each_24_hours_of_a_ride_have_their_own_cap() -> None:
    assert price(MOPED, ridden(timedelta(days=1))).total.cents == 2900
    assert price(MOPED, ridden(timedelta(days=1, seconds=1))).total.cents == 2900 + 22
    assert price(MOPED, ridden(timedelta(days=2))).total.cents == 5800


def test_caps_of_hour_day_and_week_hold_one_within_the_other() -> None:
    capped = replace(MOPED, hour_cap_cents=600, week_cap_cents=9000)
    assert price(capped, ridden(minutes(60))).total.cents == 600
    assert price(capped, ridden(minutes(61))).total.cents == 622
    assert price(capped, ridden(timedelta(hours=5))).total.cents == 2900
    assert price(capped, ridden(timedelta(days=4))).total.cents == 9000
    assert [(line.label, line.cents) for line in price(capped, ridden(timedelta(days=7, minutes=1))).lines] == [
        (LineLabel.START, 50),
        (LineLabel.RIDING, 22 * (7 * 24 * 60 + 1)),
        (LineLabel.HOUR_CAP, 600 * 7 * 24 - 22 * 7 * 24 * 60 - 50),
        (LineLabel.DAY_CAP, 2900 * 7 - 600 * 24 * 7),
        (LineLabel.WEEK_CAP, 9000 - 2900 * 7),
    ]


@pytest.mark.parametrize(
    ("distance_m", "cents"),
    [(0, 100), (1, 130), (1_000, 130), (1_001, 160), (50_000, 1600), (50_001, 1700), (59_000, 1700)],
)
def test_a_kilometre_begun_is_a_kilometre_paid(distance_m: int, cents: int) -> None:
    by_km = (Segment(start=0, end=50, rate_cents=30, interval=1), Segment(start=50, rate_cents=100, interval=10))
    plan = PricingPlan(currency="EUR", price_cents=100, per_min_pricing=(), per_km_pricing=by_km)
    assert price(plan, ridden(minutes(10), distance_m=distance_m)).total.cents == cents


@pytest.mark.parametrize(("ridden_min", "cents"), [(0, 50), (5, 50), (6, 72), (15, 270)])
def test_free_minutes_are_the_first_of_riding(ridden_min: int, cents: int) -> None:
    free = replace(MOPED, free_minutes=5)
    assert price(free, ridden(minutes(ridden_min))).total.cents == cents
    assert price(free, ridden(minutes(ridden_min), minutes(2))).total.cents == cents + 16


PACKAGES = (
    Package(name={"en": "3 hours"}, price_cents=1200, minutes=180),
    Package(name={"en": "1 day"}, price_cents=2500, minutes=1440, km=60),
)
CAR = replace(MOPED, day_cap_cents=None, per_km_pricing=(Segment(start=0, rate_cents=20, interval=1),))


@pytest.mark.parametrize(
    ("ridden_min", "distance_m", "cents"),
    [
        (10, 0, 270),  # none
        (52, 0, 1194),  # none, just so
        (53, 0, 1200),  # three hours
        (180, 10_000, 1400),
        (181, 10_000, 1422),  # what comes after is priced as ever
        (190, 70_000, 2700),  # the day, for its kilometres
        (1440, 60_000, 2500),
        (1440, 60_001, 2520),
    ],
)
def test_the_best_package_or_none_is_applied(ridden_min: int, distance_m: int, cents: int) -> None:
    plan = replace(CAR, packages=PACKAGES)
    assert price(plan, ridden(minutes(ridden_min), distance_m=distance_m)).total.cents == cents


def test_a_package_is_a_line_of_its_own_instead_of_the_start() -> None:
    bill = price(replace(CAR, packages=PACKAGES), ridden(minutes(181)))
    assert bill.lines == (
        Line(LineLabel.PACKAGE, 1, "ride", 1200, {"en": "3 hours"}),
        Line(LineLabel.RIDING, 1, "min", 22),
    )


PIER = EndFee(name={"en": "On the pier"}, cents=150, zones=("pier",))
BAYS = EndFee(name={"en": "In a bay"}, cents=-100, zones=("bays",), stations=("wharf",))
FAR = EndFee(name={"en": "Out of town"}, cents=500, zones=("town",), outside=True)


@pytest.mark.parametrize(
    ("zones", "station", "cents"),
    [
        (None, None, 270),
        ({"town"}, None, 270),
        ({"town", "pier"}, None, 420),
        ({"town", "bays"}, None, 170),
        ({"town"}, "wharf", 170),
        ({"town", "pier", "bays"}, "wharf", 320),
        (set(), None, 770),
        ({"pier"}, None, 920),
    ],
)
def test_where_a_ride_ends_may_cost_or_take_off(zones: set[str] | None, station: str | None, cents: int) -> None:
    plan = replace(MOPED, end_fees=(BAYS, PIER, FAR))
    end = None if zones is None else frozenset(zones)
    usage = dataclasses.replace(ridden(minutes(10)), end_zones=end, end_station=station)
    assert price(plan, usage).total.cents == cents


def test_a_discount_takes_off_no_more_than_there_is() -> None:
    there = dataclasses.replace(ridden(minutes(1)), end_zones=frozenset({"bays"}))
    assert price(replace(MOPED, end_fees=(BAYS,)), there).total.cents == 0
    assert price(replace(MOPED, end_fees=(BAYS,), minimum_cents=80), there).total.cents == 80


def test_a_ride_booked_ahead_costs_its_fee_and_no_ride_less_than_the_minimum() -> None:
    plan = replace(MOPED, booking_ahead_cents=100, minimum_cents=200)
    booked = dataclasses.replace(ridden(minutes(1)), booked_ahead=True)
    assert [(line.label, line.cents) for line in price(plan, booked).lines] == [
        (LineLabel.START, 50),
        (LineLabel.RIDING, 22),
        (LineLabel.BOOKING_AHEAD, 100),
        (LineLabel.MINIMUM, 28),
    ]
    assert price(plan, ridden(minutes(10))).total.cents == 270
