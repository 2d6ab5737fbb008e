"""Debts that were too high: what nobody has paid yet is asked for no more."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.payments import queries
from mobility.payments.rules import ledger
from mobility.payments.rules.refusals import PaymentUnderWay, RefundTooHigh
from mobility.payments.rules.vat import vat_part
from mobility.payments.service.books import Fact, post
from mobility.payments.service.charges import settle
from mobility.payments.tables import Payment


async def waive(session: AsyncSession, clock: Clock, *, payment_id: UUID, cents: int) -> Payment:
    """Reverse part or all of what is still to be collected; the books keep both, the charge and its reversal.

    Raises
    ------
    UnknownPayment, PaymentUnderWay
        The gateway may have been asked for the whole: only a declined payment, or one never tried, is certain.
    RefundTooHigh
    """
    payment = await queries.lock_payment(session, payment_id)
    untried = payment.state == "pending" and not payment.attempts and payment.authorisation_id is None
    if not (untried or payment.state == "declined") or payment.open_reference or payment.carried_by:
        raise PaymentUnderWay
    if cents > payment.amount_cents:
        raise RefundTooHigh(left_cents=payment.amount_cents)
    await _reverse(session, clock, payment, cents)
    if cents == payment.amount_cents + payment.credit_cents:
        payment.state, payment.settled_at = "written_off", clock.now()
        payment.decline_code = payment.next_try_at = None
    else:
        charged_cents = payment.amount_cents + payment.credit_cents
        payment.vat_cents -= vat_part(payment.vat_cents, cents, charged_cents)
        payment.amount_cents -= cents
        if not payment.amount_cents:
            await settle(session, clock, payment)
    await session.flush()
    return payment


async def _reverse(session: AsyncSession, clock: Clock, payment: Payment, cents: int) -> None:
    fact = Fact(f"waiver:{new_id()}", "waiver", payment.city_id, payment.reference_id, clock.now())
    entries = ledger.refund_postings(
        Money(cents, payment.currency),
        charged_cents=payment.amount_cents + payment.credit_cents,
        vat_cents=payment.vat_cents,
        given_cents=0,
        account_id=payment.account_id,
        city_id=payment.city_id,
    )
    await post(session, fact, entries, payment.currency)
