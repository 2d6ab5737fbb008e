"""The cards that riders pay with."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.payments import queries
from mobility.payments.ports import PaymentGateway, SavedCard
from mobility.payments.rules.cards import has_expired
from mobility.payments.rules.refusals import CardExpired, CardNeeded, RideUnpaid, UnknownCard
from mobility.payments.service.authorisations import ask_again
from mobility.payments.tables import Card, GatewayCustomer


async def remember_customer(session: AsyncSession, account_id: UUID, *, gateway: str, reference: str) -> str:
    """The gateway's name for a rider; of two given at once the first one stays."""
    row = upsert(GatewayCustomer).values(account_id=account_id, gateway=gateway, reference=reference)
    await session.execute(row.on_conflict_do_nothing(index_elements=["account_id", "gateway"]))
    kept = await queries.find_customer(session, account_id, gateway=gateway)
    return kept or reference


async def save_card(session: AsyncSession, clock: Clock, card: SavedCard, *, gateway: str) -> bool:
    """Keep a card that a rider saved at the gateway; False if it is known, or nobody's.

    Holds that an earlier card was refused are tried with this one.
    """
    account_id = await queries.find_account_of(session, card.customer, gateway=gateway)
    if account_id is None:
        return False
    row = upsert(Card).values(
        account_id=account_id,
        gateway=gateway,
        reference=card.reference,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        saved_at=clock.now(),
    )
    saved = await session.scalar(row.on_conflict_do_nothing(index_elements=["reference"]).returning(Card.id))
    if saved is None:
        return False
    for declined in await queries.lock_declined_holds(session, account_id):
        ask_again(declined, clock.now())
    return True


async def remove_card(session: AsyncSession, clock: Clock, *, account_id: UUID, card_id: UUID) -> Card:
    """Charge a card no more. Raises `UnknownCard`."""
    card = await queries.find_card(session, card_id, account_id)
    if card is None or card.removed_at is not None:
        raise UnknownCard
    card.removed_at = clock.now()
    await session.flush()
    return card


async def refuse_without_means(session: AsyncSession, clock: Clock, account_id: UUID, gateway: PaymentGateway) -> None:
    """Raise `RideUnpaid`, `CardNeeded` or `CardExpired` when a rider cannot pay a ride that begins now."""
    if await queries.owes(session, account_id):
        raise RideUnpaid
    if not gateway.asks_for_cards:
        return
    card = await queries.find_card_to_charge(session, account_id, gateway=gateway.name)
    if card is None:
        raise CardNeeded
    if has_expired(exp_year=card.exp_year, exp_month=card.exp_month, on=clock.now().date()):
        raise CardExpired
