"""Who riders are at the gateway, and what they pay with."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.payments.ports import Means
from mobility.payments.tables import (
    Card,
    GatewayCustomer,
)


async def find_customer(session: AsyncSession, account_id: UUID, *, gateway: str) -> str | None:
    ours = GatewayCustomer.account_id == account_id, GatewayCustomer.gateway == gateway
    return await session.scalar(select(GatewayCustomer.reference).where(*ours))


async def find_account_of(session: AsyncSession, customer: str, *, gateway: str) -> UUID | None:
    theirs = GatewayCustomer.reference == customer, GatewayCustomer.gateway == gateway
    return await session.scalar(select(GatewayCustomer.account_id).where(*theirs))


async def list_cards(session: AsyncSession, account_id: UUID, *, limit: int) -> Sequence[Card]:
    """An account's cards that were not removed, the one that is charged first."""
    mine = select(Card).where(Card.account_id == account_id, Card.removed_at.is_(None))
    return (await session.scalars(mine.order_by(Card.saved_at.desc(), Card.id.desc()).limit(limit))).all()


async def find_card(session: AsyncSession, card_id: UUID, account_id: UUID) -> Card | None:
    return await session.scalar(select(Card).where(Card.id == card_id, Card.account_id == account_id).with_for_update())


async def find_card_to_charge(session: AsyncSession, account_id: UUID, *, gateway: str) -> Card | None:
    """The card saved last."""
    cards = await list_cards(session, account_id, limit=1)
    return next((card for card in cards if card.gateway == gateway), None)


async def find_means(session: AsyncSession, account_id: UUID, *, gateway: str) -> Means | None:
    customer = await find_customer(session, account_id, gateway=gateway)
    card = await find_card_to_charge(session, account_id, gateway=gateway)
    return Means(customer, card.reference if card else None) if customer else None
