from datetime import UTC, datetime, timedelta

import pytest

from mobility.base.errors import Problem
from mobility.booking.rules.ends import FORGIVEN_MAX, FORGIVEN_TIMES, Asked, checks, fair_end
from mobility.city.rules.parking import NoParkingHere, NotAtAStation, OutOfServiceZone

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def ago(minutes: float) -> datetime:
    return NOW - minutes * MINUTE


def asked(
    at: datetime, stood_since: datetime | None, *, changed_at: datetime = NOW - 60 * MINUTE, forgiven: int = 0
) -> Asked:
    return Asked(at=at, changed_at=changed_at, stood_since=stood_since, forgiven=forgiven)


@pytest.mark.parametrize(
    ("wish", "ended_at"),
    [
        pytest.param(asked(ago(12), ago(12)), ago(12), id="it stood all the time"),
        pytest.param(asked(ago(12), ago(5)), ago(5), id="it was ridden on for a while"),
        pytest.param(asked(ago(12), None), NOW, id="nobody knows whether it moved"),
        pytest.param(asked(ago(50), ago(50)), NOW - FORGIVEN_MAX, id="longer than is forgiven"),
        pytest.param(asked(ago(12), ago(12), changed_at=ago(3)), NOW, id="the rider has ridden on since"),
        pytest.param(asked(ago(12), ago(12), forgiven=FORGIVEN_TIMES), NOW, id="too often"),
        pytest.param(asked(ago(0.5), ago(0.5)), NOW, id="only slow on its way"),
        pytest.param(asked(NOW + MINUTE, NOW + MINUTE), NOW, id="a clock that is ahead"),
    ],
)
def test_a_late_end_counts_from_the_wish_where_the_vehicle_stands_for_it(wish: Asked, ended_at: datetime) -> None:
    assert fair_end(wish, NOW) == ended_at


@pytest.mark.parametrize(
    ("refusal", "passed"),
    [
        (OutOfServiceZone(), [False, None, None]),
        (NoParkingHere(), [True, False, None]),
        (NotAtAStation(nearest=None), [True, True, False]),
        (None, [True, True, True]),
    ],
)
def test_checks_turn_green_up_to_what_is_refused(refusal: Problem | None, passed: list[bool | None]) -> None:
    assert [check.passed for check in checks(refusal, needs_bay=True)] == passed


def test_a_vehicle_that_needs_no_bay_is_not_asked_for_one() -> None:
    assert [check.name for check in checks(None, needs_bay=False)] == ["zone", "parking"]
