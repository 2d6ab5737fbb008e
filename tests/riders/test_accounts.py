from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.riders import queries, service
from mobility.riders.rules import licences, profiles
from mobility.riders.rules.access import Caller
from mobility.riders.rules.licences import LicenceDecision, LicenceState, Title
from tests.support.riders import BORN_ON, LICENCE_B, operator, person

VERIFY, REFUSE = LicenceDecision.VERIFY, LicenceDecision.REFUSE


async def test_a_profile_changes_only_what_is_given(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    await service.update_profile(session, clock, account.id, name="Camille")
    changed = await service.update_profile(session, clock, account.id, locale="en")
    assert (changed.name, changed.locale, changed.born_on) == ("Camille", "en", BORN_ON)


async def test_a_date_of_birth_that_a_declared_licence_contradicts_is_refused(
    session: AsyncSession, clock: FixedClock
) -> None:
    account = await person(session, clock)
    await service.declare_licence(session, clock, account.id, LICENCE_B)
    with pytest.raises(licences.LicenceIssuedTooYoung):
        await service.update_profile(session, clock, account.id, born_on=date(2005, 1, 1))


async def test_a_declared_licence_is_listed_and_waits(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    declared = await service.declare_licence(session, clock, account.id, LICENCE_B)
    assert (declared.state, declared.declared_at) == ("declared", clock.now())
    assert (await queries.get_rider(session, account.id)).titles == [LICENCE_B]


async def test_a_licence_is_declared_after_the_date_of_birth(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock, born_on=None)
    with pytest.raises(profiles.BirthDateMissing):
        await service.declare_licence(session, clock, account.id, LICENCE_B)


async def test_an_implausible_licence_is_refused(session: AsyncSession, clock: FixedClock) -> None:
    account = await person(session, clock)
    tomorrow = Title(category=LICENCE_B.category, issued_on=clock.now().date() + timedelta(days=1))
    with pytest.raises(licences.LicenceIssuedInFuture):
        await service.declare_licence(session, clock, account.id, tomorrow)


async def test_an_account_keeps_a_bounded_number_of_licences(
    session: AsyncSession, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobility.riders.service.accounts.LICENCES_MAX", 1)
    account = await person(session, clock)
    await service.declare_licence(session, clock, account.id, LICENCE_B)
    with pytest.raises(licences.LicencesTooMany):
        await service.declare_licence(session, clock, account.id, LICENCE_B)


async def declared(session: AsyncSession, clock: FixedClock) -> dict[str, object]:
    account = await person(session, clock)
    licence = await service.declare_licence(session, clock, account.id, LICENCE_B)
    return {"account_id": account.id, "licence_id": licence.id}


async def test_an_operator_verifies_a_licence_and_the_date_of_birth(session: AsyncSession, clock: FixedClock) -> None:
    desk, ids = await operator(session, clock), await declared(session, clock)
    clock.advance(timedelta(hours=1))
    licence = await service.decide_licence(session, clock, desk, VERIFY, **ids, confirms_birth_date=True)
    assert (licence.state, licence.decided_at, licence.decided_by) == ("verified", clock.now(), desk.account_id)
    rider = await queries.get_rider(session, ids["account_id"])
    assert rider.born_on_verified
    assert rider.titles[0].state is LicenceState.VERIFIED
    with pytest.raises(profiles.BirthDateVerified):
        await service.update_profile(session, clock, ids["account_id"], born_on=date(1990, 1, 1))


async def test_without_confirmation_the_date_of_birth_stays_declared(session: AsyncSession, clock: FixedClock) -> None:
    desk, ids = await operator(session, clock), await declared(session, clock)
    await service.decide_licence(session, clock, desk, VERIFY, **ids)
    assert not (await queries.get_rider(session, ids["account_id"])).born_on_verified


async def test_a_date_of_birth_is_verified_without_any_licence(session: AsyncSession, clock: FixedClock) -> None:
    desk, account = await operator(session, clock), await person(session, clock)
    assert (await service.verify_birth_date(session, clock, desk, account.id)).born_on_verified
    nobody = await person(session, clock, "other@example.fr", born_on=None)
    with pytest.raises(profiles.BirthDateMissing):
        await service.verify_birth_date(session, clock, desk, nobody.id)


async def test_a_decided_licence_is_not_decided_the_same_way_again(session: AsyncSession, clock: FixedClock) -> None:
    desk, ids = await operator(session, clock), await declared(session, clock)
    await service.decide_licence(session, clock, desk, VERIFY, **ids)
    with pytest.raises(licences.LicenceDecided) as refused:
        await service.decide_licence(session, clock, desk, VERIFY, **ids)
    assert refused.value.facts == {"state": "verified"}
    await service.decide_licence(session, clock, desk, REFUSE, **ids)


async def test_a_licence_that_expired_since_is_not_verified(session: AsyncSession, clock: FixedClock) -> None:
    desk, ids = await operator(session, clock), await declared(session, clock)
    clock.advance(timedelta(days=365 * 10))
    with pytest.raises(licences.LicenceExpired):
        await service.decide_licence(session, clock, desk, VERIFY, **ids)


async def test_nobody_verifies_their_own_papers(session: AsyncSession, clock: FixedClock) -> None:
    ids = await declared(session, clock)
    themselves = Caller(ids["account_id"], frozenset({("admin", None)}), "fr")
    with pytest.raises(licences.OwnPapers):
        await service.decide_licence(session, clock, themselves, VERIFY, **ids)


async def test_a_licence_is_found_only_on_its_own_account(session: AsyncSession, clock: FixedClock) -> None:
    desk, ids = await operator(session, clock), await declared(session, clock)
    other = await person(session, clock, "other@example.fr")
    with pytest.raises(licences.UnknownLicence):
        await service.decide_licence(session, clock, desk, VERIFY, **(ids | {"account_id": other.id}))
    with pytest.raises(profiles.UnknownAccount):
        await service.decide_licence(session, clock, desk, VERIFY, **(ids | {"account_id": uuid4()}))


async def test_accounts_are_found_by_part_of_email_phone_or_name(session: AsyncSession, clock: FixedClock) -> None:
    camille = await person(session, clock, "camille@example.fr")
    await service.update_profile(session, clock, camille.id, name="Dubois 100%")
    phone = await person(session, clock, "+33612345678")

    async def found(text: str) -> list[object]:
        accounts = await queries.list_accounts(session, text=text, limit=10, after=None)
        return [account.id for account in accounts]

    assert await found("CAMILLE") == await found("dubois") == await found("0%") == [camille.id]
    assert await found("612345") == [phone.id]
    assert await found("%") == [camille.id]
    assert await found("_____") == []
