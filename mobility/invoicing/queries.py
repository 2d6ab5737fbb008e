from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
from sqlalchemy import CursorResult, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.invoicing.rules.documents import DocumentLine, Kind
from mobility.invoicing.rules.numbers import Series
from mobility.invoicing.rules.refusals import UnknownDocument
from mobility.invoicing.tables import Document, DocumentSeries, Statement, StatementChoice
from mobility.payments.tables import LedgerTransaction
from mobility.riders.tables import Account

IS_CREDIT_NOTE = Document.kind == Kind.CREDIT_NOTE


async def get_document(session: AsyncSession, document_id: UUID) -> Document:
    """Raises `UnknownDocument`."""
    document = await session.get(Document, document_id)
    if document is None:
        raise UnknownDocument
    return document


async def get_own_document(session: AsyncSession, document_id: UUID, account_id: UUID) -> Document:
    """Raises `UnknownDocument`, for another account's too."""
    document = await get_document(session, document_id)
    if document.account_id != account_id:
        raise UnknownDocument
    return document


async def list_documents(
    session: AsyncSession, account_id: UUID, *, limit: int, after: UUID | None
) -> Sequence[Document]:
    """An account's documents, newest first."""
    mine = select(Document).where(Document.account_id == account_id).order_by(Document.id.desc()).limit(limit)
    if after is not None:
        mine = mine.where(Document.id < after)
    return (await session.scalars(mine)).all()


async def find_receipt(session: AsyncSession, reference_id: UUID, account_id: UUID) -> Document | None:
    """The receipt that an account has of a sale: the last one, if it was corrected."""
    mine = select(Document).where(Document.reference_id == reference_id, Document.account_id == account_id)
    return await session.scalar(mine.where(~IS_CREDIT_NOTE).order_by(Document.id.desc()).limit(1))


async def lock_document(session: AsyncSession, document_id: UUID) -> Document:
    """A document that nobody else corrects until this transaction ends. Raises `UnknownDocument`."""
    mine = select(Document).where(Document.id == document_id).with_for_update()
    document = await session.scalar(mine)
    if document is None:
        raise UnknownDocument
    return document


async def left_to_credit(session: AsyncSession, receipt: Document) -> int:
    """Cents of a receipt that no credit note has taken back."""
    notes = select(func.coalesce(func.sum(Document.total_cents), 0))
    credited = await session.scalar(notes.where(Document.corrects_id == receipt.id, IS_CREDIT_NOTE))
    return receipt.total_cents + (credited or 0)


async def find_receipt_to_credit(session: AsyncSession, reference_id: UUID) -> Document | None:
    """The receipt of a sale that is not all credited, the newest if there are several; nobody else corrects it."""
    about = select(Document).where(Document.reference_id == reference_id, Document.kind == Kind.RECEIPT)
    for receipt in await session.scalars(about.order_by(Document.id.desc()).with_for_update()):
        if await left_to_credit(session, receipt):
            return receipt
    return None


async def is_refund_uncredited(session: AsyncSession, refund_id: UUID) -> bool:
    """Whether a refund took something earned back, and no document is about it."""
    booked = exists().where(LedgerTransaction.key == f"refund:{refund_id}")
    credited = exists().where(Document.cause_id == refund_id)
    return bool(await session.scalar(select(and_(booked, ~credited))))


def lines_of(document: Document) -> tuple[DocumentLine, ...]:
    return msgspec.convert(document.lines, tuple[DocumentLine, ...])


async def list_waiting_series(session: AsyncSession, until: datetime) -> list[Series]:
    """Series with documents issued by `until` that have no number."""
    waiting = select(Document.city_id, Document.kind, Document.year).distinct()
    rows = await session.execute(waiting.where(Document.number.is_(None), Document.issued_at <= until))
    return sorted((Series(city_id, Kind(kind), year) for city_id, kind, year in rows), key=_in_order)


def _in_order(series: Series) -> tuple[str, str, int]:
    return series.city_id, series.kind, series.year


async def is_alone(session: AsyncSession) -> bool:
    """Whether no other worker gives numbers now; none will until this transaction ends."""
    alone = select(func.pg_try_advisory_xact_lock(func.hashtext("document numbers")))
    return bool(await session.scalar(alone))


async def lock_last_number(session: AsyncSession, series: Series) -> int:
    """The last number given in the series, 0 before the first."""
    key = {"city_id": series.city_id, "kind": series.kind, "year": series.year}
    await session.execute(insert(DocumentSeries).values(last_number=0, **key).on_conflict_do_nothing())
    mine = select(DocumentSeries.last_number).filter_by(**key).with_for_update()
    return (await session.execute(mine)).scalar_one()


async def number_waiting(
    session: AsyncSession, series: Series, *, last: int, until: datetime, now: datetime, limit: int
) -> Sequence[UUID]:
    """Give the numbers after `last`, in the order of issue; the ids of those who got one, in that order."""
    waiting = (
        select(Document.id, func.row_number().over(order_by=(Document.issued_at, Document.id)).label("place"))
        .where(Document.city_id == series.city_id, Document.kind == series.kind, Document.year == series.year)
        .where(Document.number.is_(None), Document.issued_at <= until)
        .order_by(Document.issued_at, Document.id)
        .limit(limit)
        .cte("waiting")
    )
    given = (
        update(Document)
        .where(Document.id == waiting.c.id)
        .values(number=last + waiting.c.place, numbered_at=now)
        .returning(Document.id, Document.number)
        .execution_options(synchronize_session=False)
    )
    rows = (await session.execute(given)).all()
    return [document_id for document_id, _ in sorted(rows, key=lambda row: row.number)]


async def keep_last_number(session: AsyncSession, series: Series, last: int) -> None:
    kept = update(DocumentSeries).filter_by(city_id=series.city_id, kind=series.kind, year=series.year)
    await session.execute(kept.values(last_number=last).execution_options(synchronize_session=False))


async def list_selling_cities(session: AsyncSession) -> Sequence[str]:
    """Cities where documents were numbered."""
    return (await session.scalars(select(DocumentSeries.city_id).distinct().order_by(DocumentSeries.city_id))).all()


async def list_without_statement(session: AsyncSession, city_id: str, month: date, *, limit: int) -> Sequence[UUID]:
    """Accounts due a statement of the month: with documents in it, all numbered, an e-mail address and no objection."""
    stated = exists().where(Statement.account_id == Account.id, Statement.city_id == city_id, Statement.month == month)
    objected = exists().where(StatementChoice.account_id == Account.id, StatementChoice.wanted.is_(False))
    due = (
        _issued_in(select(Account.id).join(Document, Document.account_id == Account.id), city_id, month)
        .where(Account.email.is_not(None), ~stated, ~objected)
        .group_by(Account.id)
        .having(func.bool_and(Document.number.is_not(None)))
        .order_by(Account.id)
        .limit(limit)
    )
    return (await session.scalars(due)).all()


async def list_of_month(session: AsyncSession, account_id: UUID, city_id: str, month: date) -> Sequence[Document]:
    """An account's documents issued in a month of the city's calendar, in that order."""
    mine = _issued_in(select(Document).where(Document.account_id == account_id), city_id, month)
    return (await session.scalars(mine.order_by(Document.issued_at, Document.id))).all()


def _issued_in(documents: Select[Any], city_id: str, month: date) -> Select[Any]:
    following = (month + timedelta(days=31)).replace(day=1)
    return documents.where(Document.city_id == city_id, Document.issued_on >= month, Document.issued_on < following)


async def is_stating_alone(session: AsyncSession) -> bool:
    """Whether no other worker writes statements now; none will until this transaction ends."""
    alone = select(func.pg_try_advisory_xact_lock(func.hashtext("monthly statements")))
    return bool(await session.scalar(alone))


async def wants_statements(session: AsyncSession, account_id: UUID) -> bool:
    """Whether the rider gets the monthly statement: unless they said no."""
    choice = await session.get(StatementChoice, account_id)
    return choice is None or choice.wanted


async def drop_documents(session: AsyncSession, *, before_year: int) -> int:
    """Drop the documents of years long gone; one stays as long as one that corrects it. How many went."""
    later = aliased(Document)
    old = delete(Document).where(Document.year < before_year)
    dropped = await session.execute(old.where(~exists().where(later.corrects_id == Document.id)))
    return cast("CursorResult[Any]", dropped).rowcount


async def list_gaps(session: AsyncSession) -> list[str]:
    """What must never be: a series whose numbers are not one after the other up to the last one given."""
    series, numbers = DocumentSeries, Document.number
    counted = (
        select(series.city_id, series.kind, series.year, series.last_number)
        .join(Document, and_(Document.city_id == series.city_id, Document.kind == series.kind))
        .where(Document.year == series.year)
        .group_by(series.city_id, series.kind, series.year)
        .having(or_(func.max(numbers) != series.last_number, func.count(numbers) != func.max(numbers)))
    )
    return [f"{city_id}, {kind}s of {year}" for city_id, kind, year, _ in await session.execute(counted)]


async def count_unnumbered(session: AsyncSession, before: datetime) -> int:
    """Documents issued before that instant that still wait for their number."""
    waiting = select(func.count()).where(Document.number.is_(None), Document.issued_at < before)
    return (await session.execute(waiting)).scalar_one()
