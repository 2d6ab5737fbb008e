from datetime import date

import pytest

from mobility.riders.rules.profiles import BirthDateImplausible, BirthDateVerified, refuse_birth_date

TODAY = date(2026, 6, 15)
KNOWN = date(1994, 11, 23)


def test_a_declared_date_of_birth_can_be_corrected() -> None:
    refuse_birth_date(date(1994, 11, 24), known=KNOWN, is_verified=False, today=TODAY)


def test_a_verified_date_of_birth_stays() -> None:
    refuse_birth_date(KNOWN, known=KNOWN, is_verified=True, today=TODAY)
    with pytest.raises(BirthDateVerified) as refused:
        refuse_birth_date(date(1994, 11, 24), known=KNOWN, is_verified=True, today=TODAY)
    assert (refused.value.code, refused.value.status) == ("birth_date_verified", 409)


@pytest.mark.parametrize("born_on", [date(2026, 6, 16), date(1905, 6, 15), date.min])
def test_a_date_of_birth_that_nobody_alive_has_is_refused(born_on: date) -> None:
    with pytest.raises(BirthDateImplausible):
        refuse_birth_date(born_on, known=None, is_verified=False, today=TODAY)


@pytest.mark.parametrize("born_on", [TODAY, date(1905, 6, 16)])
def test_the_youngest_and_the_oldest_are_born_on_possible_days(born_on: date) -> None:
    refuse_birth_date(born_on, known=None, is_verified=False, today=TODAY)
