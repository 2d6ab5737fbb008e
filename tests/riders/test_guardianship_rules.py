import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from mobility.riders.rules.guardianship import (
    TRANSITIONS,
    ChildNotMinor,
    Event,
    GuardianNotAdult,
    GuardianshipDecided,
    InvitationLapsed,
    State,
    is_minor,
    majority_on,
    move,
    refuse_lapsed,
    refuse_pair,
)

TODAY = date(2026, 6, 15)
ADULT, CHILD = date(1980, 1, 1), date(2011, 1, 1)
LAST_ADULT, FIRST_MINOR = date(2008, 6, 15), date(2008, 6, 16)


@pytest.mark.parametrize(
    ("born_on", "of_age_on"),
    [
        (date(2008, 6, 15), date(2026, 6, 15)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2010, 12, 31), date(2028, 12, 31)),
        # At 21 before the law of 1974, at once when it began for those between 18 and 21.
        (date(1950, 1, 1), date(1971, 1, 1)),
        (date(1955, 1, 1), date(1974, 7, 7)),
        (date(1957, 1, 1), date(1975, 1, 1)),
    ],
)
def test_people_come_of_age_by_the_law_of_that_day(born_on: date, of_age_on: date) -> None:
    assert majority_on(born_on) == of_age_on
    assert not is_minor(born_on, of_age_on)
    assert is_minor(born_on, of_age_on - timedelta(days=1))


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_every_event_moves_or_is_refused(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert move(state, event) is TRANSITIONS[state, event]
        return
    with pytest.raises(GuardianshipDecided) as refused:
        move(state, event)
    assert (refused.value.code, refused.value.facts) == ("guardianship_decided", {"state": state.value})


@pytest.mark.parametrize(
    ("guardian", "child", "refusal"),
    [
        (ADULT, CHILD, None),
        (LAST_ADULT, FIRST_MINOR, None),
        (FIRST_MINOR, CHILD, GuardianNotAdult),
        (None, CHILD, GuardianNotAdult),
        (ADULT, LAST_ADULT, ChildNotMinor),
        (ADULT, None, ChildNotMinor),
    ],
)
def test_the_one_is_of_age_and_the_other_is_not(
    guardian: date | None, child: date | None, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        refuse_pair(guardian_born_on=guardian, child_born_on=child, on=TODAY)
        return
    with pytest.raises(refusal):
        refuse_pair(guardian_born_on=guardian, child_born_on=child, on=TODAY)


def test_an_invitation_lapses_after_a_fortnight() -> None:
    asked_at = datetime(2026, 6, 1, 8, tzinfo=UTC)
    refuse_lapsed(asked_at=asked_at, now=asked_at + timedelta(days=14, microseconds=-1))
    with pytest.raises(InvitationLapsed):
        refuse_lapsed(asked_at=asked_at, now=asked_at + timedelta(days=14))
