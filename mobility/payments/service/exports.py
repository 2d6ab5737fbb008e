"""The ledger for accountants, as text that grows page by page: a year is never in memory at once."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mobility.db.session import Sessions
from mobility.payments import queries
from mobility.payments.queries import Period
from mobility.payments.rules.accounting import CSV_COLUMNS, FEC_COLUMNS, Posting, csv_row, fec_row, numbered
from mobility.payments.rules.refusals import PeriodWrong

PAGE = 1_000
PERIOD_MAX = timedelta(days=366)
FEC_CURRENCY = "EUR"
LINE_END = "\r\n"


def period_of(first: date, last: date, *, zone: ZoneInfo, city_id: str | None) -> Period:
    """The days from `first` to `last`, both in it, on the clocks of `zone`. Raises `PeriodWrong`."""
    if not timedelta(0) <= last - first < PERIOD_MAX:
        raise PeriodWrong(days_max=PERIOD_MAX.days)
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return Period(since, until, city_id, zone)


async def ledger_csv(sessions: Sessions, period: Period) -> AsyncIterator[str]:
    """The columns of `rules.accounting.CSV_COLUMNS`, with a comma between."""
    yield _csv([CSV_COLUMNS])
    async for page in _pages(sessions, period):
        yield _csv(csv_row(posting) for posting in page)


async def ledger_fec(sessions: Sessions, period: Period) -> AsyncIterator[str]:
    """The file of entries in euros that the French tax office asks for: 18 columns, with a tab between."""
    yield _fec([FEC_COLUMNS])
    number, transaction = 0, None
    async for page in _pages(sessions, period):
        rows = list(numbered(_in_euros(page), last=(number, transaction)))
        if rows:
            number, transaction = rows[-1][0], rows[-1][1].transaction_id
        yield _fec(fec_row(posting, entry) for entry, posting in rows)


def _in_euros(page: Sequence[Posting]) -> list[Posting]:
    return [posting for posting in page if posting.currency == FEC_CURRENCY]


async def _pages(sessions: Sessions, period: Period) -> AsyncIterator[list[Posting]]:
    """Each page in a transaction of its own: whoever reads slowly holds no connection meanwhile."""
    page: list[Posting] = []
    while True:
        async with sessions() as session:
            page = await queries.list_postings(session, period, after=page[-1] if page else None, limit=PAGE)
        if not page:
            return
        yield page


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=LINE_END).writerows(rows)
    return text.getvalue()


def _fec(rows: Iterable[Sequence[str]]) -> str:
    """Cells as they are: the tax office knows no quotes, and `safe_cell` leaves no tab and no new line in them."""
    return "".join("\t".join(row) + LINE_END for row in rows)
