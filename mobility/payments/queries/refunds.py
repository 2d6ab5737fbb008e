"""Money on its way back, disputes, and what the gateway told."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.payments.rules.refunds import CHARGE_DISPUTED
from mobility.payments.tables import (
    Dispute,
    GatewayEvent,
    Payment,
    Refund,
)


async def list_given_back(session: AsyncSession, payment: Payment, movements: Sequence[str]) -> Sequence[Refund]:
    """What riders are owed again of a payment's credit and of its movements, back, on its way or refused."""
    from_credit = and_(Refund.payment_id == payment.id, Refund.movement.is_(None))
    return (await session.scalars(select(Refund).where(or_(from_credit, Refund.movement.in_(movements))))).all()


async def lock_next_refund(session: AsyncSession, now: datetime) -> Refund | None:
    due = select(Refund).where(Refund.state == "pending", Refund.due_at <= now)
    return await session.scalar(due.order_by(Refund.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_refund(session: AsyncSession, refund_id: UUID) -> Refund:
    return (await session.scalars(select(Refund).where(Refund.id == refund_id).with_for_update())).one()


async def lock_disputed_refunds(session: AsyncSession, payment_id: UUID) -> Sequence[Refund]:
    """What the gateway refused to send back because the payment is disputed."""
    refused = Refund.state == "refused", Refund.refusal_code == CHARGE_DISPUTED
    rows = select(Refund).where(Refund.payment_id == payment_id, *refused)
    return (await session.scalars(rows.order_by(Refund.id).with_for_update())).all()


async def find_dispute(session: AsyncSession, payment_id: UUID) -> Dispute | None:
    """The last time a cardholder contested the payment."""
    return await session.scalar(
        select(Dispute).where(Dispute.payment_id == payment_id).order_by(Dispute.opened_at.desc()).limit(1)
    )


async def list_refunds(session: AsyncSession, payment_id: UUID, *, limit: int) -> Sequence[Refund]:
    """Newest first."""
    of_payment = select(Refund).where(Refund.payment_id == payment_id)
    return (await session.scalars(of_payment.order_by(Refund.id.desc()).limit(limit))).all()


async def refused_cents(session: AsyncSession, payment_ids: Collection[UUID]) -> dict[UUID, int]:
    """What the gateway refused to send back, by payment; those of which nothing was refused are left out."""
    of_payments = select(Refund.payment_id, func.sum(Refund.amount_cents).label("cents"))
    refused = of_payments.where(Refund.payment_id.in_(payment_ids), Refund.state == "refused")
    return {row.payment_id: row.cents for row in await session.execute(refused.group_by(Refund.payment_id))}


async def lock_dispute(session: AsyncSession, reference: str) -> Dispute | None:
    return await session.scalar(select(Dispute).where(Dispute.reference == reference).with_for_update())


async def lock_next_event(session: AsyncSession, now: datetime) -> GatewayEvent | None:
    due = select(GatewayEvent).where(GatewayEvent.settled_at.is_(None), GatewayEvent.due_at <= now)
    return await session.scalar(due.order_by(GatewayEvent.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_event(session: AsyncSession, event_id: str) -> GatewayEvent:
    return (await session.scalars(select(GatewayEvent).where(GatewayEvent.id == event_id).with_for_update())).one()
