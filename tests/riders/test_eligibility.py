from collections.abc import Sequence
from datetime import date

import pytest

from mobility.riders.rules.eligibility import (
    LicenceRequirement,
    NotEligible,
    Rider,
    in_force,
    reasons,
    refuse_not_eligible,
)
from mobility.riders.rules.licences import LicenceCategory as L
from mobility.riders.rules.licences import LicenceState, Title

# The French rules of 2026 as a city file states them (code de la route R.211-2, R.221-4; arrêté of 8 November 2012).
MOPED = LicenceRequirement(
    effective_from=date(2013, 1, 19),
    minimum_age=14,
    licences=frozenset({L.AM_MOPED, L.A1, L.A2, L.A, L.B1, L.B}),
    exempt_born_before=date(1988, 1, 1),
)
LIGHT_QUADRICYCLE = LicenceRequirement(
    effective_from=date(2013, 1, 19),
    minimum_age=14,
    licences=frozenset({L.AM_LIGHT_QUADRICYCLE, L.B1, L.B}),
    exempt_born_before=date(1988, 1, 1),
)
HEAVY_QUADRICYCLE = LicenceRequirement(
    effective_from=date(2013, 1, 19), minimum_age=16, licences=frozenset({L.B1, L.B})
)
TODAY = date(2026, 6, 15)
ADULT = date(2000, 1, 1)
FOURTEEN_TODAY, FOURTEEN_TOMORROW = date(2012, 6, 15), date(2012, 6, 16)
SIXTEEN_TODAY, SIXTEEN_TOMORROW = date(2010, 6, 15), date(2010, 6, 16)
LAST_EXEMPT, FIRST_NOT_EXEMPT = date(1987, 12, 31), date(1988, 1, 1)


def rider(born_on: date | None, *categories: L, state: LicenceState = LicenceState.VERIFIED) -> Rider:
    titles = [Title(category=category, issued_on=date(2026, 6, 1), state=state) for category in categories]
    return Rider(born_on=born_on, born_on_verified=True, titles=titles)


def codes(who: Rider, requirement: LicenceRequirement, on: date = TODAY) -> Sequence[str]:
    return [reason.code for reason in reasons(who, requirement, on)]


@pytest.mark.parametrize(
    ("requirement", "enough"),
    [
        (MOPED, {L.AM_MOPED, L.A1, L.A2, L.A, L.B1, L.B}),
        (LIGHT_QUADRICYCLE, {L.AM_LIGHT_QUADRICYCLE, L.B1, L.B}),
        (HEAVY_QUADRICYCLE, {L.B1, L.B}),
    ],
    ids=["moped", "light quadricycle", "heavy quadricycle"],
)
@pytest.mark.parametrize("category", L)
def test_each_title_opens_exactly_its_classes(requirement: LicenceRequirement, enough: set[L], category: L) -> None:
    assert codes(rider(ADULT, category), requirement) == ([] if category in enough else ["licence_missing"])


@pytest.mark.parametrize(
    ("requirement", "born_on", "category", "expected"),
    [
        (MOPED, FOURTEEN_TODAY, L.AM_MOPED, []),
        (MOPED, FOURTEEN_TOMORROW, L.AM_MOPED, ["too_young"]),
        (LIGHT_QUADRICYCLE, FOURTEEN_TODAY, L.AM_LIGHT_QUADRICYCLE, []),
        (LIGHT_QUADRICYCLE, FOURTEEN_TOMORROW, L.AM_LIGHT_QUADRICYCLE, ["too_young"]),
        (HEAVY_QUADRICYCLE, SIXTEEN_TODAY, L.B1, []),
        (HEAVY_QUADRICYCLE, SIXTEEN_TOMORROW, L.B1, ["too_young"]),
        (MOPED, LAST_EXEMPT, None, []),
        (MOPED, FIRST_NOT_EXEMPT, None, ["licence_missing"]),
        (LIGHT_QUADRICYCLE, LAST_EXEMPT, None, []),
        (LIGHT_QUADRICYCLE, FIRST_NOT_EXEMPT, None, ["licence_missing"]),
        (HEAVY_QUADRICYCLE, LAST_EXEMPT, None, ["licence_missing"]),
        (MOPED, FOURTEEN_TOMORROW, None, ["too_young", "licence_missing"]),
    ],
)
def test_birthdays_count_on_the_day(
    requirement: LicenceRequirement, born_on: date, category: L | None, expected: Sequence[str]
) -> None:
    assert codes(rider(born_on, *([category] if category else [])), requirement) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 2, 28), ["too_young"]),
        (date(2026, 3, 1), []),
        (date(2028, 2, 28), []),
    ],
)
def test_who_is_born_on_29_february_is_a_year_older_on_1_march_of_a_common_year(
    on: date, expected: Sequence[str]
) -> None:
    requirement = LicenceRequirement(effective_from=date.min, minimum_age=18)
    assert codes(rider(date(2008, 2, 29)), requirement, on) == expected


def test_who_is_born_on_29_february_is_a_year_older_on_29_february_of_a_leap_year() -> None:
    requirement = LicenceRequirement(effective_from=date.min, minimum_age=20)
    born_on = date(2008, 2, 29)
    assert codes(rider(born_on), requirement, date(2028, 2, 28)) == ["too_young"]
    assert codes(rider(born_on), requirement, date(2028, 2, 29)) == []


def test_nothing_is_known_before_the_date_of_birth_is() -> None:
    assert codes(rider(None, L.B), MOPED) == ["birth_date_missing"]


@pytest.mark.parametrize(
    ("state", "declared_is_enough", "expected"),
    [
        (LicenceState.VERIFIED, False, []),
        (LicenceState.VERIFIED, True, []),
        (LicenceState.DECLARED, False, ["licence_not_verified"]),
        (LicenceState.DECLARED, True, []),
        (LicenceState.REFUSED, False, ["licence_missing"]),
        (LicenceState.REFUSED, True, ["licence_missing"]),
    ],
)
def test_a_declared_title_counts_only_where_the_city_says_so(
    state: LicenceState, declared_is_enough: bool, expected: Sequence[str]
) -> None:
    requirement = LicenceRequirement(
        effective_from=date.min, minimum_age=14, licences=MOPED.licences, declared_is_enough=declared_is_enough
    )
    assert codes(rider(ADULT, L.B, state=state), requirement) == expected


def test_an_unverified_date_of_birth_exempts_nobody_where_declared_is_not_enough() -> None:
    who = Rider(born_on=LAST_EXEMPT, born_on_verified=False)
    assert codes(who, MOPED) == ["birth_date_not_verified"]


@pytest.mark.parametrize(
    ("expires_on", "expected"),
    [(date(2026, 6, 14), ["licence_expired"]), (TODAY, []), (None, [])],
)
def test_a_title_drives_on_its_last_day_and_not_after(expires_on: date | None, expected: Sequence[str]) -> None:
    title = Title(category=L.B, issued_on=date(2020, 1, 1), expires_on=expires_on, state=LicenceState.VERIFIED)
    assert codes(Rider(born_on=ADULT, born_on_verified=True, titles=[title]), MOPED) == expected


def test_of_several_titles_one_that_fits_is_enough() -> None:
    old = Title(category=L.B, issued_on=date(2020, 1, 1), expires_on=date(2025, 1, 1), state=LicenceState.VERIFIED)
    new = Title(category=L.B, issued_on=date(2025, 1, 1), state=LicenceState.VERIFIED)
    assert codes(Rider(born_on=ADULT, born_on_verified=True, titles=[old, new]), MOPED) == []


def test_the_latest_requirement_that_has_begun_is_in_force() -> None:
    stricter = LicenceRequirement(effective_from=date(2027, 1, 1), minimum_age=16)
    assert in_force([stricter, MOPED], date(2026, 12, 31)) is MOPED
    assert in_force([stricter, MOPED], date(2027, 1, 1)) is stricter
    with pytest.raises(LookupError):
        in_force([stricter], TODAY)


def test_reasons_are_plain_sentences_in_two_languages() -> None:
    too_young, missing = reasons(rider(FOURTEEN_TOMORROW), LIGHT_QUADRICYCLE, TODAY)
    assert too_young.fr == "Il faut avoir 14 ans."
    assert missing.fr == "Il faut un permis AM (option quadricycle léger), B1 ou B."
    assert missing.en == "You need a licence AM (light quadricycle option), B1 or B."
    (waiting,) = reasons(rider(ADULT, L.B, state=LicenceState.DECLARED), MOPED, TODAY)
    assert waiting.en == "Your licence B is not verified yet."


def test_who_may_not_drive_is_refused_with_every_reason() -> None:
    refuse_not_eligible(rider(ADULT, L.B), MOPED, TODAY)
    with pytest.raises(NotEligible) as refused:
        refuse_not_eligible(rider(FOURTEEN_TOMORROW), MOPED, TODAY)
    assert (refused.value.code, refused.value.status) == ("not_eligible", 403)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["too_young", "licence_missing"]
    assert refused.value.sentence("en").startswith("You may not drive this vehicle yet. You must be 14 years old. ")
    assert refused.value.sentence("fr").startswith("Vous ne pouvez pas encore conduire ce véhicule. Il faut avoir 14")
