from decimal import Decimal

import pytest

from mobility.base.money import Money, cents_from_decimal, in_words


def test_amounts_of_one_currency_add_up() -> None:
    assert Money(1990, "EUR") + Money(10, "EUR") - Money(500, "EUR") == Money(1500, "EUR")
    assert -Money(5, "EUR") == Money(-5, "EUR")


def test_two_currencies_never_mix() -> None:
    with pytest.raises(ValueError, match="cannot mix EUR and CHF"):
        Money(1, "EUR") + Money(1, "CHF")


@pytest.mark.parametrize(("amount", "cents"), [("0.005", 1), ("0.004", 0), ("-0.005", -1), ("19.9", 1990)])
def test_half_a_cent_rounds_away_from_zero(amount: str, cents: int) -> None:
    assert cents_from_decimal(Decimal(amount)) == cents


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (Money(520, "EUR"), "5,20\u00a0€", "€5.20"),
        (Money(123_456_789, "EUR"), "1\u202f234\u202f567,89\u00a0€", "€1,234,567.89"),
        (Money(-5, "EUR"), "\u22120,05\u00a0€", "\u2212€0.05"),
        (Money(520, "CHF"), "5,20\u00a0CHF", "CHF\u00a05.20"),
    ],
)
def test_amounts_are_written_as_their_readers_write_them(amount: Money, french: str, english: str) -> None:
    assert (in_words(amount, "fr"), in_words(amount, "en")) == (french, english)
