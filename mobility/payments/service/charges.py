"""What things cost riders: written down once, paid by their credit first."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.db import outbox
from mobility.payments import queries
from mobility.payments.events import PaymentCaptured
from mobility.payments.rules.ledger import charge_postings, spend_postings
from mobility.payments.rules.vat import split_vat
from mobility.payments.service import authorisations
from mobility.payments.service.books import Fact, post
from mobility.payments.service.credit import lock_credit
from mobility.payments.tables import Payment


async def charge(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    city_id: str,
    reference_id: UUID,
    total: Money,
    vat_percent: Decimal,
    vat_cents: int | None = None,
    kind: str = "rental",
    authorised_by: UUID | None = None,
) -> Payment | None:
    """Write down what something costs, take the rider's credit, leave the rest to be collected; None for nothing.

    `account_id` pays. `vat_cents` is the VAT in the total where several lines were rounded each, else it is worked out
    of the whole. `authorised_by` is the reference of an authorisation: what its bank keeps ready is captured
    first, and what is not needed of it is released. A reference is charged once: charging it again answers with the
    same payment, another amount is a ValueError.
    """
    if not total.cents:
        await authorisations.release_authorisation(session, clock, authorised_by)
        return None
    credit = await lock_credit(session, account_id, up_to=total)
    if vat_cents is None:
        vat_cents = split_vat(total.cents, vat_percent).vat_cents
    entries = charge_postings(total, vat_cents=vat_cents, account_id=account_id, city_id=city_id)
    entries += spend_postings(credit, account_id=account_id)
    fact = Fact(f"{kind}:{reference_id}", kind, city_id, reference_id, clock.now())
    if not await post(session, fact, entries, total.currency):
        return await _charged(session, reference_id, total)
    payment = Payment(
        kind=kind,
        account_id=account_id,
        city_id=city_id,
        reference_id=reference_id,
        amount_cents=total.cents - credit.cents,
        credit_cents=credit.cents,
        currency=total.currency,
        vat_percent=vat_percent,
        vat_cents=vat_cents,
        due_at=fact.at,
        created_at=fact.at,
    )
    session.add(payment)
    await _begin(session, clock, payment, authorised_by)
    return payment


async def _begin(session: AsyncSession, clock: Clock, payment: Payment, authorised_by: UUID | None) -> None:
    if payment.amount_cents:
        payment.authorisation_id = await authorisations.begin_capture(session, clock, authorised_by)
        await session.flush()
    else:
        await authorisations.release_authorisation(session, clock, authorised_by)
        await settle(session, clock, payment)


async def settle(session: AsyncSession, clock: Clock, payment: Payment) -> None:
    """All the money of a payment has come."""
    payment.state, payment.settled_at = "captured", clock.now()
    payment.decline_code = payment.next_try_at = None
    payment.present_at = payment.open_reference = payment.action_url = None
    await session.flush()
    told = PaymentCaptured(
        payment_id=payment.id,
        reference_id=payment.reference_id,
        kind=payment.kind,
        account_id=payment.account_id,
        city_id=payment.city_id,
        amount=Money(payment.amount_cents + payment.credit_cents, payment.currency),
        at=payment.settled_at,
    )
    await outbox.record(session, clock, told)


async def _charged(session: AsyncSession, reference_id: UUID, total: Money) -> Payment | None:
    payment = await queries.find_payment(session, reference_id)
    if payment is not None and Money(payment.amount_cents + payment.credit_cents, payment.currency) != total:
        charged = payment.amount_cents + payment.credit_cents
        raise ValueError(f"the rental {reference_id} was charged {charged} cents, not {total.cents}")
    return payment
