"""What rides cost, from the debt to the money: leased by a worker, asked of the gateway, written down."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.db import outbox
from mobility.payments import queries
from mobility.payments.events import PaymentDeclined
from mobility.payments.ports import Captured, Declined, HolderAsked, Means
from mobility.payments.rules import dunning
from mobility.payments.rules.ledger import capture_postings, charge_postings
from mobility.payments.rules.refusals import PaymentNotDue
from mobility.payments.rules.retries import retry_at
from mobility.payments.service.books import Fact, post
from mobility.payments.tables import Payment, Refund

AUTHENTICATION_REQUIRED = "authentication_required"


async def charge(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    total: Money,
    vat_percent: Decimal,
) -> Payment | None:
    """Write down what a rental costs and that it is to be collected; None when it costs nothing.

    A rental is charged once: charging it again answers with the same payment, another amount is a ValueError.
    """
    if not total.cents:
        return None
    entries = charge_postings(total, vat_percent, account_id=account_id, city_id=city_id)
    fact = Fact(f"rental:{reference_id}", "rental", city_id, reference_id, clock.now())
    if not await post(session, fact, entries, total.currency):
        return await _charged(session, reference_id, total)
    payment = Payment(
        account_id=account_id,
        city_id=city_id,
        reference_id=reference_id,
        amount_cents=total.cents,
        currency=total.currency,
        vat_percent=vat_percent,
        due_at=fact.at,
        created_at=fact.at,
    )
    session.add(payment)
    await session.flush()
    return payment


@dataclass(frozen=True, slots=True)
class Due:
    """A payment leased to one worker: nobody else asks the gateway until the lease is over.

    `present_at` is set when the rider is there to answer their bank; `open_reference` is a movement of an earlier try
    that must be given up first.
    """

    payment_id: UUID
    account_id: UUID
    amount: Money
    declines: int
    means: Means | None
    present_at: str | None
    open_reference: str | None

    @property
    def key(self) -> str:
        """What the gateway knows this try by, however often it is asked."""
        return f"payment:{self.payment_id}:{self.declines}"


async def lease_due(session: AsyncSession, clock: Clock, *, gateway: str) -> Due | None:
    """Take the payment that is due longest; if no answer is written down, it is due again when the lease ends."""
    payment = await queries.lock_next_due(session, clock.now())
    if payment is None:
        return None
    payment.attempts += 1
    payment.due_at = retry_at(clock.now(), attempts=payment.attempts)
    return Due(
        payment.id,
        payment.account_id,
        Money(payment.amount_cents, payment.currency),
        payment.declines,
        await queries.find_means(session, payment.account_id, gateway=gateway),
        payment.present_at,
        payment.open_reference,
    )


async def record_answer(
    session: AsyncSession, clock: Clock, due: Due, answer: Captured | Declined | HolderAsked, *, gateway: str
) -> bool:
    """Write down the gateway's answer and, for money that came, its ledger lines; False if that was done before.

    After a decline the rider's debt stays in the ledger, and the payment is tried again as `dunning` says.
    """
    payment = await queries.lock_payment(session, due.payment_id)
    if isinstance(answer, Captured):
        return await take(session, clock, payment, answer.reference, gateway=gateway)
    if payment.state != "pending" or payment.declines != due.declines:
        return False
    if isinstance(answer, HolderAsked):
        payment.open_reference, payment.action_url = answer.reference, answer.url
        await _decline(session, clock, payment, AUTHENTICATION_REQUIRED)
    else:
        payment.open_reference = payment.action_url = None
        await _decline(session, clock, payment, answer.code)
    await session.flush()
    return True


async def take(session: AsyncSession, clock: Clock, payment: Payment, reference: str, *, gateway: str) -> bool:
    """Write down that money came; False if it is known. The caller holds the payment's lock.

    Money that comes a second time for the same payment is sent back.
    """
    if payment.state == "captured":
        if payment.gateway_reference != reference:
            await _send_back(session, clock, payment, reference)
        return False
    payment.state, payment.gateway_reference, payment.settled_at = "captured", reference, clock.now()
    payment.decline_code = payment.next_try_at = None
    payment.present_at = payment.open_reference = payment.action_url = None
    amount = Money(payment.amount_cents, payment.currency)
    fact = Fact(f"payment:{payment.id}", "capture", payment.city_id, payment.reference_id, payment.settled_at)
    await post(session, fact, capture_postings(amount, account_id=payment.account_id, gateway=gateway), amount.currency)
    await session.flush()
    return True


async def pay_again(
    session: AsyncSession, clock: Clock, *, account_id: UUID, payment_id: UUID, present_at: str
) -> Payment:
    """The rider is there and wants a declined payment tried again now, with the card they saved last.

    Raises
    ------
    UnknownPayment, PaymentNotDue
    """
    payment = await queries.lock_own_payment(session, payment_id, account_id)
    if payment.state == "captured":
        raise PaymentNotDue(state=payment.state)
    if payment.state == "declined":
        _due_again(payment, clock.now())
        payment.present_at = present_at
    await session.flush()
    return payment


async def retry_declined(session: AsyncSession, clock: Clock) -> int:
    """Make due again what is tried again by itself; how many."""
    payments = await queries.lock_next_tries(session, clock.now())
    for payment in payments:
        _due_again(payment, clock.now())
    await session.flush()
    return len(payments)


def _due_again(payment: Payment, now: datetime) -> None:
    payment.state, payment.due_at, payment.attempts = "pending", now, 0
    payment.settled_at = payment.decline_code = payment.next_try_at = payment.present_at = None
    payment.action_url = None


async def _decline(session: AsyncSession, clock: Clock, payment: Payment, code: str) -> None:
    now = clock.now()
    payment.declines += 1
    payment.state, payment.decline_code, payment.settled_at = "declined", code, now
    payment.next_try_at = dunning.next_try(code, declines=payment.declines, now=now)
    told = PaymentDeclined(
        payment_id=payment.id,
        account_id=payment.account_id,
        city_id=payment.city_id,
        amount=Money(payment.amount_cents, payment.currency),
        remedy=dunning.remedy(code),
        at=now,
    )
    await outbox.record(session, clock, told)


async def _send_back(session: AsyncSession, clock: Clock, payment: Payment, reference: str) -> None:
    if await queries.is_sent_back(session, reference):
        return
    now = clock.now()
    session.add(
        Refund(
            payment_id=payment.id,
            movement=reference,
            amount_cents=payment.amount_cents,
            reason="collected twice",
            due_at=now,
            created_at=now,
        )
    )
    await session.flush()


async def _charged(session: AsyncSession, reference_id: UUID, total: Money) -> Payment | None:
    payment = await queries.find_payment(session, reference_id)
    if payment is not None and Money(payment.amount_cents, payment.currency) != total:
        raise ValueError(f"the rental {reference_id} was charged {payment.amount_cents} cents, not {total.cents}")
    return payment
