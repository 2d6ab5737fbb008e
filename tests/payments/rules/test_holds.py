from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.payments.rules.holds import Split, renew_at, split_hold
from mobility.payments.rules.refunds import Source, ways_back

NOW = datetime(2026, 6, 15, tzinfo=UTC)
CENTS = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("total", "held", "split"),
    [
        (3450, 10_000, Split(3450, 0)),
        (10_000, 10_000, Split(10_000, 0)),
        (12_000, 10_000, Split(10_000, 2000)),
        (10_020, 10_000, Split(9970, 50)),
        (1990, 0, Split(0, 1990)),
        (60, 40, Split(10, 50)),
    ],
)
def test_a_hold_pays_first_and_leaves_a_rest_that_can_be_collected(total, held, split):
    assert split_hold(total, held_cents=held, minimum_cents=50) == split


@given(total=st.integers(50, 10**6), held=CENTS)
def test_a_split_loses_nothing_and_asks_for_nothing_too_small(total, held):
    split = split_hold(total, held_cents=held, minimum_cents=50)
    assert split.held_cents + split.rest_cents == total
    assert 0 <= split.held_cents <= held
    assert split.rest_cents == 0 or split.rest_cents >= 50


def test_a_hold_that_ends_too_early_is_renewed_in_its_last_seventh():
    week, days = NOW + timedelta(days=7), timedelta(days=1)
    assert renew_at(NOW, expires_at=week, needed_until=week + days) == week - days
    assert renew_at(NOW, expires_at=week, needed_until=week) == week
    assert renew_at(NOW, expires_at=None, needed_until=week) is None
    hours = NOW + timedelta(hours=7)
    assert renew_at(NOW, expires_at=hours, needed_until=week) == hours - timedelta(hours=1)


@given(left=st.lists(CENTS, max_size=5), share=st.floats(0, 1))
def test_money_goes_back_up_to_what_came_from_each_place(left, share):
    sources = [Source(str(place), cents) for place, cents in enumerate(left)]
    cents = int(sum(left) * share)
    ways = {way.reference: way.left_cents for way in ways_back(cents, sources)}
    assert sum(ways.values()) == cents
    assert all(0 < ways[source.reference] <= source.left_cents for source in sources if source.reference in ways)


def test_more_than_what_is_left_is_an_error():
    with pytest.raises(ValueError, match="1 cents more"):
        ways_back(11, [Source("pi_1", 10)])
