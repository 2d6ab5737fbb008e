from datetime import UTC, datetime, timedelta

import pytest

from mobility.booking.rules.holds import free_until, is_over
from mobility.city.rules.city_file import Holding

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "over"),
    [
        (timedelta(0), False),
        (timedelta(minutes=15, microseconds=-1), False),
        (timedelta(minutes=15), True),
        (timedelta(days=1), True),
    ],
)
def test_a_hold_lasts_a_quarter_of_an_hour_and_is_over_at_that_instant(after: timedelta, over: bool) -> None:
    assert is_over(expires_at=free_until(NOON, Holding()), now=NOON + after) is over
