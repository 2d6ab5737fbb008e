from uuid import UUID

import pytest

from mobility.console.rules.words import DocumentNumber, document_number, ids_from, person
from mobility.invoicing.rules.documents import Kind


def test_the_beginning_of_an_id_stands_for_all_that_begin_so() -> None:
    assert ids_from("0198A000-00") == (
        UUID("0198a000-0000-0000-0000-000000000000"),
        UUID("0198a000-00ff-ffff-ffff-ffffffffffff"),
    )
    whole = UUID("0198a000-0000-7000-8000-000000000001")
    assert ids_from(f" {whole} ") == (whole, whole)


@pytest.mark.parametrize("text", ["0198a00", "0198a000-0000-7000-8000-0000000000011", "lea@example.fr", "B-001", ""])
def test_too_few_digits_too_many_or_other_letters_begin_no_id(text: str) -> None:
    assert ids_from(text) is None


def test_a_number_is_read_as_it_stands_on_paper() -> None:
    assert document_number(" 2026-000123") == DocumentNumber(Kind.RECEIPT, 2026, 123)
    assert document_number("a2026-7") == DocumentNumber(Kind.CREDIT_NOTE, 2026, 7)
    assert document_number("B-001") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("06 12 34 56 78", "612345678"),
        ("+33 6 12 34", "3361234"),
        ("12.34", "1234"),
        (" Léa Martin ", "Léa Martin"),
        ("123", "123"),
        ("lea2024@example.fr", "lea2024@example.fr"),
    ],
)
def test_of_a_phone_number_the_digits_count_that_are_dialled_from_anywhere(typed: str, meant: str) -> None:
    assert person(typed) == meant
