"""Money on its way back."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.payments import queries
from mobility.payments.ports import Refunded, RefundRefused
from mobility.payments.rules.ledger import capture_postings, refund_postings, repaid_postings
from mobility.payments.rules.refusals import PaymentNotCaptured, RefundTooHigh
from mobility.payments.rules.retries import retry_at
from mobility.payments.service.books import Fact, post
from mobility.payments.tables import Refund


async def refund(
    session: AsyncSession, clock: Clock, *, payment_id: UUID, cents: int, reason: str, operator_id: UUID
) -> Refund:
    """Owe a rider part or all of a collected payment again, and send it back.

    Raises
    ------
    UnknownPayment, PaymentNotCaptured, RefundTooHigh
    """
    payment = await queries.lock_payment(session, payment_id)
    if payment.state != "captured" or payment.gateway_reference is None:
        raise PaymentNotCaptured
    left = payment.amount_cents - await queries.refunded_cents(session, payment)
    if cents > left:
        raise RefundTooHigh(left_cents=left)
    now = clock.now()
    asked = Refund(
        payment_id=payment.id,
        movement=payment.gateway_reference,
        amount_cents=cents,
        reason=reason,
        operator_id=operator_id,
        due_at=now,
        created_at=now,
    )
    session.add(asked)
    await session.flush()
    fact = Fact(f"refund:{asked.id}", "refund", payment.city_id, payment.reference_id, now)
    entries = refund_postings(
        Money(cents, payment.currency), payment.vat_percent, account_id=payment.account_id, city_id=payment.city_id
    )
    await post(session, fact, entries, payment.currency)
    return asked


@dataclass(frozen=True, slots=True)
class RefundDue:
    """A refund leased to one worker."""

    refund_id: UUID
    movement: str
    amount: Money

    @property
    def key(self) -> str:
        return f"refund:{self.refund_id}"


async def lease_refund(session: AsyncSession, clock: Clock) -> RefundDue | None:
    due = await queries.lock_next_refund(session, clock.now())
    if due is None:
        return None
    due.attempts += 1
    due.due_at = retry_at(clock.now(), attempts=due.attempts)
    payment = await queries.get_payment(session, due.payment_id)
    return RefundDue(due.id, due.movement, Money(due.amount_cents, payment.currency))


async def record_refund(
    session: AsyncSession, clock: Clock, due: RefundDue, answer: Refunded | RefundRefused, *, gateway: str
) -> bool:
    """Write down what became of a refund; False if that was done before.

    A refusal leaves the money owed to the rider in the ledger: the doctor names it, and a person finds another way.
    """
    refund = await queries.lock_refund(session, due.refund_id)
    if refund.state != "pending":
        return False
    refund.settled_at = clock.now()
    match answer:
        case RefundRefused(code):
            refund.state, refund.refusal_code = "refused", code
        case Refunded(reference):
            refund.state, refund.gateway_reference = "done", reference
            await _post_repaid(session, refund, due.amount, gateway)
    await session.flush()
    return True


async def _post_repaid(session: AsyncSession, refund: Refund, amount: Money, gateway: str) -> None:
    payment = await queries.get_payment(session, refund.payment_id)
    at = refund.settled_at or refund.created_at
    if refund.movement != payment.gateway_reference:
        # What was collected twice never was in the books: in and out again, so that the till is the gateway's.
        came = Fact(f"surplus:{refund.movement}", "capture", payment.city_id, payment.reference_id, at)
        await post(
            session, came, capture_postings(amount, account_id=payment.account_id, gateway=gateway), amount.currency
        )
    back = Fact(f"repaid:{refund.id}", "repayment", payment.city_id, payment.reference_id, at)
    entries = repaid_postings(amount, account_id=payment.account_id, gateway=gateway)
    await post(session, back, entries, amount.currency)
