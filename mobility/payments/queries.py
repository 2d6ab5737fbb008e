from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.payments.rules.ledger import Account, AccountKind
from mobility.payments.tables import LedgerAccount, LedgerEntry, LedgerTransaction, Payment


async def find_payment(session: AsyncSession, reference_id: UUID) -> Payment | None:
    """The payment of a rental, if it cost anything."""
    return await session.scalar(select(Payment).where(Payment.reference_id == reference_id))


async def lock_payment(session: AsyncSession, payment_id: UUID) -> Payment:
    return (await session.scalars(select(Payment).where(Payment.id == payment_id).with_for_update())).one()


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
