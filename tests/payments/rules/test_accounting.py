from datetime import UTC, datetime
from uuid import UUID

import pytest

from mobility.payments.rules.accounting import (
    CHART,
    CSV_COLUMNS,
    FEC_COLUMNS,
    Posting,
    csv_row,
    fec_row,
    journal_of,
    numbered,
    safe_cell,
)
from mobility.payments.rules.ledger import AccountKind


def posting(**changed):
    facts = {
        "id": 7,
        "transaction_id": UUID(int=1),
        "at": datetime(2026, 6, 15, 8, 0, tzinfo=UTC),
        "key": "rental:1",
        "kind": "rental",
        "city_id": "arcy",
        "reference_id": UUID(int=2),
        "account": AccountKind.RIDER,
        "owner": str(UUID(int=3)),
        "currency": "EUR",
        "cents": 1990,
    }
    return Posting(**{**facts, **changed})


def test_every_kind_of_account_has_its_place_in_the_chart():
    assert set(CHART) == set(AccountKind)
    assert len({number for number, _ in CHART.values()}) == len(CHART)
    assert all(number.isdecimal() and len(number) == 6 for number, _ in CHART.values())


def test_a_line_of_csv_has_its_columns_and_a_point_in_its_amounts():
    row = dict(zip(CSV_COLUMNS, csv_row(posting()), strict=True))
    assert (row["account"], row["chart"], row["debit"], row["credit"]) == ("rider", "411000", "19.90", "0.00")
    assert row["at"] == "2026-06-15T08:00:00+00:00"
    row = dict(zip(CSV_COLUMNS, csv_row(posting(cents=-5)), strict=True))
    assert (row["debit"], row["credit"]) == ("0.00", "0.05")


def test_a_line_of_the_tax_office_has_its_eighteen_columns_and_a_comma_in_its_amounts():
    assert len(FEC_COLUMNS) == 18
    row = dict(zip(FEC_COLUMNS, fec_row(posting(), 12), strict=True))
    assert (row["JournalCode"], row["EcritureNum"], row["EcritureDate"]) == ("VE", "12", "20260615")
    assert (row["CompteNum"], row["CompteLib"], row["CompAuxNum"]) == ("411000", "Clients", str(UUID(int=3)))
    assert (row["Debit"], row["Credit"], row["PieceRef"], row["ValidDate"]) == (
        "19,90",
        "0,00",
        str(UUID(int=2)),
        "20260615",
    )
    revenue = dict(zip(FEC_COLUMNS, fec_row(posting(account=AccountKind.REVENUE, cents=-1658), 12), strict=True))
    assert (revenue["CompAuxNum"], revenue["CompAuxLib"], revenue["Credit"]) == ("", "", "16,58")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("rental", "VE"),
        ("refund", "VE"),
        ("capture", "BQ"),
        ("fee", "BQ"),
        ("credit_welcome", "OD"),
        ("write_off", "OD"),
    ],
)
def test_sales_the_bank_and_the_rest_have_journals_of_their_own(kind, code):
    assert journal_of(kind)[0] == code


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(evil):
    assert safe_cell(evil).startswith("'")


def test_no_cell_breaks_its_line():
    assert safe_cell('a;"b"\r\nc\td') == 'a;"b" c d'


def test_entries_are_numbered_without_gaps_over_pages():
    pages = [[posting(transaction_id=UUID(int=n)) for n in ns] for ns in ([1, 1, 2], [2, 3])]
    first = list(numbered(pages[0], last=(0, None)))
    rest = list(numbered(pages[1], last=(first[-1][0], first[-1][1].transaction_id)))
    assert [number for number, _ in first + rest] == [1, 1, 2, 2, 3]
