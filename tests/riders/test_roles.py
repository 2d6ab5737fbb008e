"""Roles given and withdrawn: who may, and what is kept of it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.db.session import Sessions, transaction
from mobility.riders import service
from mobility.riders.queries.roles import list_roles
from mobility.riders.rules.access import Caller, GrantedRole
from mobility.riders.rules.roles import OwnLastAdminRole, refuse_own_last
from mobility.riders.tables import RoleChange
from tests.support.riders import person

CITY = "lakeport"


async def admin(session: AsyncSession, clock: FixedClock, email: str, city: str | None = CITY) -> Caller:
    account = await person(session, clock, email)
    await service.grant_role(session, clock, account.id, "admin", city)
    return Caller(account.id, frozenset({("admin", city)}), "en")


async def give(session: AsyncSession, clock: FixedClock, by: Caller, role: GrantedRole = "crew") -> UUID:
    return await service.give_role(session, clock, by, CITY, email="eve@example.org", role=role, reason="starts today")


async def refusal(session: AsyncSession, clock: FixedClock, by: Caller, role_id: UUID) -> str:
    with pytest.raises(Problem) as refused:
        await service.withdraw_role(session, clock, by, CITY, role_id, reason="has left")
    return refused.value.code


async def test_a_role_is_given_and_withdrawn_once_and_both_are_kept_with_who_and_why(
    session: AsyncSession, clock: FixedClock
) -> None:
    ada = await admin(session, clock, "ada@example.org")
    role_id = await give(session, clock, ada)
    assert await give(session, clock, ada) == role_id
    held = {each.email: each for each in await list_roles(session, CITY, limit=10)}
    eve = held["eve@example.org"]
    assert (eve.role, eve.city_id, eve.given_at, eve.given_by) == ("crew", CITY, clock.now(), ada.account_id)
    await service.withdraw_role(session, clock, ada, CITY, role_id, reason="has left")
    assert [each.email for each in await list_roles(session, CITY, limit=10)] == ["ada@example.org"]
    mine = select(RoleChange).where(RoleChange.account_id == eve.account_id).order_by(RoleChange.id)
    kept = [(each.change, each.role, each.by, each.reason) for each in await session.scalars(mine)]
    assert kept == [
        ("given", "crew", ada.account_id, "starts today"),
        ("withdrawn", "crew", ada.account_id, "has left"),
    ]
    assert await refusal(session, clock, ada, role_id) == "unknown_role"


async def test_a_role_of_another_city_and_one_of_all_cities_are_not_withdrawn_here(
    session: AsyncSession, clock: FixedClock
) -> None:
    ada = await admin(session, clock, "ada@example.org")
    root = await admin(session, clock, "root@example.org", city=None)
    elsewhere = await service.give_role(
        session, clock, root, "springfield", email="eve@example.org", role="crew", reason="starts today"
    )
    everywhere = next(each for each in await list_roles(session, CITY, limit=10) if each.city_id is None)
    assert await refusal(session, clock, ada, elsewhere) == "unknown_role"
    assert await refusal(session, clock, ada, everywhere.id) == "role_everywhere"
    assert await refusal(session, clock, ada, uuid4()) == "unknown_role"


async def test_nobody_withdraws_their_own_last_admin_role(session: AsyncSession, clock: FixedClock) -> None:
    ada = await admin(session, clock, "ada@example.org")
    own = (await list_roles(session, CITY, limit=10))[0].id
    assert await refusal(session, clock, ada, own) == "own_last_admin_role"
    await service.grant_role(session, clock, ada.account_id, "admin", None)
    await service.withdraw_role(session, clock, ada, CITY, own, reason="one is enough")


def test_a_colleagues_last_admin_role_is_theirs_to_lose() -> None:
    me, other = uuid4(), uuid4()
    refuse_own_last([me, other], me, other)
    refuse_own_last([me, me], me, me)
    with pytest.raises(OwnLastAdminRole):
        refuse_own_last([me, other, other], me, me)


async def test_of_two_admins_who_withdraw_each_other_at_once_one_stays(sessions: Sessions, clock: FixedClock) -> None:
    async with transaction(sessions) as session:
        pair = [await admin(session, clock, f"{name}@example.org") for name in ("ada", "bea")]
        held = {each.account_id: each.id for each in await list_roles(session, CITY, limit=10)}

    async def withdraw(by: Caller, other: Caller) -> str:
        try:
            async with transaction(sessions) as session:
                await service.withdraw_role(session, clock, by, CITY, held[other.account_id], reason="a quarrel")
        except Problem as problem:
            return problem.code
        return "withdrawn"

    answers = await asyncio.gather(withdraw(*pair), withdraw(*reversed(pair)))
    assert sorted(answers) == ["role_missing", "withdrawn"]
    async with sessions() as session:
        assert len(await list_roles(session, CITY, limit=10)) == 1
