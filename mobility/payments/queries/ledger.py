"""The ledger, read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.payments.rules.ledger import Account, AccountKind
from mobility.payments.tables import (
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
)


async def lock_ledger_account(session: AsyncSession, account: Account, currency: str) -> None:
    """Let nobody else take this lock until the transaction ends; lines may still be added to the account."""
    named = LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner
    row = select(LedgerAccount.id).where(*named, LedgerAccount.currency == currency)
    await session.execute(row.with_for_update(key_share=True))


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


async def balances_of(session: AsyncSession, account: Account) -> list[Money]:
    """Debits less credits of an account in each of its currencies."""
    rows = await session.execute(
        select(LedgerAccount.currency, func.sum(LedgerEntry.amount_cents))
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner)
        .group_by(LedgerAccount.currency)
        .order_by(LedgerAccount.currency)
    )
    return [Money(int(cents), currency) for currency, cents in rows]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger on one account; positive is a debit."""

    at: datetime
    kind: str
    amount: Money


async def list_lines(session: AsyncSession, account: Account, *, limit: int) -> list[Line]:
    """Newest first."""
    rows = await session.execute(
        select(LedgerTransaction.at, LedgerTransaction.kind, LedgerEntry.amount_cents, LedgerAccount.currency)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.kind == account.kind, LedgerAccount.owner == account.owner)
        .order_by(LedgerEntry.id.desc())
        .limit(limit)
    )
    return [Line(at, kind, Money(cents, currency)) for at, kind, cents, currency in rows]
