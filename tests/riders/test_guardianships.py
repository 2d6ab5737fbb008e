from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.db.tables import OutboxMessage
from mobility.riders import queries, service
from mobility.riders.rules import guardianship as rules
from mobility.riders.rules.guardianship import Part
from mobility.riders.service import guardianships
from mobility.riders.tables import Account, Guardianship, OutgoingMessage
from tests.support.riders import person

PARENT, CHILD, OTHER = "parent@example.fr", "child@example.fr", "other@example.fr"
BORN_ON = date(2010, 6, 20)
DAY = timedelta(days=1)


@pytest.fixture
async def parent(session: AsyncSession, clock: FixedClock) -> Account:
    return await person(session, clock, PARENT)


@pytest.fixture
async def child(session: AsyncSession, clock: FixedClock) -> Account:
    return await person(session, clock, CHILD, born_on=BORN_ON)


async def agreed(session: AsyncSession, clock: FixedClock, parent: Account, child: Account) -> Guardianship:
    asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, CHILD)
    return await guardianships.accept(session, clock, child.id, asked.id)


async def kinds(session: AsyncSession, account_id: UUID) -> list[tuple[str, str]]:
    events = await queries.list_account_events(session, account_id, limit=10, before=None)
    return [(event.kind, event.reason) for event in events]


async def test_a_parent_invites_and_the_child_accepts(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, CHILD)
    assert (asked.consented_at, asked.accepted_at) == (clock.now(), None)
    assert (await queries.get_rider(session, child.id)).guardian is None
    clock.advance(DAY)
    begun = await guardianships.accept(session, clock, child.id, asked.id)
    assert (begun.consented_at, begun.accepted_at) == (clock.now() - DAY, clock.now())
    assert (begun.state, begun.address) == ("active", None)
    guardian = (await queries.get_rider(session, child.id)).guardian
    assert guardian == rules.Guardian(account_id=parent.id, is_verified=False, is_blocked=False)
    assert await kinds(session, child.id) == await kinds(session, parent.id) == [("guardianship_begun", "")]


async def test_a_child_invites_and_the_parent_consents_by_accepting(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    asked = await guardianships.ask(session, clock, child.id, Part.CHILD, PARENT)
    assert asked.consented_at is None
    clock.advance(DAY)
    begun = await guardianships.accept(session, clock, parent.id, asked.id)
    assert (begun.guardian_id, begun.child_id, begun.consented_at) == (parent.id, child.id, clock.now())


async def test_the_parent_pays_from_the_agreement_until_it_ends_and_for_what_was_begun_before(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    before = clock.now()
    clock.advance(DAY)
    begun = await agreed(session, clock, parent, child)
    during = clock.now()
    clock.advance(DAY)
    await guardianships.end(session, clock, parent.id, begun.id)
    after = clock.now()
    payers = [await service.payer_of(session, child.id, at) for at in (before, during, after)]
    assert payers == [child.id, parent.id, child.id]
    assert await service.payer_of(session, parent.id, during) == parent.id


async def test_the_parent_pays_until_the_eighteenth_birthday_where_the_ride_is(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    await agreed(session, clock, parent, child)
    evening = datetime(2028, 6, 19, 22, 30, tzinfo=UTC)
    assert await service.payer_of(session, child.id, evening) == parent.id
    assert await service.payer_of(session, child.id, evening.astimezone(ZoneInfo("Europe/Paris"))) == child.id


async def test_a_guardianship_ends_by_itself_when_the_child_is_of_age(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    begun = await agreed(session, clock, parent, child)
    clock.advance(datetime(2028, 6, 20, 12, tzinfo=UTC) - clock.now())
    assert await guardianships.end_of_age(session, clock) == 0
    clock.advance(DAY)
    assert await guardianships.end_of_age(session, clock) == 1
    assert (begun.state, begun.closed_because) == ("ended", "come_of_age")
    assert (await kinds(session, child.id))[0] == ("guardianship_ended", "come_of_age")
    assert await guardianships.end_of_age(session, clock) == 0


@pytest.mark.parametrize(("who", "because"), [("parent", "withdraw"), ("child", "leave")])
async def test_either_ends_it_at_once_and_everybody_is_told(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account, who: str, because: str
) -> None:
    begun = await agreed(session, clock, parent, child)
    ended = await guardianships.end(session, clock, parent.id if who == "parent" else child.id, begun.id)
    assert (ended.state, ended.closed_because) == ("ended", because)
    assert (await queries.get_rider(session, child.id)).guardian is None
    told = await session.scalars(select(OutgoingMessage.account_id).where(OutgoingMessage.subject.contains("terminé")))
    assert set(told) == {parent.id, child.id}
    assert "riders.guardianship_ended" in set(await session.scalars(select(OutboxMessage.topic)))
    with pytest.raises(rules.GuardianshipDecided):
        await guardianships.end(session, clock, parent.id, begun.id)


async def test_an_invitation_is_declined_or_taken_back(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    for who, because in ((child, "decline"), (parent, "take_back")):
        asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, CHILD)
        closed = await guardianships.end(session, clock, who.id, asked.id)
        assert (closed.state, closed.closed_because, closed.address) == ("declined", because, None)
    assert await kinds(session, parent.id) == []


async def test_an_invitation_waits_for_somebody_who_has_never_signed_in(
    session: AsyncSession, clock: FixedClock, parent: Account
) -> None:
    asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, OTHER)
    newcomer = await person(session, clock, OTHER, born_on=BORN_ON)
    (found,) = await guardianships.list_of(session, newcomer.id, limit=10)
    assert found.id == asked.id
    await guardianships.accept(session, clock, newcomer.id, asked.id)


async def test_only_who_is_invited_accepts(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, CHILD)
    stranger = await person(session, clock, OTHER)
    for nobody in (parent.id, stranger.id):
        with pytest.raises(rules.UnknownGuardianship):
            await guardianships.accept(session, clock, nobody, asked.id)
    with pytest.raises(rules.UnknownGuardianship):
        await guardianships.end(session, clock, stranger.id, asked.id)
    with pytest.raises(rules.UnknownGuardianship) as refused:
        await guardianships.accept(session, clock, child.id, uuid4())
    assert refused.value.code == "unknown_guardianship"


async def test_an_invitation_lapses(session: AsyncSession, clock: FixedClock, parent: Account, child: Account) -> None:
    asked = await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, CHILD)
    clock.advance(14 * DAY)
    with pytest.raises(rules.InvitationLapsed) as refused:
        await guardianships.accept(session, clock, child.id, asked.id)
    assert refused.value.code == "invitation_lapsed"


async def test_a_child_has_one_parent_who_pays_at_a_time(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    other = await person(session, clock, OTHER)
    second = await guardianships.ask(session, clock, other.id, Part.GUARDIAN, CHILD)
    await agreed(session, clock, parent, child)
    with pytest.raises(rules.GuardianExists) as refused:
        await guardianships.accept(session, clock, child.id, second.id)
    assert refused.value.code == "guardian_exists"


async def test_who_asks_has_the_age_for_it(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    ageless = await person(session, clock, OTHER, born_on=None)
    for account, part, refusal in (
        (child, Part.GUARDIAN, rules.GuardianNotAdult),
        (parent, Part.CHILD, rules.ChildNotMinor),
        (ageless, Part.GUARDIAN, rules.GuardianNotAdult),
        (ageless, Part.CHILD, rules.ChildNotMinor),
    ):
        with pytest.raises(refusal) as refused:
            await guardianships.ask(session, clock, account.id, part, "somebody@example.fr")
        assert refused.value.code in ("guardian_not_adult", "child_not_minor")


async def test_nobody_invites_themselves_or_the_whole_town(
    session: AsyncSession, clock: FixedClock, parent: Account
) -> None:
    with pytest.raises(rules.OwnGuardian) as own:
        await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, PARENT)
    for number in range(rules.GUARDIANSHIPS_MAX):
        await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, f"child{number}@example.fr")
    with pytest.raises(rules.GuardianshipsTooMany) as many:
        await guardianships.ask(session, clock, parent.id, Part.GUARDIAN, OTHER)
    assert (own.value.code, many.value.code) == ("own_guardian", "guardianships_too_many")


async def test_a_blocked_parent_is_known_as_such(
    session: AsyncSession, clock: FixedClock, parent: Account, child: Account
) -> None:
    await agreed(session, clock, parent, child)
    await service.block_account(session, clock, parent.id, by=None, reason="unpaid for a year")
    guardian = (await queries.get_rider(session, child.id)).guardian
    assert guardian is not None
    assert guardian.is_blocked
