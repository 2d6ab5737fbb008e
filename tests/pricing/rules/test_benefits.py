from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mobility.city.rules.benefits import PassPlan
from mobility.city.rules.tariffs import PricingPlan, Segment
from mobility.pricing.rules.benefits import Benefits, Pass, Promotion, price_for, share
from mobility.pricing.rules.bills import LineLabel
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)
ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
PLAN = PricingPlan(
    currency="EUR", price_cents=100, per_min_pricing=(Segment(start=0, rate_cents=30, interval=1),), minimum_cents=200
)


def ride(minutes: float) -> Usage:
    return Usage(started_at=NOON, ended_at=NOON + timedelta(minutes=minutes), zone=ZoneInfo("Europe/Paris"))


def held(*, minutes_left: int = 0, free_starts: bool = False, percent_off: int = 0) -> Pass:
    terms = PassPlan(
        code="p",
        name={"fr": "Quotidien", "en": "Everyday"},
        description={},
        vehicle_types=("moped",),
        price_cents=1_000,
        days=30,
        free_starts=free_starts,
        minutes_a_day=minutes_left,
        percent_off=percent_off,
    )
    return Pass(id=ID, terms=terms, minutes_left=minutes_left)


def told(benefits: Benefits, minutes: float = 20) -> list[tuple[str, int]]:
    bill = price_for(PLAN, ride(minutes), benefits).bill
    assert bill.total.cents == sum(line.cents for line in bill.lines)
    return [(line.label, line.cents) for line in bill.lines]


def test_without_benefits_the_bill_is_the_plans() -> None:
    assert price_for(PLAN, ride(20), Benefits()).bill == price(PLAN, ride(20))


def test_a_pass_takes_off_its_minutes_its_start_and_a_part_of_the_rest() -> None:
    assert told(Benefits(passes=[held(minutes_left=15)])) == [("start", 100), ("time", 600), ("pass", -450)]
    assert told(Benefits(passes=[held(free_starts=True, percent_off=50)])) == [
        ("start", 100),
        ("time", 600),
        ("pass", -400),
    ]


def test_a_ride_within_the_minutes_of_a_pass_costs_its_start_only_and_no_minimum() -> None:
    priced = price_for(PLAN, ride(2.5), Benefits(passes=[held(minutes_left=15)]))
    assert (priced.bill.total.cents, priced.used_minutes) == (100, 3)


def test_a_pass_gives_no_more_minutes_than_are_left() -> None:
    assert price_for(PLAN, ride(20), Benefits(passes=[held(minutes_left=15)])).used_minutes == 15


def test_of_two_passes_the_one_that_saves_more_is_used() -> None:
    priced = price_for(PLAN, ride(20), Benefits(passes=[held(percent_off=10), held(minutes_left=10)]))
    assert priced.used_pass is not None
    assert priced.used_pass.minutes_left == 10


def test_each_benefit_is_off_of_what_is_still_due() -> None:
    benefits = Benefits(
        passes=[held(percent_off=50)],
        reduced_percent=50,
        promotions=[Promotion(claim_id=ID, code="HALF", percent_off=50)],
    )
    assert told(benefits) == [
        ("start", 100),
        ("time", 600),
        ("pass", -350),
        ("reduced_fare", -175),
        ("promotion", -88),
    ]


def test_an_amount_off_leaves_nothing_below_zero() -> None:
    benefits = Benefits(promotions=[Promotion(claim_id=ID, code="TEN", cents_off=1_000)])
    assert told(benefits) == [("start", 100), ("time", 600), ("promotion", -700)]


def test_a_promotion_that_takes_nothing_off_is_kept_for_another_ride() -> None:
    free = Benefits(reduced_percent=100, promotions=[Promotion(claim_id=ID, code="TEN", cents_off=1_000)])
    priced = price_for(PLAN, ride(20), free)
    assert priced.bill.total.cents == 0
    assert priced.used_promotion is None


def test_a_reduced_fare_is_named_without_its_reason() -> None:
    (line,) = (line for line in price_for(PLAN, ride(20), Benefits(reduced_percent=40)).bill.lines if line.cents < 0)
    assert (line.label, line.name) == (LineLabel.REDUCED_FARE, None)


percents = st.integers(0, 100)
some_benefits = st.builds(
    Benefits,
    passes=st.lists(
        st.builds(held, minutes_left=st.integers(0, 60), free_starts=st.booleans(), percent_off=percents), max_size=2
    ),
    reduced_percent=percents,
    promotions=st.lists(
        st.one_of(
            st.builds(Promotion, claim_id=st.just(ID), code=st.just("PART"), percent_off=percents),
            st.builds(Promotion, claim_id=st.just(ID), code=st.just("SUM"), cents_off=st.integers(1, 2_000)),
        ),
        max_size=2,
    ),
)
segments = st.builds(
    lambda first, then, at: (
        Segment(start=0, end=at, rate_cents=first, interval=1),
        Segment(start=at, rate_cents=then, interval=15),
    ),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(1, 90),
)
plans = st.builds(
    PricingPlan,
    currency=st.just("EUR"),
    price_cents=st.integers(0, 300),
    per_min_pricing=segments,
    day_cap_cents=st.one_of(st.none(), st.integers(300, 3_000)),
    minimum_cents=st.integers(0, 300),
)


@given(plans, some_benefits, st.floats(0, 300), st.floats(0, 300))
def test_with_benefits_a_longer_ride_is_never_cheaper(
    plan: PricingPlan, benefits: Benefits, one: float, other: float
) -> None:
    shorter, longer = sorted((one, other))
    due = [price_for(plan, ride(minutes), benefits).bill.total.cents for minutes in (shorter, longer)]
    assert due[0] <= due[1]


@given(plans, some_benefits, st.floats(0, 300))
def test_benefits_never_make_a_ride_dearer_nor_cheaper_than_nothing(
    plan: PricingPlan, benefits: Benefits, minutes: float
) -> None:
    bill = price_for(plan, ride(minutes), benefits).bill
    assert 0 <= bill.total.cents <= price(plan, ride(minutes)).total.cents
    assert bill.total.cents == sum(line.cents for line in bill.lines)


@given(st.integers(0, 10_000), percents)
def test_a_share_is_rounded_half_up(cents: int, percent: int) -> None:
    assert abs(share(cents, percent) - cents * percent / 100) <= 0.5
