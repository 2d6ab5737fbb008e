"""A ride whose vehicle has to be asked: real commits, the API, the worker's turns, vehicles that obey or do not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.booking.events import RentalStarted
from mobility.booking.service.soundness import violations
from mobility.booking.subscribers import answer_rider
from mobility.booking.tables import Rental
from mobility.db.embedded import Servers
from mobility.db.live import Live
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.fleet.events import VehicleCommandChanged
from mobility.fleet.rules.commands import Command, Kind, State
from mobility.fleet.service import Actor, NewVehicle, commands, report_event
from mobility.fleet.service.commands import Taken
from mobility.fleet.tables import Alert, Vehicle, VehicleCommand, VehicleEvent
from mobility.payments.tables import Payment
from mobility.settings import Settings
from tests.booking.conftest import PublicIds
from tests.support.apps import api_on
from tests.support.radios import NO, YES, ScriptedRadio, Worker
from tests.support.rides import LIGHTHOUSE, Phone, refusal

PARKED = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


@pytest.fixture
async def app(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock, mailbox: Path
) -> AsyncIterator[Litestar]:
    """The API of a service whose vehicles are reached over a broker; it has nothing to say to the broker itself."""
    settings = Settings(
        database_url=database_url,
        redis_url=running_servers.redis_url,
        mobility_mailbox=mailbox,
        mobility_mqtt_url="mqtt://nobody:asks@127.0.0.1",
    )
    async with api_on(settings, clock) as app:
        yield app


@dataclass(frozen=True)
class Scene:
    """One rider, one vehicle, one worker."""

    phone: Phone
    worker: Worker
    vehicle_id: UUID
    public_ids: PublicIds
    plate: str

    @property
    def radio(self) -> ScriptedRadio:
        return self.worker.radio

    def passes(self, **time: float) -> None:
        self.worker.clock.advance(timedelta(**time))

    async def starts(self) -> Any:
        await self.worker.beat()
        (public_id,) = await self.public_ids(self.plate)
        return await self.phone.ride(public_id)

    async def rides(self) -> Any:
        rental = await self.starts()
        await self.worker.work()
        return await self.rental(rental)

    async def rental(self, rental: Any) -> Any:
        return (await self.phone.get(f"/v1/rentals/{rental['id']}")).json()

    async def mine(self) -> str:
        kind: str = (await self.phone.get("/v1/me/ride")).json()["kind"]
        return kind

    async def does(self, rental: Any, what: str, body: Any = None) -> Any:
        return await self.phone.post(f"/v1/rentals/{rental['id']}/{what}", body)

    async def state(self) -> str:
        async with self.worker.sessions() as session:
            return (await session.get_one(Vehicle, self.vehicle_id)).state

    async def log(self) -> list[str]:
        events = select(VehicleEvent.event).where(VehicleEvent.vehicle_id == self.vehicle_id)
        async with self.worker.sessions() as session:
            return list(await session.scalars(events.order_by(VehicleEvent.seq)))

    async def alerts(self) -> list[str]:
        ours = select(Alert.kind).where(Alert.vehicle_id == self.vehicle_id, Alert.state != "cleared")
        async with self.worker.sessions() as session:
            return list(await session.scalars(ours))

    async def command(self, kind: Kind) -> VehicleCommand:
        latest = select(VehicleCommand).where(VehicleCommand.vehicle_id == self.vehicle_id, VehicleCommand.kind == kind)
        async with self.worker.sessions() as session:
            return (await session.scalars(latest.order_by(VehicleCommand.id.desc()).limit(1))).one()

    async def count(self, table: type[Payment] | type[Rental]) -> int:
        async with self.worker.sessions() as session:
            return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture(params=["B-001"])
async def scene(
    request: pytest.FixtureRequest,
    phone: Phone,
    sessions: Sessions,
    clock: FixedClock,
    live: Live,
    town: list[NewVehicle],
    public_ids: PublicIds,
) -> AsyncIterator[Scene]:
    """Whatever happens in it, the vehicles' stories hold together afterwards."""
    sessions.configure(info={commands.BY_RADIO: True})
    (vehicle_id,) = (new.id for new in town if new.plate == request.param)
    worker = Worker(sessions, clock, live, ScriptedRadio(sessions, clock))
    yield Scene(phone, worker, vehicle_id, public_ids, request.param)
    await worker.tell()
    async with sessions() as session:
        assert await violations(session) == []


both_modes = pytest.mark.parametrize("scene", ["B-001", "P-001"], indirect=True)


@both_modes
async def test_paid_time_begins_when_the_vehicle_confirms(scene: Scene) -> None:
    rental = await scene.starts()
    assert (rental["state"], rental["started_at"], rental["payment"]) == ("unlocking", None, None)
    assert (await scene.mine(), await scene.state()) == ("unlocking", "reserved")
    scene.passes(seconds=9)
    assert (await scene.rental(rental))["price_so_far"]["total"]["cents"] == 0
    await scene.worker.work()
    rental = await scene.rental(rental)
    assert (rental["state"], rental["requested_at"]) == ("riding", "2026-06-15T08:00:00Z")
    assert rental["started_at"] == "2026-06-15T08:00:09Z"
    assert (await scene.mine(), await scene.state()) == ("riding", "on_trip")


async def test_no_ride_is_asked_for_while_no_worker_is_there_to_tell_the_vehicle(scene: Scene) -> None:
    (public_id,) = await scene.public_ids(scene.plate)
    hold = await scene.phone.post("/v1/holds", {"vehicle_id": str(public_id)})
    start = {"hold_id": hold.json()["id"]}
    for was_ever_there in (False, True):
        if was_ever_there:
            await scene.worker.beat()
            scene.passes(seconds=61)
        assert refusal(await scene.phone.post("/v1/rentals", start)) == (503, "vehicles_out_of_reach")
        assert await scene.mine() == "held"
    await scene.worker.beat()
    assert (await scene.phone.post("/v1/rentals", start)).json()["state"] == "unlocking"


@pytest.mark.parametrize("scene", ["P-001"], indirect=True)
async def test_a_cars_reservation_ends_when_it_has_unlocked(scene: Scene) -> None:
    await scene.starts()
    assert (await scene.log())[-1] == "reservation_start"
    await scene.worker.work()
    assert (await scene.log())[-2:] == ["reservation_stop", "trip_start"]


@both_modes
async def test_a_vehicle_that_never_answers_costs_nothing_and_is_free_again(scene: Scene) -> None:
    scene.radio.script = {Kind.UNLOCK: ()}
    rental = await scene.starts()
    for _ in range(15):
        await scene.worker.work()
        assert await scene.mine() == "unlocking"
        scene.passes(seconds=1)
    await scene.worker.work()
    assert len(scene.radio.heard) == 4
    rental = await scene.rental(rental)
    assert (rental["state"], rental["started_at"], rental["payment"]) == ("failed", None, None)
    assert rental["failure"] == {
        "code": "unlock_unanswered",
        "sentence": "The vehicle did not answer. There is nothing to pay: try again, or take another one.",
    }
    assert (await scene.mine(), await scene.state(), await scene.count(Payment)) == ("none", "available", 0)
    assert await scene.alerts() == ["unlock_failed"]
    assert refusal(await scene.phone.get(f"/v1/rentals/{rental['id']}/receipt")) == (409, "rental_failed")
    assert (await scene.phone.get("/v1/rentals")).json()["items"] == []


async def test_who_was_left_standing_may_try_again_at_once(scene: Scene) -> None:
    scene.radio.script = {Kind.UNLOCK: ()}
    await scene.starts()
    scene.passes(seconds=15)
    await scene.worker.work()
    scene.radio.script = {}
    again = await scene.rides()
    assert (again["state"], await scene.alerts()) == ("riding", [])


async def test_a_vehicle_that_refuses_is_free_again_at_once(scene: Scene) -> None:
    scene.radio.script = {Kind.UNLOCK: (NO,)}
    rental = await scene.rides()
    assert (rental["state"], rental["failure"]["code"]) == ("failed", "unlock_refused")
    assert (await scene.state(), await scene.mine()) == ("available", "none")
    assert (await scene.command(Kind.UNLOCK)).code == "jammed"


async def test_an_answer_that_comes_twice_is_one_ride(scene: Scene) -> None:
    scene.radio.script = {Kind.UNLOCK: (YES, YES, NO)}
    rental = await scene.rides()
    await scene.worker.work()
    assert scene.radio.taken == [Taken.SETTLED, Taken.REPEATED, Taken.REPEATED]
    assert ((await scene.rental(rental))["state"], await scene.count(Rental)) == ("riding", 1)
    async with scene.worker.sessions() as session:
        told = select(func.count()).where(OutboxMessage.topic == RentalStarted.topic)
        assert await session.scalar(told) == 1


async def test_an_answer_too_late_starts_nothing_and_locks_the_vehicle_again(scene: Scene) -> None:
    scene.radio.script = {Kind.UNLOCK: ()}
    rental = await scene.starts()
    await scene.worker.publish()
    scene.passes(seconds=15)
    assert await scene.radio.reply(scene.vehicle_id, scene.radio.heard[0].id) is Taken.LATE
    await scene.worker.work()
    assert (await scene.rental(rental))["state"] == "failed"
    assert await scene.worker.sent(scene.vehicle_id) == [("unlock", "expired"), ("lock", "confirmed")]


@pytest.mark.parametrize("what", ["pause", "resume", "end"])
async def test_a_ride_that_has_not_begun_can_neither_be_paused_nor_resumed_nor_ended(scene: Scene, what: str) -> None:
    scene.radio.script = {Kind.UNLOCK: ()}
    rental, body = await scene.starts(), PARKED if what == "end" else None
    assert refusal(await scene.does(rental, what, body)) == (409, "still_unlocking")
    scene.passes(seconds=15)
    await scene.worker.work()
    assert refusal(await scene.does(rental, what, body)) == (409, "rental_failed")


async def test_while_a_vehicle_unlocks_its_rider_gets_no_other_and_nobody_else_gets_it(
    scene: Scene, other: Phone
) -> None:
    await scene.starts()
    mine, second = await scene.public_ids("B-001", "B-002")
    assert refusal(await scene.phone.post("/v1/holds", {"vehicle_id": str(second)})) == (409, "already_riding")
    assert refusal(await other.post("/v1/holds", {"vehicle_id": str(mine)})) == (409, "vehicle_taken")


async def test_pausing_locks_resuming_unlocks_and_the_end_locks(scene: Scene) -> None:
    rental = await scene.rides()
    for what, body in (("pause", None), ("resume", None), ("end", PARKED)):
        assert (await scene.does(rental, what, body)).status_code == 200
        await scene.worker.work()
    assert [kind for kind, _ in await scene.worker.sent(scene.vehicle_id)] == ["unlock", "lock", "unlock", "lock"]
    assert await scene.alerts() == []


async def test_a_ride_ends_whatever_the_lock_says_and_somebody_is_told(scene: Scene) -> None:
    rental = await scene.rides()
    scene.radio.script = {Kind.LOCK: ()}
    scene.passes(minutes=10)
    ended = (await scene.does(rental, "end", PARKED)).json()
    assert (ended["state"], await scene.state()) == ("ended", "available")
    await scene.worker.work()
    scene.passes(seconds=60)
    await scene.worker.work()
    assert await scene.alerts() == ["lock_unconfirmed"]
    assert await scene.radio.reply(scene.vehicle_id, (await scene.command(Kind.LOCK)).id) is Taken.LATE
    assert await scene.alerts() == []


async def test_the_lock_of_the_ride_before_does_not_reach_the_next_rider(scene: Scene, other: Phone) -> None:
    rental = await scene.rides()
    scene.radio.script = {Kind.LOCK: ()}
    await scene.does(rental, "end", PARKED)
    await scene.worker.work()
    (public_id,) = await scene.public_ids("B-001")
    await other.ride(public_id)
    await scene.worker.work()
    heard = [message.command for message in scene.radio.heard]
    for _ in range(60):
        scene.passes(seconds=1)
        await scene.worker.work()
    assert [message.command for message in scene.radio.heard] == heard == ["unlock", "lock", "unlock"]
    assert await scene.worker.sent(scene.vehicle_id) == [
        ("unlock", "confirmed"),
        ("lock", "superseded"),
        ("unlock", "confirmed"),
    ]


@both_modes
async def test_a_ride_whose_vehicle_does_not_unlock_again_stays_paused(scene: Scene) -> None:
    rental = await scene.rides()
    scene.passes(minutes=3)
    await scene.does(rental, "pause")
    await scene.worker.work()
    scene.radio.script = {Kind.UNLOCK: (NO,)}
    scene.passes(minutes=3)
    assert (await scene.does(rental, "resume")).json()["state"] == "riding"
    scene.passes(minutes=3)
    await scene.worker.work()
    paused = await scene.rental(rental)
    assert (paused["state"], paused["paused_s"]) == ("paused", 360)
    scene.radio.script = {}
    await scene.does(rental, "resume")
    await scene.worker.work()
    assert (await scene.rental(rental))["state"] == "riding"


async def test_a_vehicle_that_vanishes_while_it_unlocks_is_locked_and_the_ride_fails(
    scene: Scene, clock: FixedClock
) -> None:
    rental = await scene.starts()
    async with transaction(scene.worker.sessions) as session:
        operator = new_id()
        await report_event(session, clock, scene.vehicle_id, "comms_lost", operator_id=operator, reason="silent")
    await scene.worker.work()
    failed = await scene.rental(rental)
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "vehicle_withdrawn")
    assert (await scene.command(Kind.LOCK)).rental_id == UUID(rental["id"])


async def test_a_worker_killed_before_publishing_is_followed_by_one_that_publishes(scene: Scene) -> None:
    rental = await scene.starts()
    async with transaction(scene.worker.sessions) as session:
        assert len(await commands.lease_due(session, scene.worker.clock)) == 1  # and dies
    assert await scene.worker.publish() == 0
    scene.passes(seconds=2)
    await scene.worker.work()
    assert (await scene.rental(rental))["state"] == "riding"


async def test_a_broker_that_is_away_for_seconds_costs_seconds(scene: Scene) -> None:
    rental, scene.radio.is_off = await scene.starts(), True
    assert await scene.worker.publish() == 0
    scene.radio.is_off = False
    scene.passes(seconds=2)
    await scene.worker.work()
    assert (await scene.rental(rental))["state"] == "riding"


async def test_a_worker_killed_after_the_answer_is_followed_by_one_that_tells_of_it(scene: Scene) -> None:
    rental = await scene.starts()
    await scene.worker.publish()
    assert (await scene.rental(rental))["state"] == "unlocking"
    scene.passes(minutes=3)
    await scene.worker.expire()
    await scene.worker.tell()
    assert (await scene.rental(rental))["state"] == "riding"


async def test_an_answer_told_twice_or_after_the_ride_changes_nothing(scene: Scene) -> None:
    rental = await scene.rides()
    unlock = await scene.command(Kind.UNLOCK)
    told = VehicleCommandChanged(
        command_id=unlock.id,
        vehicle_id=unlock.vehicle_id,
        city_id="lakeport",
        kind=unlock.kind,
        state=State.CONFIRMED,
        code=None,
        actor="rider",
        rental_id=UUID(rental["id"]),
        at=scene.worker.clock.now(),
    )
    for state in ("riding", "ended"):
        for answer in (State.CONFIRMED, State.EXPIRED):
            async with transaction(scene.worker.sessions) as session:
                await answer_rider(session, scene.worker.clock, replace(told, state=answer))
        assert (await scene.rental(rental))["state"] == state
        await scene.does(rental, "end", PARKED)


@pytest.mark.parametrize("attempt", range(3))
async def test_an_answer_at_the_deadline_is_a_ride_or_none_and_never_both(scene: Scene, attempt: int) -> None:
    scene.radio.script = {Kind.UNLOCK: ()}
    rental = await scene.starts()
    await scene.worker.publish()
    scene.passes(seconds=14)
    # The worker's clock is a little ahead of the consumer's.
    ahead = FixedClock(scene.worker.clock.now() + timedelta(seconds=1))
    sweeper = replace(scene.worker, clock=ahead)
    taken, *swept = await asyncio.gather(
        scene.radio.reply(scene.vehicle_id, scene.radio.heard[0].id), *(sweeper.expire() for _ in range(3))
    )
    scene.passes(seconds=1)
    await scene.worker.tell()
    outcome = (await scene.rental(rental))["state"]
    assert (taken, sum(swept), outcome) in {(Taken.SETTLED, 0, "riding"), (Taken.LATE, 1, "failed")}


async def test_ten_workers_at_once_publish_a_command_once(scene: Scene) -> None:
    await scene.starts()
    published = await asyncio.gather(*(scene.worker.publish() for _ in range(10)))
    assert (sum(published), len(scene.radio.heard)) == (1, 1)


async def test_commands_about_one_matter_sent_at_once_are_one_and_the_replaced(scene: Scene, clock: FixedClock) -> None:
    async def lock() -> None:
        async with transaction(scene.worker.sessions) as session:
            await commands.send(session, clock, scene.vehicle_id, Command(Kind.LOCK), actor=Actor.SYSTEM)

    await asyncio.gather(*(lock() for _ in range(5)))
    assert sorted(await scene.worker.sent(scene.vehicle_id)) == [("lock", "sent"), *[("lock", "superseded")] * 4]
