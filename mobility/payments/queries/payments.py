"""Payments, and the movements of money that paid them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.payments.rules.refusals import UnknownPayment
from mobility.payments.tables import (
    Movement,
    Payment,
    Refund,
)

# One turn leaves room for the worker's other jobs; the next one comes a moment later.
TURN_MAX = 100


async def find_payment(session: AsyncSession, reference_id: UUID) -> Payment | None:
    """The payment of a rental, if it cost anything."""
    return await session.scalar(select(Payment).where(Payment.reference_id == reference_id))


async def lock_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    """Raises `UnknownPayment`."""
    payment = await find_payment_to_lock(session, payment_id)
    if payment is None:
        raise UnknownPayment
    return payment


async def find_payment_to_lock(session: AsyncSession, payment_id: UUID) -> Payment | None:
    found = select(Payment).where(Payment.id == payment_id).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def lock_own_payment(session: AsyncSession, payment_id: UUID, account_id: UUID) -> Payment:
    """A payment of this account. Raises `UnknownPayment`, for another's too."""
    mine = select(Payment).where(Payment.id == payment_id, Payment.account_id == account_id)
    payment = await session.scalar(mine.with_for_update())
    if payment is None:
        raise UnknownPayment
    return payment


async def get_own_payment(session: AsyncSession, payment_id: UUID, account_id: UUID) -> Payment:
    """Raises `UnknownPayment`, for another account's too."""
    mine = select(Payment).where(Payment.id == payment_id, Payment.account_id == account_id)
    payment = await session.scalar(mine)
    if payment is None:
        raise UnknownPayment
    return payment


async def get_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    """Raises `UnknownPayment`."""
    payment = await session.get(Payment, payment_id)
    if payment is None:
        raise UnknownPayment
    return payment


async def find_payment_by_movement(session: AsyncSession, reference: str) -> Payment | None:
    """The payment that a movement paid, locked."""
    found = select(Payment).join(Movement, Movement.payment_id == Payment.id).where(Movement.reference == reference)
    return await session.scalar(found.with_for_update(of=Payment))


async def lock_payment_of_hold(session: AsyncSession, authorisation_id: UUID) -> Payment | None:
    """The payment that takes what an authorisation keeps ready."""
    found = select(Payment).where(Payment.authorisation_id == authorisation_id).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def list_payments(
    session: AsyncSession, account_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[Payment]:
    """An account's payments, newest first, those older than the payment `after`."""
    mine = select(Payment).where(Payment.account_id == account_id)
    if after is not None:
        mine = mine.where(Payment.id < after)
    return (await session.scalars(mine.order_by(Payment.id.desc()).limit(limit))).all()


async def lock_next_due(session: AsyncSession, now: datetime) -> Payment | None:
    """The payment that waits longest, passing over those another worker is about to lease."""
    due = select(Payment).where(Payment.state == "pending", Payment.due_at <= now, Payment.carried_by.is_(None))
    return await session.scalar(due.order_by(Payment.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_next_tries(session: AsyncSession, now: datetime) -> Sequence[Payment]:
    """Declined payments that are to be tried again by themselves."""
    due = select(Payment).where(Payment.next_try_at <= now).order_by(Payment.next_try_at).limit(TURN_MAX)
    return (await session.scalars(due.with_for_update(skip_locked=True))).all()


async def owes(session: AsyncSession, account_id: UUID) -> bool:
    """Whether a ride of this account was declined and is still not paid."""
    declined = select(Payment.id).where(Payment.account_id == account_id, Payment.state == "declined")
    return await session.scalar(declined.limit(1)) is not None


async def outstanding_cents(session: AsyncSession, payment: Payment) -> int:
    """What is left to collect of a payment and of the small ones that it carries."""
    carried = select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(Payment.carried_by == payment.id)
    came = select(func.coalesce(func.sum(Movement.amount_cents), 0)).where(Movement.payment_id == payment.id)
    sums = (await session.execute(select(carried.scalar_subquery(), came.scalar_subquery()))).one()
    return payment.amount_cents + int(sums[0]) - int(sums[1])


async def lock_small_payments(session: AsyncSession, payment: Payment) -> Sequence[Payment]:
    """The rider's amounts that wait to be carried by a payment, those that another worker looks at left aside."""
    small = select(Payment).where(
        Payment.account_id == payment.account_id,
        Payment.currency == payment.currency,
        Payment.id != payment.id,
        Payment.state == "pending",
        Payment.too_small,
        Payment.carried_by.is_(None),
    )
    return (await session.scalars(small.limit(TURN_MAX).with_for_update(skip_locked=True))).all()


async def lock_carried(session: AsyncSession, payment: Payment) -> Sequence[Payment]:
    carried = select(Payment).where(Payment.carried_by == payment.id).order_by(Payment.id)
    return (await session.scalars(carried.with_for_update())).all()


async def is_known(session: AsyncSession, reference: str) -> bool:
    """Whether a movement is in the books, or on its way back."""
    booked = select(Movement.reference).where(Movement.reference == reference)
    sent_back = select(Refund.movement).where(Refund.movement == reference)
    return await session.scalar(booked.union_all(sent_back).limit(1)) is not None


async def find_movement(session: AsyncSession, reference: str) -> Movement | None:
    return await session.get(Movement, reference)


async def list_movements(session: AsyncSession, payment: Payment) -> Sequence[Movement]:
    """What came in for a payment, by itself or with the one that carried it."""
    of_payment = Movement.payment_id.in_([each for each in (payment.id, payment.carried_by) if each])
    return (await session.scalars(select(Movement).where(of_payment).order_by(Movement.at, Movement.reference))).all()


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Payments of one state and currency that brought no money."""

    state: str
    payments: int
    total: Money
    oldest_at: datetime


async def unsettled(session: AsyncSession, before: datetime) -> list[Unsettled]:
    """What was charged before an instant and is still pending, or was declined; small amounts may wait."""
    rows = await session.execute(
        select(
            Payment.state,
            Payment.currency,
            func.count(),
            func.sum(Payment.amount_cents),
            func.min(Payment.created_at),
        )
        .where(Payment.state.in_(("pending", "declined")), ~Payment.too_small, Payment.created_at < before)
        .group_by(Payment.state, Payment.currency)
        .order_by(Payment.state, Payment.currency)
    )
    return [
        Unsettled(state, count, Money(int(cents), currency), oldest) for state, currency, count, cents, oldest in rows
    ]
