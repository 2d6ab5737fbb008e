"""Who holds which role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.riders.tables import Account, AccountRole, RoleChange


@dataclass(frozen=True, slots=True)
class Held:
    """A role that counts in a city; `city_id` None: in every city. When, by whom and why it was given, where known."""

    id: UUID
    role: str
    city_id: str | None
    account_id: UUID
    email: str | None
    phone: str | None
    name: str
    given_at: datetime | None
    given_by: UUID | None
    reason: str | None


async def list_roles(session: AsyncSession, city_id: str, *, limit: int, after: UUID | None = None) -> list[Held]:
    """The roles that count in a city, in the order they were given."""
    found = _held(city_id)
    if after is not None:
        found = found.where(AccountRole.id > after)
    return [Held(*row) for row in await session.execute(found.order_by(AccountRole.id).limit(limit))]


async def get_role(session: AsyncSession, city_id: str, role_id: UUID) -> Held:
    """One that counts in the city and is there."""
    return Held(*(await session.execute(_held(city_id).where(AccountRole.id == role_id))).one())


async def lock_admins(session: AsyncSession, city_id: str) -> Sequence[UUID]:
    """Whose admin roles count in a city, once for each role; nobody else changes one until the transaction ends."""
    admins = select(AccountRole.account_id).where(AccountRole.role == "admin", _counts_in(city_id))
    return (await session.scalars(admins.order_by(AccountRole.id).with_for_update())).all()


def _counts_in(city_id: str) -> ColumnElement[bool]:
    return or_(AccountRole.city_id.is_(None), AccountRole.city_id == city_id)


def _held(city_id: str) -> Select[*tuple[Any, ...]]:
    change = RoleChange
    same = change.account_id == AccountRole.account_id, change.role == AccountRole.role
    there = change.city_id.is_not_distinct_from(AccountRole.city_id)
    given = select(change.at, change.by, change.reason).where(*same, there, change.change == "given")
    last = given.order_by(change.at.desc()).limit(1).lateral()
    return (
        select(AccountRole.id, AccountRole.role, AccountRole.city_id, AccountRole.account_id)
        .add_columns(Account.email, Account.phone, Account.name, last.c.at, last.c.by, last.c.reason)
        .join(Account, Account.id == AccountRole.account_id)
        .outerjoin(last, onclause=true())
        .where(_counts_in(city_id))
    )
