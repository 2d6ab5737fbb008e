"""Roles given and withdrawn, each time written down: whose, when, by whom and why."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.riders.queries.roles import lock_admins
from mobility.riders.rules.access import Caller, GrantedRole, RoleMissing
from mobility.riders.rules.roles import RoleEverywhere, UnknownRole, refuse_own_last
from mobility.riders.service.accounts import get_or_create_account
from mobility.riders.tables import AccountRole, RoleChange


async def grant_role(
    session: AsyncSession,
    clock: Clock,
    account_id: UUID,
    role: GrantedRole,
    city_id: str | None,
    *,
    by: UUID | None = None,
    reason: str = "",
) -> None:
    """Give a role in one city or, for None, in every city; giving it again changes nothing."""
    held = {"account_id": account_id, "role": role, "city_id": city_id}
    grant = insert(AccountRole).values(id=new_id(), **held).on_conflict_do_nothing()
    if await session.scalar(grant.returning(AccountRole.id)) is not None:
        session.add(RoleChange(**held, change="given", at=clock.now(), by=by, reason=reason))
        await session.flush()


async def revoke_role(
    session: AsyncSession,
    clock: Clock,
    account_id: UUID,
    role: GrantedRole,
    city_id: str | None,
    *,
    by: UUID | None = None,
    reason: str = "",
) -> None:
    """Take a role back; one that is not held is none to take."""
    where = AccountRole.city_id.is_(None) if city_id is None else AccountRole.city_id == city_id
    held = delete(AccountRole).where(AccountRole.account_id == account_id, AccountRole.role == role, where)
    if await session.scalar(held.returning(AccountRole.id)) is not None:
        what = {"account_id": account_id, "role": role, "city_id": city_id}
        session.add(RoleChange(**what, change="withdrawn", at=clock.now(), by=by, reason=reason))
        await session.flush()


async def give_role(
    session: AsyncSession, clock: Clock, caller: Caller, city_id: str, *, email: str, role: GrantedRole, reason: str
) -> UUID:
    """An admin gives a role in their city to whoever signs in with `email`; the role's id.

    Raises
    ------
    RoleMissing
        The admin's own role was withdrawn meanwhile.
    """
    await _lock_admins(session, caller, city_id)
    account = await get_or_create_account(session, clock, email)
    await grant_role(session, clock, account.id, role, city_id, by=caller.account_id, reason=reason)
    held = AccountRole.account_id == account.id, AccountRole.role == role, AccountRole.city_id == city_id
    return (await session.execute(select(AccountRole.id).where(*held))).scalar_one()


async def withdraw_role(
    session: AsyncSession, clock: Clock, caller: Caller, city_id: str, role_id: UUID, *, reason: str
) -> None:
    """An admin takes back a role that somebody holds in their city.

    Raises
    ------
    UnknownRole, RoleEverywhere, OwnLastAdminRole, RoleMissing
    """
    admins = await _lock_admins(session, caller, city_id)
    held = await session.get(AccountRole, role_id)
    if held is None or held.city_id not in (None, city_id):
        raise UnknownRole
    if held.city_id is None:
        raise RoleEverywhere
    if held.role == "admin":
        refuse_own_last(admins, caller.account_id, held.account_id)
    await revoke_role(
        session,
        clock,
        held.account_id,
        held.role,  # type: ignore[arg-type]
        city_id,
        by=caller.account_id,
        reason=reason,
    )


async def _lock_admins(session: AsyncSession, caller: Caller, city_id: str) -> Sequence[UUID]:
    """Whose admin roles count in the city: no other changes until this transaction ends.

    So two admins who withdraw each other's role at once do not both succeed.
    """
    admins = await lock_admins(session, city_id)
    if caller.account_id not in admins:
        raise RoleMissing(role="admin")
    return admins
