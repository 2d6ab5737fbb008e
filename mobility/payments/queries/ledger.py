"""The ledger, read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.city.service import UnknownCity
from mobility.city.tables import City
from mobility.payments.rules.accounting import Posting
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


@dataclass(frozen=True, slots=True)
class Period:
    """From the instant `since` on, before `until`; in one city, or in all and what belongs to none."""

    since: datetime
    until: datetime
    city_id: str | None
    zone: ZoneInfo


async def zone_of(session: AsyncSession, city_id: str) -> ZoneInfo:
    """A city's time zone. Raises `UnknownCity`."""
    name = await session.scalar(select(City.time_zone).where(City.id == city_id))
    if name is None:
        raise UnknownCity
    return ZoneInfo(name)


async def find_siren(session: AsyncSession, city_id: str) -> str | None:
    """The nine digits of the company that a city's service belongs to, if its file says so."""
    siret: str | None = await session.scalar(
        select(City.document["operator"]["siret"].astext).where(City.id == city_id)
    )
    return siret and siret[:9]


async def list_postings(
    session: AsyncSession, period: Period, *, after: Posting | None = None, limit: int = 1_000
) -> list[Posting]:
    """The lines of a period in the order of their transactions, those after the line `after`."""
    within = select(
        LedgerEntry.id,
        LedgerTransaction.id,
        LedgerTransaction.at,
        LedgerTransaction.key,
        LedgerTransaction.kind,
        LedgerTransaction.city_id,
        LedgerTransaction.reference_id,
        LedgerAccount.kind,
        LedgerAccount.owner,
        LedgerAccount.currency,
        LedgerEntry.amount_cents,
    ).where(*_within(period))
    order = LedgerTransaction.at, LedgerTransaction.id, LedgerEntry.id
    if after is not None:
        within = within.where(tuple_(*order) > tuple_(after.at, after.transaction_id, after.id))
    rows = await session.execute(_joined(within).order_by(*order).limit(limit))
    return [
        Posting(id_, transaction, at.astimezone(period.zone), key, fact, city, reference, AccountKind(kind), *rest)
        for id_, transaction, at, key, fact, city, reference, kind, *rest in rows
    ]


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What was written on one kind of account on one day of the city's calendar; cents."""

    day: date
    account: AccountKind
    currency: str
    debit_cents: int
    credit_cents: int


async def trial_balance(session: AsyncSession, period: Period) -> list[DayTotal]:
    """By day, kind of account and currency; over all of them, debits are credits."""
    day = cast(func.timezone(period.zone.key, LedgerTransaction.at), Date)
    cents = LedgerEntry.amount_cents
    debit, credit = (func.coalesce(func.sum(each).filter(each > 0), 0) for each in (cents, -cents))
    kind = LedgerAccount.kind, LedgerAccount.currency
    rows = await session.execute(
        _joined(select(day, *kind, debit, credit).where(*_within(period))).group_by(day, *kind).order_by(day, *kind)
    )
    return [DayTotal(on, AccountKind(kind), currency, int(a), int(b)) for on, kind, currency, a, b in rows]


def _within(period: Period) -> list[ColumnElement[bool]]:
    within = [LedgerTransaction.at >= period.since, LedgerTransaction.at < period.until]
    return within if period.city_id is None else [*within, LedgerTransaction.city_id == period.city_id]


def _joined(lines: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    of_transaction = lines.select_from(LedgerEntry).join(
        LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id
    )
    return of_transaction.join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
