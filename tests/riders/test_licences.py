import itertools
from datetime import date

import pytest

from mobility.riders.rules.licences import LicenceCategory as L
from mobility.riders.rules.licences import (
    LicenceDecided,
    LicenceDecision,
    LicenceImplausible,
    LicenceState,
    Title,
    age_years,
    decide,
    refuse_implausible,
)

TODAY = date(2026, 6, 15)
ADULT = date(1990, 6, 15)


def refusal(title: Title, born_on: date = ADULT) -> str:
    with pytest.raises(LicenceImplausible) as refused:
        refuse_implausible(title, born_on=born_on, today=TODAY)
    assert refused.value.status == 422
    assert refused.value.sentence("fr") != refused.value.sentence("en")
    return refused.value.code


def test_a_title_whose_dates_hold_is_plausible() -> None:
    refuse_implausible(Title(category=L.B, issued_on=TODAY, expires_on=TODAY), born_on=ADULT, today=TODAY)
    refuse_implausible(Title(category=L.B, issued_on=date(2010, 1, 1)), born_on=ADULT, today=TODAY)


@pytest.mark.parametrize(
    ("issued_on", "expires_on", "expected"),
    [
        (date(2026, 6, 16), None, "licence_issued_in_future"),
        (date(2020, 1, 1), date(2026, 6, 14), "licence_expired"),
        (date(2020, 1, 1), date(2019, 12, 31), "licence_expires_before_issue"),
    ],
)
def test_dates_that_cannot_be_are_refused(issued_on: date, expires_on: date | None, expected: str) -> None:
    assert refusal(Title(category=L.B, issued_on=issued_on, expires_on=expires_on)) == expected


@pytest.mark.parametrize(
    ("category", "issued_on", "age"),
    [
        (L.AM_MOPED, date(2026, 6, 1), 14),
        (L.AM_LIGHT_QUADRICYCLE, date(2026, 6, 1), 14),
        (L.A1, date(2026, 6, 1), 16),
        (L.A2, date(2026, 6, 1), 18),
        (L.A, date(2013, 1, 18), 18),
        (L.A, date(2013, 1, 19), 20),
        (L.B1, date(2026, 6, 1), 16),
        (L.B, date(2023, 12, 31), 18),
        (L.B, date(2024, 1, 1), 17),
    ],
)
def test_a_title_is_not_given_before_its_age(category: L, issued_on: date, age: int) -> None:
    birthday = issued_on.replace(year=issued_on.year - age)
    title = Title(category=category, issued_on=issued_on)
    refuse_implausible(title, born_on=birthday, today=TODAY)
    assert refusal(title, date.fromordinal(birthday.toordinal() + 1)) == "licence_issued_too_young"


def test_age_is_counted_in_completed_years() -> None:
    assert age_years(born_on=date(2000, 6, 16), on=TODAY) == 25
    assert age_years(born_on=date(2000, 6, 15), on=TODAY) == 26


@pytest.mark.parametrize(("state", "decision"), [*itertools.product(LicenceState, LicenceDecision)])
def test_an_operators_decision_moves_a_licence_along_the_table_only(
    state: LicenceState, decision: LicenceDecision
) -> None:
    expected = {
        ("declared", "verify"): "verified",
        ("declared", "refuse"): "refused",
        ("verified", "refuse"): "refused",
    }.get((state, decision))
    if expected is not None:
        assert decide(state, decision) == expected
        return
    with pytest.raises(LicenceDecided):
        decide(state, decision)
