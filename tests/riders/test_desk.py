from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.riders import queries, service
from mobility.riders.rules.access import Caller
from mobility.riders.rules.licences import LicenceDecision
from mobility.riders.rules.profiles import AccountNotBlocked, StaffAccount, UnknownAccount
from mobility.riders.service import devices
from tests.support.pushes import BrowserWithPush
from tests.support.riders import LICENCE_B, operator, person

LAKEPORT = frozenset({("operator", "lakeport")})


async def seen(session: AsyncSession, caller: Caller, **which: bool) -> list[UUID]:
    cities = caller.cities("operator")
    return [a.id for a in await queries.list_accounts(session, text=None, limit=10, after=None, cities=cities, **which)]


async def test_an_operator_sees_who_has_to_do_with_the_city(session: AsyncSession, clock: FixedClock) -> None:
    here, elsewhere, nowhere = [await person(session, clock, f"{name}@example.fr") for name in ("a", "b", "c")]
    await service.declare_licence(session, clock, here.id, LICENCE_B, city_id="lakeport")
    await service.update_profile(session, clock, elsewhere.id, name="B", city_id="springfield")
    desk = Caller(UUID(int=1), LAKEPORT, "fr")
    assert await seen(session, desk) == [here.id]
    await service.require_seen(session, desk, here.id)
    for account in (elsewhere, nowhere):
        with pytest.raises(UnknownAccount):
            await service.require_seen(session, desk, account.id)
    everywhere = Caller(UUID(int=1), frozenset({("admin", None)}), "fr")
    assert await seen(session, everywhere) == [here.id, elsewhere.id, nowhere.id]
    await service.require_seen(session, everywhere, nowhere.id)


async def test_papers_of_another_citys_people_are_not_decided_on(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    licence = await service.declare_licence(session, clock, account.id, LICENCE_B, city_id="springfield")
    desk = Caller((await person(session, clock, "desk@example.fr")).id, LAKEPORT, "fr")
    with pytest.raises(UnknownAccount):
        await service.verify_birth_date(session, clock, desk, account.id)
    decides = {"account_id": account.id, "licence_id": licence.id}
    with pytest.raises(UnknownAccount):
        await service.decide_licence(session, clock, desk, LicenceDecision.VERIFY, **decides)


async def test_what_waits_is_what_nobody_has_decided_on(session: AsyncSession, clock: FixedClock) -> None:
    desk, account = await operator(session, clock), await person(session, clock)
    licence = await service.declare_licence(session, clock, account.id, LICENCE_B)
    empty = await person(session, clock, "empty@example.fr", born_on=None)
    waiting = await seen(session, desk, waiting=True)
    assert account.id in waiting
    assert empty.id not in waiting
    decides = {"account_id": account.id, "licence_id": licence.id, "confirms_birth_date": True}
    await service.decide_licence(session, clock, desk, LicenceDecision.VERIFY, **decides)
    assert account.id not in await seen(session, desk, waiting=True)


async def test_each_decision_is_kept_with_who_and_why(session: AsyncSession, clock: FixedClock) -> None:
    desk, account = await operator(session, clock), await person(session, clock)
    licence = await service.declare_licence(session, clock, account.id, LICENCE_B)
    decides = {"account_id": account.id, "licence_id": licence.id, "confirms_birth_date": True}
    await service.decide_licence(session, clock, desk, LicenceDecision.VERIFY, **decides)
    await service.verify_birth_date(session, clock, desk, account.id)
    await service.block_account(session, clock, account.id, by=desk.account_id, reason="lent to a friend")
    await service.block_account(session, clock, account.id, by=desk.account_id, reason="again")
    await service.unblock_account(session, clock, account.id, by=desk.account_id, reason="a mistake")
    events = await queries.list_account_events(session, account.id, limit=10, before=None)
    assert [(event.kind, event.reason) for event in reversed(events)] == [
        ("birth_date_verified", ""),
        ("licence_verified", "B"),
        ("blocked", "lent to a friend"),
        ("unblocked", "a mistake"),
    ]
    assert {event.by for event in events} == {desk.account_id}
    with pytest.raises(AccountNotBlocked) as refused:
        await service.unblock_account(session, clock, account.id, by=desk.account_id, reason="again")
    assert refused.value.code == "account_not_blocked"


async def test_a_colleague_is_not_blocked(session: AsyncSession, clock: FixedClock) -> None:
    desk = await operator(session, clock)
    with pytest.raises(StaffAccount) as refused:
        await service.refuse_staff(session, desk.account_id)
    assert refused.value.code == "staff_account"


async def test_the_history_of_an_account_is_never_changed(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    await service.block_account(session, clock, account.id, by=None, reason="lent")
    with pytest.raises(IntegrityError, match="account_event is never changed"):
        await session.execute(text("UPDATE account_event SET reason = 'other'"))


async def test_who_is_blocked_is_pushed_nothing_any_more(session: AsyncSession, clock: FixedClock) -> None:
    account, browser = await person(session, clock), BrowserWithPush(address="https://push.example/1")
    await devices.add(session, clock, account.id, UUID(int=1), browser.device, ("push.example",))
    await service.block_account(session, clock, account.id, by=None, reason="lent")
    assert await devices.list_of(session, account.id) == []
