from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mobility.base.errors import Problem
from mobility.booking.rules.looks import (
    LookState,
    Purpose,
    is_told,
    refuse_approval,
    refuse_unclear,
    refuse_unless_open,
    state_of,
)

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)
ONE, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("opened_at", "until", "closed_at", "state"),
    [
        (None, LATER, None, LookState.ASKED),
        (None, NOW, None, LookState.OVER),
        (None, LATER, EARLIER, LookState.OVER),
        (EARLIER, LATER, None, LookState.OPEN),
        (EARLIER, NOW, None, LookState.OVER),
        (EARLIER, LATER, NOW, LookState.OVER),
    ],
)
def test_a_look_is_over_at_the_instant_its_time_is_up_or_when_it_is_closed(
    opened_at: datetime | None, until: datetime, closed_at: datetime | None, state: LookState
) -> None:
    assert state_of(opened_at=opened_at, until=until, closed_at=closed_at, now=NOW) is state


@pytest.mark.parametrize("state", LookState)
def test_nobody_opens_what_they_asked_for_themselves(state: LookState) -> None:
    with pytest.raises(Problem) as refusal:
        refuse_approval(state, asked_by=ONE, approver=ONE)
    assert refusal.value.code == "two_people_needed"


@pytest.mark.parametrize(("state", "code"), [(LookState.OVER, "assistance_over"), (LookState.OPEN, "assistance_open")])
def test_only_what_waits_is_opened(state: LookState, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        refuse_approval(state, asked_by=ONE, approver=OTHER)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("state", "code"), [(LookState.OVER, "assistance_over"), (LookState.ASKED, "assistance_not_open")]
)
def test_only_what_is_open_is_looked_at(state: LookState, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        refuse_unless_open(state)
    assert refusal.value.code == code
    refuse_unless_open(LookState.OPEN)


@pytest.mark.parametrize(
    ("purpose", "state", "told"),
    [
        (Purpose.ASSISTANCE, LookState.OPEN, True),
        (Purpose.ASSISTANCE, LookState.OVER, True),
        (Purpose.THEFT, LookState.OPEN, False),
        (Purpose.THEFT, LookState.OVER, True),
    ],
)
def test_a_rider_knows_of_help_at_once_and_of_a_search_when_it_is_over(
    purpose: Purpose, state: LookState, told: bool
) -> None:
    assert is_told(purpose, state) is told


@pytest.mark.parametrize("at", [LATER, NOW.replace(tzinfo=None)])
def test_an_instant_ahead_or_without_a_zone_is_unclear(at: datetime) -> None:
    with pytest.raises(Problem) as refusal:
        refuse_unclear(at, NOW)
    assert refusal.value.code == "instant_unclear"
    refuse_unclear(NOW, NOW)
