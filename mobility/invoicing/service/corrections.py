"""What was issued is corrected by further documents, never by an edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.invoicing import queries
from mobility.invoicing.rules.credits import credit_lines
from mobility.invoicing.rules.documents import DocumentLine, Kind, total_cents
from mobility.invoicing.rules.refusals import CreditTooHigh, NotAReceipt
from mobility.invoicing.service.issuing import Sale, write
from mobility.invoicing.tables import Document


@dataclass(frozen=True, slots=True)
class Correction:
    """The credit note of the whole, and the receipt that stands instead; None where nothing is to pay any more."""

    credit_note: Document
    receipt: Document | None


async def credit(
    session: AsyncSession, clock: Clock, document_id: UUID, *, cents: int, cause_id: UUID | None = None
) -> Document:
    """Take back part or all of a receipt by a credit note.

    `cause_id` is the refund that it is about: `payments` tells of that refund later, and it is not credited again.

    Raises
    ------
    UnknownDocument, NotAReceipt, CreditTooHigh
    """
    receipt = await _lock_receipt(session, document_id)
    left_cents = await queries.left_to_credit(session, receipt)
    if not 0 < cents <= left_cents:
        raise CreditTooHigh(left_cents=left_cents)
    lines = credit_lines(queries.lines_of(receipt), cents, credited_cents=receipt.total_cents - left_cents)
    return await write(session, clock, _sale(receipt), Kind.CREDIT_NOTE, lines, corrects=receipt.id, cause_id=cause_id)


async def correct(
    session: AsyncSession,
    clock: Clock,
    document_id: UUID,
    *,
    lines: Sequence[DocumentLine],
    cause_id: UUID | None = None,
) -> Correction:
    """Take a receipt back whole, and issue another one with these lines for the same sale.

    Moves no money: whoever corrects a price has `payments` refund or charge the difference in the same transaction,
    and says by `cause_id` which refund that is.

    Raises
    ------
    UnknownDocument, NotAReceipt, CreditTooHigh
        The last one where everything was credited before.
    """
    receipt = await _lock_receipt(session, document_id)
    left_cents = await queries.left_to_credit(session, receipt)
    note = await credit(session, clock, document_id, cents=left_cents, cause_id=cause_id)
    if total_cents(lines) == 0:
        return Correction(note, None)
    return Correction(note, await write(session, clock, _sale(receipt), Kind.RECEIPT, lines, corrects=receipt.id))


async def credit_refund(
    session: AsyncSession, clock: Clock, *, refund_id: UUID, reference_id: UUID, cents: int
) -> Document | None:
    """Write the credit note of a refund; None where there is one, or nothing is left to credit.

    Money that came twice and went back was never earned: the books have no refund of it, and no note is due.
    """
    receipt = await queries.find_receipt_to_credit(session, reference_id)
    if receipt is None or not await queries.is_refund_uncredited(session, refund_id):
        return None
    left_cents = await queries.left_to_credit(session, receipt)
    return await credit(session, clock, receipt.id, cents=min(cents, left_cents), cause_id=refund_id)


async def _lock_receipt(session: AsyncSession, document_id: UUID) -> Document:
    document = await queries.lock_document(session, document_id)
    if document.kind != Kind.RECEIPT:
        raise NotAReceipt
    return document


def _sale(receipt: Document) -> Sale:
    """Who sold takes back: also when the city has another operator by then."""
    return Sale(**{field: getattr(receipt, field) for field in Sale.__slots__})
