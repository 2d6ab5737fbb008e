from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.payments.ports import Means
from mobility.payments.rules.ledger import Account, AccountKind
from mobility.payments.rules.refusals import UnknownPayment
from mobility.payments.tables import (
    Card,
    Dispute,
    GatewayCustomer,
    GatewayEvent,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
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


async def find_payment_by_movement(session: AsyncSession, movement: str) -> Payment | None:
    return await session.scalar(select(Payment).where(Payment.gateway_reference == movement).with_for_update())


async def lock_next_tries(session: AsyncSession, now: datetime) -> Sequence[Payment]:
    """Declined payments that are to be tried again by themselves."""
    due = select(Payment).where(Payment.next_try_at <= now).order_by(Payment.next_try_at).limit(TURN_MAX)
    return (await session.scalars(due.with_for_update(skip_locked=True))).all()


async def owes(session: AsyncSession, account_id: UUID) -> bool:
    """Whether a ride of this account was declined and is still not paid."""
    declined = select(Payment.id).where(Payment.account_id == account_id, Payment.state == "declined")
    return await session.scalar(declined.limit(1)) is not None


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
    return Means(customer, card.reference) if customer and card else None


async def refunded_cents(session: AsyncSession, payment: Payment) -> int:
    """What was given back of a payment, or is on its way."""
    ours = Refund.payment_id == payment.id, Refund.movement == payment.gateway_reference, Refund.state != "refused"
    return int(await session.scalar(select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(*ours)) or 0)


async def is_sent_back(session: AsyncSession, movement: str) -> bool:
    return await session.scalar(select(Refund.id).where(Refund.movement == movement).limit(1)) is not None


async def lock_next_refund(session: AsyncSession, now: datetime) -> Refund | None:
    due = select(Refund).where(Refund.state == "pending", Refund.due_at <= now)
    return await session.scalar(due.order_by(Refund.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_refund(session: AsyncSession, refund_id: UUID) -> Refund:
    return (await session.scalars(select(Refund).where(Refund.id == refund_id).with_for_update())).one()


async def list_refunds(session: AsyncSession, payment_id: UUID, *, limit: int) -> Sequence[Refund]:
    """Newest first."""
    of_payment = select(Refund).where(Refund.payment_id == payment_id)
    return (await session.scalars(of_payment.order_by(Refund.id.desc()).limit(limit))).all()


async def lock_dispute(session: AsyncSession, reference: str) -> Dispute | None:
    return await session.scalar(select(Dispute).where(Dispute.reference == reference).with_for_update())


async def lock_next_event(session: AsyncSession, now: datetime) -> GatewayEvent | None:
    due = select(GatewayEvent).where(GatewayEvent.settled_at.is_(None), GatewayEvent.due_at <= now)
    return await session.scalar(due.order_by(GatewayEvent.due_at).limit(1).with_for_update(skip_locked=True))


async def lock_event(session: AsyncSession, event_id: str) -> GatewayEvent:
    return (await session.scalars(select(GatewayEvent).where(GatewayEvent.id == event_id).with_for_update())).one()


async def lock_next_due(session: AsyncSession, now: datetime) -> Payment | None:
    """The payment that waits longest, passing over those another worker is about to lease."""
    due = select(Payment).where(Payment.state == "pending", Payment.due_at <= now)
    return await session.scalar(due.order_by(Payment.due_at).limit(1).with_for_update(skip_locked=True))


async def list_payments(
    session: AsyncSession, account_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[Payment]:
    """An account's payments, newest first, those older than the payment `after`."""
    mine = select(Payment).where(Payment.account_id == account_id)
    if after is not None:
        mine = mine.where(Payment.id < after)
    return (await session.scalars(mine.order_by(Payment.id.desc()).limit(limit))).all()


async def balance_of(session: AsyncSession, account: Account, currency: str) -> Money:
    """Debits less credits: positive is a rider's debt or a gateway's till, negative is revenue or VAT owed."""
    cents = await session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner)
        .where(LedgerAccount.currency == currency)
    )
    return Money(int(cents or 0), currency)


async def takings_since(session: AsyncSession, city_id: str, currency: str, since: datetime) -> Money:
    """What riders were charged in a city from the instant `since` on, VAT included."""
    cents = await session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerTransaction.city_id == city_id, LedgerTransaction.at >= since)
        .where(LedgerAccount.kind.in_((AccountKind.REVENUE, AccountKind.VAT)), LedgerAccount.currency == currency)
    )
    return Money(-int(cents or 0), currency)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A ledger transaction whose lines do not sum to zero in one currency; there must be none."""

    transaction_id: UUID
    off_by: Money


async def ledger_imbalances(session: AsyncSession, *, limit: int = 20) -> list[Imbalance]:
    """The first transactions that the database's own check should have refused."""
    off = func.sum(LedgerEntry.amount_cents)
    rows = await session.execute(
        select(LedgerEntry.transaction_id, LedgerAccount.currency, off)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .group_by(LedgerEntry.transaction_id, LedgerAccount.currency)
        .having(off != 0)
        .order_by(LedgerEntry.transaction_id)
        .limit(limit)
    )
    return [Imbalance(transaction_id, Money(int(cents), currency)) for transaction_id, currency, cents in rows]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Payments of one state and currency that brought no money."""

    state: str
    payments: int
    total: Money
    oldest_at: datetime


async def unsettled(session: AsyncSession, before: datetime) -> list[Unsettled]:
    """What was charged before an instant and is still pending, or was declined."""
    rows = await session.execute(
        select(
            Payment.state,
            Payment.currency,
            func.count(),
            func.sum(Payment.amount_cents),
            func.min(Payment.created_at),
        )
        .where(Payment.state != "captured", Payment.created_at < before)
        .group_by(Payment.state, Payment.currency)
        .order_by(Payment.state, Payment.currency)
    )
    return [
        Unsettled(state, count, Money(int(cents), currency), oldest) for state, currency, count, cents, oldest in rows
    ]
