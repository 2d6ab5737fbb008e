from decimal import Decimal

import pytest

from mobility.base.money import Money, cents_from_decimal


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(1990, "EUR") + Money(10, "EUR") - Money(500, "EUR") == Money(1500, "EUR")
    assert -Money(5, "EUR") == Money(-5, "EUR")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="cannot mix EUR and CHF"):
        Money(1, "EUR") + Money(1, "CHF")


@pytest.mark.parametrize(("amount", "cents"), [("0.005", 1), ("0.004", 0), ("-0.005", -1), ("19.9", 1990)])
def test_half_a_cent_rounds_away_from_zero(amount: str, cents: int) -> None:
    assert cents_from_decimal(Decimal(amount)) == cents
