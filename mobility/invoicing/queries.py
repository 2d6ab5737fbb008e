from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.invoicing.rules.documents import DocumentLine, Kind
from mobility.invoicing.rules.numbers import Series
from mobility.invoicing.rules.refusals import UnknownDocument
from mobility.invoicing.tables import Document, DocumentSeries
from mobility.payments.tables import LedgerTransaction

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


async def list_about(session: AsyncSession, reference_id: UUID) -> Sequence[Document]:
    """Everything issued about one sale, in the order of issue."""
    about = select(Document).where(Document.reference_id == reference_id)
    return (await session.scalars(about.order_by(Document.issued_at, Document.id))).all()


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
