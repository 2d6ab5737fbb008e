"""The ledger for accountants: by HTTP and by the command, to the cent what the database holds."""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from mobility.payments.rules.accounting import FEC_COLUMNS
from mobility.payments.rules.refusals import PeriodWrong
from mobility.payments.service import exports
from mobility.payments.service.exports import ledger_csv, ledger_fec, period_of
from mobility.payments.tables import LedgerAccount, LedgerEntry

PARIS = ZoneInfo("Europe/Paris")


async def balances(books):
    """Debits and credits of each kind of account, as the database sums them."""
    cents = LedgerEntry.amount_cents
    sums = [func.coalesce(func.sum(each).filter(each > 0), 0) for each in (cents, -cents)]
    by_kind = select(LedgerAccount.kind, *sums).join(LedgerEntry).group_by(LedgerAccount.kind)
    async with books.sessions() as session:
        return {kind: (int(debit), int(credit)) for kind, debit, credit in await session.execute(by_kind)}


async def text_of(lines):
    return "".join([part async for part in lines])


def summed(rows, account, debit, credit, point="."):
    sums = defaultdict(lambda: [0, 0])
    for row in rows:
        for place, column in enumerate((debit, credit)):
            sums[row[account]][place] += int(Decimal(row[column].replace(point, ".")) * 100)
    return {kind: tuple(pair) for kind, pair in sums.items()}


async def test_the_csv_is_the_ledger_to_the_cent(books, month):
    rows = list(csv.DictReader(io.StringIO(await text_of(ledger_csv(books.sessions, month)))))
    assert summed(rows, "account", "debit", "credit") == await balances(books)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert len({row["transaction"] for row in rows}) == len({row["key"] for row in rows})


async def test_pages_of_an_export_neither_lose_nor_repeat_a_line(books, month, monkeypatch):
    whole = [await text_of(lines(books.sessions, month)) for lines in (ledger_csv, ledger_fec)]
    monkeypatch.setattr(exports, "PAGE", 2)
    assert [await text_of(lines(books.sessions, month)) for lines in (ledger_csv, ledger_fec)] == whole


async def test_the_tax_offices_file_balances_entry_by_entry_and_is_the_ledger(books, month):
    text = await text_of(ledger_fec(books.sessions, month))
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert tuple(rows[0]) == FEC_COLUMNS
    ours = await balances(books)
    assert sorted(summed(rows, "CompteNum", "Debit", "Credit", ",").values()) == sorted(ours.values())
    for debit, credit in summed(rows, "EcritureNum", "Debit", "Credit", ",").values():
        assert debit == credit
    numbers = [int(row["EcritureNum"]) for row in rows]
    assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert numbers == sorted(numbers)
    assert [row["EcritureDate"] for row in rows] == sorted(row["EcritureDate"] for row in rows)


async def test_a_day_is_the_citys_own(books):
    books.clock.advance(timedelta(hours=13, minutes=59, seconds=59))  # a second before midnight in Paris
    await books.charge(100)
    books.clock.advance(timedelta(seconds=1))
    await books.charge(200)
    fifteenth, sixteenth = (
        period_of(day, day, zone=PARIS, city_id=books.city) for day in (date(2026, 6, 15), date(2026, 6, 16))
    )
    for period, debit in ((fifteenth, "1.00"), (sixteenth, "2.00")):
        rows = list(csv.DictReader(io.StringIO(await text_of(ledger_csv(books.sessions, period)))))
        assert [row["debit"] for row in rows if row["account"] == "rider"] == [debit]


@pytest.mark.parametrize(("first", "last"), [("2026-06-02", "2026-06-01"), ("2026-01-01", "2027-01-02")])
def test_a_period_is_forwards_and_a_year_at_most(first, last):
    with pytest.raises(PeriodWrong) as refused:
        period_of(date.fromisoformat(first), date.fromisoformat(last), zone=PARIS, city_id=None)
    assert refused.value.code == "period_wrong"


async def test_the_trial_balance_balances_each_day(books, month):
    from mobility.payments.queries import trial_balance

    totals = await books.ask(trial_balance, month)
    assert len({total.day for total in totals}) > 2
    for day in {total.day for total in totals}:
        assert sum(total.debit_cents - total.credit_cents for total in totals if total.day == day) == 0
    sums = defaultdict(lambda: [0, 0])
    for total in totals:
        sums[total.account][0] += total.debit_cents
        sums[total.account][1] += total.credit_cents
    assert {kind: tuple(pair) for kind, pair in sums.items()} == await balances(books)
