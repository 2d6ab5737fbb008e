from datetime import UTC, date, datetime

import pytest

from mobility.payments.rules.cards import has_expired
from mobility.payments.rules.dunning import AGAIN_AFTER, Remedy, next_try, remedy

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("insufficient_funds", Remedy.WAIT),
        ("generic_decline", Remedy.WAIT),
        ("authentication_required", Remedy.CONFIRM),
        ("expired_card", Remedy.OTHER_CARD),
        ("stolen_card", Remedy.OTHER_CARD),
        ("no_card", Remedy.OTHER_CARD),
        ("a code that nobody knew in 2026", Remedy.OTHER_CARD),
    ],
)
def test_what_brings_the_money_follows_from_the_decline(code: str, expected: Remedy) -> None:
    assert remedy(code) is expected


def test_what_may_pass_is_tried_three_times_more_and_then_left_to_the_rider() -> None:
    tries = [next_try("insufficient_funds", declines=declines, now=NOW) for declines in (1, 2, 3, 4)]
    assert tries == [*(NOW + wait for wait in AGAIN_AFTER), None]


@pytest.mark.parametrize("code", ["authentication_required", "stolen_card"])
def test_what_only_the_rider_can_change_is_not_tried_again(code: str) -> None:
    assert next_try(code, declines=1, now=NOW) is None


def test_a_card_is_good_to_the_last_day_of_its_month() -> None:
    assert not has_expired(exp_year=2026, exp_month=6, on=date(2026, 6, 30))
    assert has_expired(exp_year=2026, exp_month=6, on=date(2026, 7, 1))
