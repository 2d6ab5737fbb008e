from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.invoicing.rules.credits import credit_lines
from mobility.invoicing.rules.documents import DocumentLine, Kind, VatTotal, priced, total_cents, vat_totals
from mobility.invoicing.rules.numbers import written

RATES = ("0", "5.5", "10", "20")


def line(cents: int, vat_percent: str = "20", quantity: int = 1) -> DocumentLine:
    return priced({"fr": "Conduite"}, quantity, {"fr": "min"}, cents, Decimal(vat_percent))


lines = st.lists(st.builds(line, st.integers(1, 50_000), st.sampled_from(RATES)), min_size=1, max_size=6)


def test_vat_is_rounded_once_a_line_and_totals_are_sums_of_lines() -> None:
    # 0.50 € at 20 %: 8.33 cents, so 8; of 1.00 € together it would be 17.
    assert vat_totals([line(50), line(50)]) == (VatTotal(percent=Decimal(20), net_cents=84, vat_cents=16),)


def test_half_a_cent_of_vat_is_rounded_up() -> None:
    assert line(3).vat_cents == 1  # 0.5


def test_each_rate_has_its_total_the_lowest_first() -> None:
    found = vat_totals([line(1200), line(1055, "5.5"), line(600)])
    assert [(str(rate.percent), rate.net_cents, rate.vat_cents) for rate in found] == [
        ("5.5", 1000, 55),
        ("20", 1500, 300),
    ]


@given(lines)
def test_net_and_vat_of_all_rates_are_the_total(sold: list[DocumentLine]) -> None:
    assert sum(rate.net_cents + rate.vat_cents for rate in vat_totals(sold)) == total_cents(sold)


@given(lines)
def test_a_whole_credit_leaves_nothing_not_even_of_the_vat(sold: list[DocumentLine]) -> None:
    both = [*sold, *credit_lines(sold, total_cents(sold))]
    assert all(rate.net_cents == rate.vat_cents == 0 for rate in vat_totals(both))


@given(lines, st.data())
def test_a_partial_credit_is_of_what_was_asked(sold: list[DocumentLine], data: st.DataObject) -> None:
    cents = data.draw(st.integers(1, total_cents(sold)))
    assert total_cents(credit_lines(sold, cents)) == -cents


@given(lines, st.lists(st.integers(1, 10_000), max_size=5))
def test_partial_credits_of_all_leave_nothing_not_even_of_the_vat(sold: list[DocumentLine], parts: list[int]) -> None:
    total, credited, notes = total_cents(sold), 0, []
    for cents in [*parts, total]:
        taken = min(cents, total - credited)
        notes += credit_lines(sold, taken, credited_cents=credited) if taken else []
        credited += taken
    assert all(rate.net_cents == rate.vat_cents == 0 for rate in vat_totals([*sold, *notes]))


def test_a_partial_credit_of_two_rates_is_in_proportion() -> None:
    (low, normal) = credit_lines([line(1000, "5.5"), line(3000, "20")], 401)
    assert (low.cents, normal.cents) == (-100, -301)


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        (Kind.RECEIPT, 123, "2026-000123"),
        (Kind.CREDIT_NOTE, 7, "A2026-000007"),
        (Kind.RECEIPT, 1_234_567, "2026-1234567"),
    ],
)
def test_a_number_is_written_with_its_year(kind: Kind, number: int, text: str) -> None:
    assert written(kind, 2026, number) == text
