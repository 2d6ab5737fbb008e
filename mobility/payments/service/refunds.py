"""Money on its way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.db import outbox
from mobility.payments import queries
from mobility.payments.events import RefundDone
from mobility.payments.ports import Refunded, RefundRefused
from mobility.payments.rules import ledger
from mobility.payments.rules.refunds import Source, ways_back
from mobility.payments.rules.refusals import PaymentDisputed, PaymentNotCaptured, RefundTooHigh
from mobility.payments.rules.retries import retry_at
from mobility.payments.service.books import Fact, post
from mobility.payments.tables import Payment, Refund


async def refund(
    session: AsyncSession, clock: Clock, *, payment_id: UUID, cents: int, reason: str, operator_id: UUID | None
) -> list[Refund]:
    """Owe a rider part or all of a collected payment again, and send it back to where it came from.

    The card gets up to what it paid, then the rider's credit: one refund for each way back.

    Raises
    ------
    UnknownPayment, PaymentNotCaptured, PaymentDisputed, RefundTooHigh
    """
    payment = await queries.lock_payment(session, payment_id)
    if payment.state != "captured":
        raise PaymentNotCaptured
    dispute = await queries.find_dispute(session, payment_id)
    if dispute is not None and dispute.state != "won":
        raise PaymentDisputed
    sources = await _sources(session, payment)
    if cents > (left := sum(source.left_cents for source in sources)):
        raise RefundTooHigh(left_cents=left)
    asked, given = [], payment.amount_cents + payment.credit_cents - left
    for way in ways_back(cents, sources):
        asked.append(await _ask(session, clock, payment, way, reason, operator_id, given))
        given += way.left_cents
    return asked


async def _sources(session: AsyncSession, payment: Payment) -> list[Source]:
    """What of a payment can still go back: to the card first, and never more to it than it paid."""
    movements = await queries.list_movements(session, payment)
    given = await queries.list_given_back(session, payment, [each.reference for each in movements])
    on_card = payment.amount_cents - _sum(each for each in given if each.payment_id == payment.id and each.movement)
    sources = []
    for movement in movements:
        left = movement.amount_cents - _sum(each for each in given if each.movement == movement.reference)
        sources.append(Source(movement.reference, min(left, on_card)))
        on_card -= sources[-1].left_cents
    in_credit = payment.credit_cents - _sum(each for each in given if each.movement is None)
    return [*sources, Source(None, in_credit)]


def _sum(refunds: Iterable[Refund]) -> int:
    return sum(each.amount_cents for each in refunds)


async def _ask(
    session: AsyncSession,
    clock: Clock,
    payment: Payment,
    way: Source,
    reason: str,
    operator_id: UUID | None,
    given: int,
) -> Refund:
    now = clock.now()
    asked = Refund(
        payment_id=payment.id,
        movement=way.reference,
        amount_cents=way.left_cents,
        reason=reason,
        operator_id=operator_id,
        due_at=now,
        created_at=now,
    )
    session.add(asked)
    await session.flush()
    fact = Fact(f"refund:{asked.id}", "refund", payment.city_id, payment.reference_id, now)
    amount = Money(way.left_cents, payment.currency)
    entries = ledger.refund_postings(
        amount,
        charged_cents=payment.amount_cents + payment.credit_cents,
        vat_cents=payment.vat_cents,
        given_cents=given,
        account_id=payment.account_id,
        city_id=payment.city_id,
    )
    await post(session, fact, entries, payment.currency)
    if way.reference is None:
        entries = ledger.spend_postings(-amount, account_id=payment.account_id)
        await _done(session, clock, payment, asked, entries)
    return asked


async def _done(
    session: AsyncSession, clock: Clock, payment: Payment, refund: Refund, entries: Sequence[ledger.Entry]
) -> None:
    """The money is back."""
    refund.state, refund.settled_at = "done", clock.now()
    amount = Money(refund.amount_cents, payment.currency)
    back = Fact(f"repaid:{refund.id}", "repayment", payment.city_id, payment.reference_id, refund.settled_at)
    await post(session, back, entries, amount.currency)
    told = RefundDone(
        refund_id=refund.id,
        payment_id=payment.id,
        reference_id=payment.reference_id,
        kind=payment.kind,
        account_id=payment.account_id,
        city_id=payment.city_id,
        amount=amount,
        at=refund.settled_at,
    )
    await outbox.record(session, clock, told)


@dataclass(frozen=True, slots=True)
class RefundDue:
    """A refund leased to one worker."""

    refund_id: UUID
    payment_id: UUID
    movement: str
    amount: Money
    again: bool

    @property
    def key(self) -> str:
        return f"refund:{self.refund_id}"


async def lease_refund(session: AsyncSession, clock: Clock) -> RefundDue | None:
    due = await queries.lock_next_refund(session, clock.now())
    if due is None or due.movement is None:
        return None
    due.attempts += 1
    due.due_at = retry_at(clock.now(), attempts=due.attempts)
    payment = await queries.get_payment(session, due.payment_id)
    return RefundDue(
        due.id, payment.id, due.movement, Money(due.amount_cents, payment.currency), again=due.attempts > 1
    )


async def record_refund(
    session: AsyncSession, clock: Clock, due: RefundDue, answer: Refunded | RefundRefused, *, gateway: str
) -> bool:
    """Write down what became of a refund; False if that was done before.

    A refusal leaves the money owed to the rider in the ledger: the decision of a dispute gives it back, and of anything
    else the doctor names it, and a person finds another way.
    """
    await queries.lock_payment(session, due.payment_id)
    refund = await queries.lock_refund(session, due.refund_id)
    if refund.state != "pending":
        return False
    match answer:
        case RefundRefused(code):
            refund.state, refund.refusal_code, refund.settled_at = "refused", code, clock.now()
            await session.flush()
            await settle_disputed(session, clock, due.payment_id)
        case Refunded(reference):
            refund.gateway_reference = reference
            await _repaid(session, clock, refund, due, gateway)
    await session.flush()
    return True


async def settle_disputed(session: AsyncSession, clock: Clock, payment_id: UUID) -> None:
    """Give back what was refused because the payment was disputed, once the bank has decided.

    A dispute that was lost has given it to the rider. After one that was won it becomes credit: the card has refused.
    The caller keeps the payment locked.
    """
    dispute = await queries.find_dispute(session, payment_id)
    if dispute is None or dispute.state == "open":
        return
    payment = await queries.get_payment(session, payment_id)
    for refund in await queries.lock_disputed_refunds(session, payment_id):
        amount = Money(refund.amount_cents, payment.currency)
        if dispute.state == "lost":
            entries = ledger.repaid_by_bank_postings(amount, account_id=payment.account_id, city_id=payment.city_id)
        else:
            refund.movement = None
            entries = ledger.spend_postings(-amount, account_id=payment.account_id)
        await _done(session, clock, payment, refund, entries)


async def _repaid(session: AsyncSession, clock: Clock, refund: Refund, due: RefundDue, gateway: str) -> None:
    payment = await queries.get_payment(session, refund.payment_id)
    entries = ledger.repaid_postings(due.amount, account_id=payment.account_id, gateway=gateway)
    if await queries.find_movement(session, due.movement) is None:
        # What was collected twice never was in the books: in and out again, so that the till is the gateway's.
        fact = Fact(f"surplus:{due.movement}", "capture", payment.city_id, payment.reference_id, clock.now())
        came = ledger.capture_postings(due.amount, account_id=payment.account_id, gateway=gateway)
        await post(session, fact, came, due.amount.currency)
    await _done(session, clock, payment, refund, entries)
