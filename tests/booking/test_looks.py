"""Where a ride is, for two people and a time; and nothing of it for anybody else, nor after."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from mobility.base.clock import FixedClock
from mobility.booking.service.looks import lock
from mobility.booking.subscribers import subscriptions
from mobility.booking.tables import AccessLogEntry, Assistance
from mobility.booking.tasks import close_looks, forget_looks
from mobility.cli.doctor.findings import Finding, State
from mobility.cli.doctor.servers import database_findings
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.fleet.tables import Sighting
from mobility.riders.service import lease_letter
from tests.support.desks import MARKS, MINUTE, ON_THE_WAY, WHY, Desk, Scene
from tests.support.fleets import signed_in
from tests.support.rides import refusal
from tests.support.strangers import rows


async def kept(sessions: Sessions, valkey: Redis) -> list[str]:
    """Tables and keys that hold a coordinate of the ride."""
    everything = {name: "\n".join(lines) for name, lines in (await rows(sessions)).items()}
    async for key in valkey.scan_iter():
        is_stream = await valkey.type(key) == b"stream"
        everything[str(key)] = str(await valkey.xrange(key) if is_stream else await valkey.dump(key))
    return sorted(name for name, lines in everything.items() if any(mark in lines for mark in MARKS))


async def test_without_two_people_no_position_of_a_ride_is_kept_or_shown(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    asked = (await scene.ask(scene.ida)).json()
    await scene.drives()
    assert asked["state"] == "asked"
    assert await kept(sessions, valkey) == []
    assert refusal(await scene.look(scene.ida, asked["id"])) == (409, "assistance_not_open")
    shown = await scene.ida.get(f"/v1/fleet/vehicles/{scene.vehicle.id}")
    assert not any(mark in shown.text for mark in MARKS)
    assert await scene.told() == []


async def test_two_people_see_the_latest_position_and_nobody_else_does(
    scene: Scene, sessions: Sessions, clock: FixedClock, valkey: Redis
) -> None:
    opened = await scene.opened()
    assert (await scene.look(scene.ida, opened)).json() == {"position": None, "at": None, "speed_kmh": None}
    await scene.drives(position={"lon": 175.011, "lat": -39.98})
    clock.advance(MINUTE)
    await scene.drives()
    for desk in (scene.ida, scene.omar):
        answer = await scene.look(desk, opened)
        assert answer.status_code == 200
        assert answer.json()["position"] == ON_THE_WAY
    other = Desk(scene.client, await signed_in(sessions, clock, "uma@example.org", city="lakeport"))
    assert refusal(await scene.look(other, opened)) == (403, "not_one_of_the_two")
    assert await kept(sessions, valkey) == ["sighting"]
    for answer in (
        await scene.ida.get(f"/v1/fleet/vehicles/{scene.vehicle.id}"),
        await scene.ida.get("/v1/cities/lakeport/assistances"),
        await scene.ida.get("/v1/cities/lakeport/access-log"),
        await scene.rider.get(f"/v1/rentals/{scene.rental_id}"),
    ):
        assert not any(mark in answer.text for mark in MARKS)


async def test_a_position_that_comes_late_does_not_replace_a_newer_one(scene: Scene) -> None:
    opened = await scene.opened()
    await scene.drives()
    await scene.drives(ago=2 * MINUTE, position={"lon": 175.011, "lat": -39.98})
    assert (await scene.look(scene.ida, opened)).json()["position"] == ON_THE_WAY


async def test_rides_that_nobody_may_look_at_leave_nothing_while_another_is_looked_at(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    await scene.opened()
    async with transaction(sessions) as session:
        await session.execute(delete(Sighting))  # as another ride's: it has no row
    await scene.drives()
    assert await kept(sessions, valkey) == []


async def closes(scene: Scene, sessions: Sessions, opened: str) -> None:
    answer = await scene.omar.post(f"/v1/assistances/{opened}/close")
    assert (answer.status_code, answer.json()["state"]) == (200, "over")


async def time_is_up(scene: Scene, sessions: Sessions, opened: str) -> None:
    scene.clock.advance(30 * MINUTE)
    assert refusal(await scene.look(scene.ida, opened)) == (409, "assistance_over")  # before any worker comes
    async with transaction(sessions) as session:
        assert await close_looks(session, scene.clock) == 1


async def ride_ends(scene: Scene, sessions: Sessions, opened: str) -> None:
    await scene.end()


@pytest.mark.parametrize("is_over", [closes, time_is_up, ride_ends])
@pytest.mark.parametrize("purpose", ["assistance", "theft"])
async def test_afterwards_nothing_remains_of_where_the_ride_was(
    scene: Scene,
    sessions: Sessions,
    valkey: Redis,
    is_over: Callable[[Scene, Sessions, str], Awaitable[None]],
    purpose: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    opened = await scene.opened(purpose=purpose)
    await scene.drives()
    assert (await scene.look(scene.omar, opened)).json()["position"] == ON_THE_WAY
    await is_over(scene, sessions, opened)
    assert await kept(sessions, valkey) == []
    assert refusal(await scene.look(scene.ida, opened)) == (409, "assistance_over")
    await scene.drives(ago=2 * MINUTE)
    assert await kept(sessions, valkey) == []
    assert not any(mark in "".join(capfd.readouterr()) for mark in MARKS)


async def test_the_same_person_cannot_ask_and_open(scene: Scene) -> None:
    asked = (await scene.ask(scene.ida)).json()
    assert refusal(await scene.ida.post(f"/v1/assistances/{asked['id']}/approve")) == (403, "two_people_needed")


async def test_the_table_too_wants_two_people_and_two_hours_at_most(scene: Scene, sessions: Sessions) -> None:
    await scene.opened()
    for change in ("approved_by = asked_by", "until = opened_at + interval '121 minutes'"):
        with pytest.raises(IntegrityError):
            async with transaction(sessions) as session:
                await session.execute(text(f"UPDATE assistance SET {change}"))


async def test_opening_twice_changes_nothing_and_a_third_person_comes_too_late(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened(minutes=10)
    clock.advance(MINUTE)
    again = (await scene.omar.post(f"/v1/assistances/{opened}/approve")).json()
    assert datetime.fromisoformat(again["until"]) - datetime.fromisoformat(again["opened_at"]) == 10 * MINUTE
    third = Desk(scene.client, await signed_in(sessions, clock, "uma@example.org", city="lakeport"))
    assert refusal(await third.post(f"/v1/assistances/{opened}/approve")) == (409, "assistance_open")


async def test_a_request_that_nobody_opens_lapses_after_half_an_hour(scene: Scene, clock: FixedClock) -> None:
    asked = (await scene.ask(scene.ida)).json()
    clock.advance(30 * MINUTE)
    assert refusal(await scene.omar.post(f"/v1/assistances/{asked['id']}/approve")) == (409, "assistance_over")
    assert (await scene.ask(scene.ida)).status_code == 201
    assert await scene.told() == []


async def test_one_ride_has_one_request_at_a_time(scene: Scene) -> None:
    asked = (await scene.ask(scene.ida)).json()
    assert refusal(await scene.ask(scene.omar)) == (409, "assistance_exists")
    await scene.ida.post(f"/v1/assistances/{asked['id']}/close")
    assert (await scene.ask(scene.omar)).status_code == 201


async def test_a_vehicle_that_nobody_rides_has_its_position_on_the_map(scene: Scene) -> None:
    await scene.end()
    assert refusal(await scene.ask(scene.ida)) == (409, "vehicle_not_rented")


async def test_what_does_not_exist_is_refused(scene: Scene) -> None:
    for verb in ("approve", "close"):
        answer = await scene.ida.post(f"/v1/assistances/{uuid4()}/{verb}")
        assert refusal(answer) == (404, "unknown_assistance")
    assert refusal(await scene.look(scene.ida, str(uuid4()))) == (404, "unknown_assistance")


@pytest.mark.parametrize(
    "body", [{"reason": ""}, {"minutes": 0}, {"minutes": 121}, {"purpose": "curiosity"}, {"until": "2030-01-01"}]
)
async def test_a_request_without_reason_or_end_is_refused(scene: Scene, body: dict[str, Any]) -> None:
    assert (await scene.ask(scene.ida, **body)).status_code == 400


async def test_every_look_is_written_down_and_nobody_changes_what_is_written(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    clock.advance(MINUTE)
    await scene.look(scene.omar, opened)
    log = (await scene.ida.get("/v1/cities/lakeport/access-log")).json()["items"]
    assert [(each["account_id"], each["kind"], each["reason"]) for each in log] == [
        (await scene.omar.me(), "position", WHY),
        (await scene.ida.me(), "position", WHY),
    ]
    assert datetime.fromisoformat(log[0]["at"]) == clock.now()
    for change in (delete(AccessLogEntry), text("UPDATE access_log SET reason = 'none'")):
        with pytest.raises(IntegrityError):
            async with transaction(sessions) as session:
                await session.execute(change)


async def test_who_looked_is_forgotten_after_its_time_with_the_permission(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    await scene.ida.post(f"/v1/assistances/{opened}/close")
    for days, left in ((365, 1), (1, 0)):
        clock.advance(timedelta(days=days))
        async with transaction(sessions) as session:
            assert await forget_looks(session, clock, kept_days=365) == 1 - left
            assert len((await session.scalars(select(AccessLogEntry))).all()) == left
            assert len((await session.scalars(select(Assistance))).all()) == left


async def test_the_rider_sees_at_once_that_help_can_see_them_and_how_often_it_looked(
    scene: Scene, sessions: Sessions
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    (told,) = (await scene.rider.get("/v1/me/ride")).json()["rental"]["located"]
    assert (told["purpose"], told["is_open"], told["looks"]) == ("assistance", True, 1)
    assert await facts(sessions) == [opened]
    await scene.omar.post(f"/v1/assistances/{opened}/close")
    assert [each["is_open"] for each in await scene.told()] == [False]
    assert await facts(sessions) == [opened]


async def test_the_rider_learns_of_a_search_for_a_stolen_vehicle_when_it_is_over(
    scene: Scene, sessions: Sessions, clock: FixedClock
) -> None:
    opened = await scene.opened(purpose="theft")
    assert (await scene.told(), await facts(sessions)) == ([], [])
    clock.advance(30 * MINUTE)
    assert [each["purpose"] for each in await scene.told()] == ["theft"]
    async with transaction(sessions) as session:
        await close_looks(session, clock)
    assert await facts(sessions) == [opened]


@pytest.mark.parametrize(
    ("purpose", "subject"),
    [("assistance", "Nous voyons où est votre véhicule"), ("theft", "Nous avons vu où était votre véhicule")],
)
async def test_the_rider_is_written_to_once_when_others_look(
    scene: Scene, sessions: Sessions, clock: FixedClock, purpose: str, subject: str
) -> None:
    opened = await scene.opened(purpose=purpose)
    await scene.ida.post(f"/v1/assistances/{opened}/close")
    while await deliver_one(sessions, clock, subscriptions()):
        pass
    async with transaction(sessions) as session:
        letter = await lease_letter(session, clock)
        assert letter is not None
        assert (letter.subject, await lease_letter(session, clock)) == (subject, None)


async def facts(sessions: Sessions) -> list[str]:
    """The looks of which the outbox tells the rider."""
    async with sessions() as session:
        told = await session.scalars(select(OutboxMessage.payload).where(OutboxMessage.topic == "booking.ride_located"))
        return [payload["assistance_id"] for payload in told]


async def test_looks_are_listed_for_the_second_person_to_find(scene: Scene) -> None:
    opened = await scene.opened()
    await scene.ida.post(f"/v1/assistances/{opened}/close")
    again = (await scene.ask(scene.ida)).json()
    page = (await scene.omar.get("/v1/cities/lakeport/assistances", limit=1)).json()
    assert [(each["id"], each["state"]) for each in page["items"]] == [(again["id"], "asked")]
    rest = (await scene.omar.get("/v1/cities/lakeport/assistances", after=page["next"])).json()
    assert [(each["id"], each["state"]) for each in rest["items"]] == [(opened, "over")]


async def test_two_ask_at_once_and_one_is_refused(scene: Scene, sessions: Sessions) -> None:
    answers = await asyncio.gather(scene.ask(scene.ida), scene.ask(scene.omar))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    async with sessions() as session:
        assert len((await session.scalars(select(Assistance))).all()) == 1


async def test_a_ride_that_ends_during_a_look_is_closed_all_the_same(
    scene: Scene, sessions: Sessions, valkey: Redis
) -> None:
    opened = await scene.opened()
    await scene.drives()
    async with sessions() as looking:
        await lock(looking, UUID(opened))
        ending = asyncio.create_task(scene.end())
        await waits_for_a_lock(sessions)
        await looking.rollback()
    await ending
    assert await kept(sessions, valkey) == []


async def waits_for_a_lock(sessions: Sessions) -> None:
    async with asyncio.timeout(30), sessions() as session:
        waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
        while not await session.scalar(waiting):
            await session.rollback()


async def privacy(database_url: str) -> Finding:
    return next(each for each in await database_findings(database_url) if each.subject == "privacy")


async def test_the_doctor_counts_looks_and_finds_what_should_be_over(
    scene: Scene, sessions: Sessions, database_url: str
) -> None:
    opened = await scene.opened()
    await scene.look(scene.ida, opened)
    # The doctor goes by the clock of the machine, on which all of this was long ago.
    assert (await privacy(database_url)).state is State.WARN
    async with transaction(sessions) as session:
        await session.execute(delete(Sighting))
        await session.execute(text("UPDATE assistance SET closed_at = until"))
    assert (await privacy(database_url)).state is State.OK
    async with transaction(sessions) as session:
        session.add(Sighting(rental_id=UUID(scene.rental_id), until=scene.clock.now()))
    assert (await privacy(database_url)).state is State.BAD
