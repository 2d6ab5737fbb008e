from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from mobility.riders.rules.eligibility import (
    LicenceRequirement,
    NotEligible,
    Rider,
    including,
    reasons,
    refuse_not_eligible,
)
from mobility.riders.rules.guardianship import Guardian
from mobility.riders.rules.licences import LicenceCategory as L
from mobility.riders.rules.licences import LicenceState, Title

# The French rules of 2026 as a city file states them (code de la route R.211-2, R.221-4; arrêté of 8 November 2012).
INCLUDES = {L.A1: {L.AM_MOPED}, L.A2: {L.A1}, L.A: {L.A2}, L.B1: {L.AM_MOPED, L.AM_LIGHT_QUADRICYCLE}, L.B: {L.B1}}
MOPED = LicenceRequirement(
    effective_from=date(2013, 1, 19),
    minimum_age=14,
    licences=including({L.AM_MOPED}, INCLUDES),
    exempt_born_before=date(1988, 1, 1),
)
LIGHT_QUADRICYCLE = LicenceRequirement(
    effective_from=date(2013, 1, 19),
    minimum_age=14,
    licences=including({L.AM_LIGHT_QUADRICYCLE}, INCLUDES),
    exempt_born_before=date(1988, 1, 1),
)
HEAVY_QUADRICYCLE = LicenceRequirement(
    effective_from=date(2013, 1, 19), minimum_age=16, licences=including({L.B1}, INCLUDES)
)
TODAY = date(2026, 6, 15)
ADULT = date(2000, 1, 1)
FOURTEEN_TODAY, FOURTEEN_TOMORROW = date(2012, 6, 15), date(2012, 6, 16)
SIXTEEN_TODAY, SIXTEEN_TOMORROW = date(2010, 6, 15), date(2010, 6, 16)
LAST_EXEMPT, FIRST_NOT_EXEMPT = date(1987, 12, 31), date(1988, 1, 1)


PARENT = Guardian(account_id=UUID(int=1), is_verified=True, is_blocked=False)


def rider(born_on: date | None, *categories: L, state: LicenceState = LicenceState.VERIFIED) -> Rider:
    titles = [Title(category=category, issued_on=date(2026, 6, 1), state=state) for category in categories]
    return Rider(born_on=born_on, born_on_verified=True, titles=titles, guardian=PARENT)


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


DAY = timedelta(days=1)
# standards.md, section 5: per class and title, the age from which it drives; None where the title never does.
MATRIX = {
    (MOPED, L.AM_MOPED): 14,
    (MOPED, L.AM_LIGHT_QUADRICYCLE): None,
    (MOPED, L.A1): 14,
    (MOPED, L.A2): 14,
    (MOPED, L.A): 14,
    (MOPED, L.B1): 14,
    (MOPED, L.B): 14,
    (LIGHT_QUADRICYCLE, L.AM_MOPED): None,
    (LIGHT_QUADRICYCLE, L.AM_LIGHT_QUADRICYCLE): 14,
    (LIGHT_QUADRICYCLE, L.A1): None,
    (LIGHT_QUADRICYCLE, L.A2): None,
    (LIGHT_QUADRICYCLE, L.A): None,
    (LIGHT_QUADRICYCLE, L.B1): 14,
    (LIGHT_QUADRICYCLE, L.B): 14,
    (HEAVY_QUADRICYCLE, L.AM_MOPED): None,
    (HEAVY_QUADRICYCLE, L.AM_LIGHT_QUADRICYCLE): None,
    (HEAVY_QUADRICYCLE, L.A1): None,
    (HEAVY_QUADRICYCLE, L.A2): None,
    (HEAVY_QUADRICYCLE, L.A): None,
    (HEAVY_QUADRICYCLE, L.B1): 16,
    (HEAVY_QUADRICYCLE, L.B): 16,
}


@pytest.mark.parametrize("on", [TODAY, date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29)], ids=str)
@pytest.mark.parametrize(("pair", "age"), list(MATRIX.items()), ids=[f"{r.minimum_age}-{t}" for r, t in MATRIX])
def test_each_class_and_title_opens_on_the_birthday_and_not_a_day_before(
    pair: tuple[LicenceRequirement, L], age: int | None, on: date
) -> None:
    requirement, category = pair
    title = Title(category=category, issued_on=on, state=LicenceState.VERIFIED)
    years = age or requirement.minimum_age
    birthday = on.replace(year=on.year - years) if (on.month, on.day) != (2, 29) else date(on.year - years, 2, 28)
    for born_on, is_old_enough in ((birthday - DAY, True), (birthday, True), (birthday + 2 * DAY, False)):
        who = Rider(born_on=born_on, born_on_verified=True, titles=[title], guardian=PARENT)
        expected = ([] if is_old_enough else ["too_young"]) + ([] if age else ["licence_missing"])
        assert codes(who, requirement, on) == expected


@pytest.mark.parametrize(
    ("issued_on", "on", "expected"),
    [
        (date(2024, 6, 14), TODAY, []),
        (date(2024, 6, 15), TODAY, []),
        (date(2024, 6, 16), TODAY, ["licence_too_recent"]),
        (date(2024, 2, 29), date(2026, 2, 28), ["licence_too_recent"]),
        (date(2024, 2, 29), date(2026, 3, 1), []),
    ],
)
def test_an_operator_may_ask_that_the_licence_was_held_for_years(
    issued_on: date, on: date, expected: Sequence[str]
) -> None:
    asks = replace(HEAVY_QUADRICYCLE, licence_held_years=2)
    old = Title(category=L.B, issued_on=issued_on, state=LicenceState.VERIFIED)
    new = Title(category=L.B, issued_on=on, state=LicenceState.VERIFIED)
    assert codes(Rider(born_on=ADULT, born_on_verified=True, titles=[new, old]), asks, on) == expected


def test_years_of_a_licence_are_not_asked_of_who_needs_none() -> None:
    assert codes(rider(LAST_EXEMPT), replace(MOPED, licence_held_years=5)) == []


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [(date(2008, 6, 14), []), (date(2008, 6, 15), []), (date(2008, 6, 16), ["guardian_missing"])],
)
def test_a_minor_needs_a_parent_until_the_eighteenth_birthday(born_on: date, expected: Sequence[str]) -> None:
    assert codes(replace(rider(born_on, L.B1), guardian=None), HEAVY_QUADRICYCLE) == expected


@pytest.mark.parametrize(
    ("parent", "declared_is_enough", "expected"),
    [
        (PARENT, False, []),
        (replace(PARENT, is_verified=False), False, ["guardian_not_verified"]),
        (replace(PARENT, is_verified=False), True, []),
        (replace(PARENT, is_blocked=True), False, ["guardian_blocked"]),
    ],
)
def test_the_parent_is_known_and_not_blocked(
    parent: Guardian, declared_is_enough: bool, expected: Sequence[str]
) -> None:
    requirement = replace(MOPED, declared_is_enough=declared_is_enough)
    assert codes(replace(rider(FOURTEEN_TODAY, L.AM_MOPED), guardian=parent), requirement) == expected


def test_a_blocked_account_drives_nothing() -> None:
    assert codes(replace(rider(ADULT, L.B), is_blocked=True), MOPED) == ["account_blocked"]


def test_reasons_are_plain_sentences_that_say_what_to_do_in_two_languages() -> None:
    too_young, missing, guardian = reasons(replace(rider(FOURTEEN_TOMORROW), guardian=None), LIGHT_QUADRICYCLE, TODAY)
    assert too_young.fr == "Il faut avoir 14 ans : vous pourrez conduire ce véhicule à partir du 16/06/2026."
    assert too_young.en == "You must be 14 years old: you may drive this vehicle from 16 June 2026 on."
    assert missing.fr == "Il faut un permis AM (option quadricycle léger), B1 ou B : ajoutez-le dans vos papiers."
    assert missing.en == "You need a licence AM (light quadricycle option), B1 or B: add it to your papers."
    assert guardian.fr.startswith("Vous êtes mineur : invitez dans votre profil un parent")
    (waiting,) = reasons(rider(ADULT, L.B, state=LicenceState.DECLARED), MOPED, TODAY)
    assert waiting.en == "Your licence B is not verified yet: show it at the desk."
    recent = replace(HEAVY_QUADRICYCLE, licence_held_years=1)
    assert [each.fr for each in reasons(rider(ADULT, L.B), recent, TODAY)] == [
        "Il faut 1 an de permis : vous pourrez conduire ce véhicule à partir du 01/06/2027."
    ]


def test_who_may_not_drive_is_refused_with_every_reason() -> None:
    refuse_not_eligible(rider(ADULT, L.B), MOPED, TODAY)
    with pytest.raises(NotEligible) as refused:
        refuse_not_eligible(rider(FOURTEEN_TOMORROW), MOPED, TODAY)
    assert (refused.value.code, refused.value.status) == ("not_eligible", 403)
    assert [reason["code"] for reason in refused.value.facts["reasons"]] == ["too_young", "licence_missing"]
    assert refused.value.sentence("en").startswith("You may not drive this vehicle yet. You must be 14 years old: ")
    assert refused.value.sentence("fr").startswith("Vous ne pouvez pas encore conduire ce véhicule. Il faut avoir 14")
