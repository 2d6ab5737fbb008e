from datetime import timedelta

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import create_async_engine

from mobility.base.clock import FixedClock, SystemClock
from mobility.cli.doctor.findings import State
from mobility.cli.doctor.servers import database_findings
from mobility.db import heartbeat
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.fleet.rules.commands import Command, Kind
from mobility.fleet.service import Actor, NewVehicle
from mobility.fleet.service.commands import BY_RADIO, send
from mobility.payments.tables import BookDifference, Reconciliation
from mobility.riders.rules.messages import Message, Said
from mobility.riders.service import lease_letter, notify, record_failure
from tests.support.riders import person


async def states(url: str) -> dict[str, State]:
    return {finding.subject: finding.state for finding in await database_findings(url)}


async def test_a_fresh_town_is_sound(database_url: str, town: list[NewVehicle]) -> None:
    assert set((await states(database_url)).values()) <= {State.OK, State.WARN}


async def test_a_vehicle_without_a_story_is_found(
    database_url: str, town: list[NewVehicle], sessions: Sessions
) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE vehicle SET state = 'reserved' WHERE id = :id"), {"id": town[0].id})
    assert (await states(database_url))["vehicles"] is State.BAD


async def test_what_stands_otherwise_at_the_payment_service_is_found(
    database_url: str, town: list[NewVehicle], sessions: Sessions
) -> None:
    now = SystemClock().now()
    async with transaction(sessions) as session:
        span = {"since": now - timedelta(days=4), "until": now - timedelta(days=3)}
        session.add(Reconciliation(gateway="stripe", at=now, lines=1, differences=0, **span))
    assert (await states(database_url))["reconciliation"] is State.WARN
    async with transaction(sessions) as session:
        name = {"gateway": "stripe", "kind": "missing_here", "matter": "charge", "reference": "pi_stray"}
        session.add(BookDifference(found_at=now, seen_at=now, **name))
    (found,) = [each for each in await database_findings(database_url) if each.subject == "reconciliation"]
    assert (found.state, "pi_stray" in found.fact) == (State.BAD, True)


async def test_facts_that_nobody_tells_are_found(database_url: str, town: list[NewVehicle], sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        long_ago = SystemClock().now() - timedelta(hours=1)
        await session.execute(update(OutboxMessage).values(recorded_at=long_ago))
    assert (await states(database_url))["outbox"] is State.WARN


async def test_commands_that_nobody_settles_are_found(
    database_url: str, town: list[NewVehicle], sessions: Sessions
) -> None:
    sessions.configure(info={BY_RADIO: True})
    long_ago = FixedClock(SystemClock().now() - timedelta(hours=1))
    async with transaction(sessions) as session:
        await send(session, long_ago, town[0].id, Command(Kind.HORN), actor=Actor.SYSTEM)
    assert (await states(database_url))["commands"] is State.WARN


async def test_messages_that_reached_nobody_are_found(
    database_url: str, town: list[NewVehicle], sessions: Sessions
) -> None:
    assert (await states(database_url))["messages"] is State.OK
    clock, hello = SystemClock(), Said(fr="Bonjour", en="Hello")
    async with transaction(sessions) as session:
        account = await person(session, clock)
        await notify(session, clock, account.id, Message(subject=hello, text=hello), key="hello")
        letter = await lease_letter(session, clock)
        assert letter is not None
        await record_failure(session, clock, letter.id, "smtp_550", for_good=True)
    assert (await states(database_url))["messages"] is State.WARN


async def test_a_worker_that_is_gone_is_found(database_url: str, town: list[NewVehicle], sessions: Sessions) -> None:
    assert (await states(database_url))["worker"] is State.WARN
    async with transaction(sessions) as session:
        await heartbeat.beat(session, SystemClock())
    assert (await states(database_url))["worker"] is State.OK
    async with transaction(sessions) as session:
        await heartbeat.beat(session, FixedClock(SystemClock().now() - timedelta(hours=1)))
    assert (await states(database_url))["worker"] is State.WARN


async def test_a_database_without_a_schema_is_asked_nothing_more(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    await engine.dispose()
    found = await states(database_url)
    assert found["schema"] is State.BAD
    assert "ledger" not in found
