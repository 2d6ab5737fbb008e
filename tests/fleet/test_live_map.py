import zlib
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from redis.asyncio import Redis

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db import outbox
from mobility.db.live import Live
from mobility.db.session import POOL_SIZE, Sessions, transaction
from mobility.fleet import queries, service, subscribers
from mobility.fleet.service import Actor, NewVehicle
from mobility.riders.service import sign_out
from tests.support.fleets import RIDER, signed_in
from tests.support.streams import open_stream

LIVE = "/v1/cities/lakeport/fleet/live"


@pytest.fixture
async def operator(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    return await signed_in(sessions, clock, city="lakeport")


@pytest.fixture
def moped(town: list[NewVehicle]) -> UUID:
    return next(new.id for new in town if new.plate == "B-001")


async def toggle(sessions: Sessions, clock: FixedClock, live: Live, vehicle_id: UUID) -> None:
    """A change of state, told by the worker."""
    async with transaction(sessions) as session:
        await service.report_event(session, clock, vehicle_id, "maintenance", operator_id=RIDER, reason="round")
    await tell(sessions, clock, live)


async def tell(sessions: Sessions, clock: FixedClock, live: Live) -> None:
    while await outbox.deliver_one(sessions, clock, subscribers.subscriptions(live)):
        pass


async def test_a_console_gets_the_whole_fleet_and_then_each_change(
    app: Litestar, sessions: Sessions, clock: FixedClock, live: Live, operator: dict[str, str], moped: UUID
) -> None:
    await tell(sessions, clock, live)
    async with open_stream(app, LIVE, operator) as console:
        name, id_, snapshot = await console.next() or pytest.fail("ended")
        assert (name, len(snapshot["vehicles"])) == ("snapshot", 8)
        assert {vehicle["state"] for vehicle in snapshot["vehicles"]} == {"available"}
        await toggle(sessions, clock, live, moped)
        name, next_id, vehicle = await console.next() or pytest.fail("ended")
        assert (name, vehicle["id"], vehicle["state"]) == ("vehicle", str(moped), "non_operational")
        assert tuple(map(int, next_id.split("-"))) > tuple(map(int, id_.split("-")))
        assert "public_id" not in vehicle


async def test_a_console_that_returns_gets_what_it_missed_and_no_snapshot(
    app: Litestar, sessions: Sessions, clock: FixedClock, live: Live, operator: dict[str, str], moped: UUID
) -> None:
    await tell(sessions, clock, live)
    async with open_stream(app, LIVE, operator) as console:
        _, seen, _ = await console.next() or pytest.fail("ended")
    for _ in range(2):
        await toggle(sessions, clock, live, moped)
    async with open_stream(app, LIVE, operator | {"Last-Event-ID": seen}) as console:
        missed = [await console.next(), await console.next()]
    assert [(event[0], event[2]["state"]) for event in missed if event] == [
        ("vehicle", "non_operational"),
        ("vehicle", "available"),
    ]


@pytest.mark.parametrize("last_event_id", ["1-0", "0-0", "not an id", "9999999999999999999999-0"])
async def test_a_console_that_was_away_too_long_starts_from_a_snapshot(
    app: Litestar, operator: dict[str, str], last_event_id: str
) -> None:
    async with open_stream(app, LIVE, operator | {"Last-Event-ID": last_event_id}) as console:
        event = await console.next()
        assert event is not None
        assert event[0] == "snapshot"


async def test_each_event_of_a_stream_is_passed_on_at_once_compressed_too(
    app: Litestar, operator: dict[str, str]
) -> None:
    async with open_stream(app, LIVE, operator | {"Accept-Encoding": "gzip"}) as console:
        assert console.headers["content-type"].startswith("text/event-stream")
        assert console.headers["cache-control"] == "no-store"
        assert console.headers["x-accel-buffering"] == "no"
        gunzip = zlib.decompressobj(wbits=31)
        assert gunzip.decompress(await console.chunk()).endswith(b"}\n\n")
        assert gunzip.decompress(await console.chunk()) == b": \n\n"


async def test_a_silent_stream_says_that_it_is_alive(app: Litestar, operator: dict[str, str]) -> None:
    async with open_stream(app, LIVE, operator) as console:
        await console.next()
        assert await console.chunk() == b": \n\n"


async def test_a_stream_ends_when_the_process_drains(app: Litestar, operator: dict[str, str]) -> None:
    async with open_stream(app, LIVE, operator) as console:
        await console.next()
        app.state.draining.set()
        assert await console.next() is None


async def test_a_stream_ends_within_a_minute_of_the_operators_sign_out(
    app: Litestar, sessions: Sessions, clock: FixedClock, operator: dict[str, str]
) -> None:
    async with open_stream(app, LIVE, operator) as console:
        await console.next()
        async with transaction(sessions) as session:
            await sign_out(session, clock, operator["Authorization"].removeprefix("Bearer "))
        clock.advance(timedelta(minutes=1))
        assert await console.next() is None


async def test_open_streams_keep_no_database_connection(app: Litestar, operator: dict[str, str]) -> None:
    async with AsyncExitStack() as consoles:
        for _ in range(POOL_SIZE + 1):  # the last would wait in vain for a connection
            console = await consoles.enter_async_context(open_stream(app, LIVE, operator))
            assert console.status == 200


async def test_a_rented_vehicle_stays_on_the_map_where_its_rental_began(
    app: Litestar, sessions: Sessions, clock: FixedClock, live: Live, operator: dict[str, str], moped: UUID
) -> None:
    async with transaction(sessions) as session:
        _, before = await queries.get_fleet_vehicle(session, moped)
        for events in (["reservation_start"], ["trip_start"]):
            await service.apply(session, clock, moped, events, actor=Actor.RIDER, actor_id=new_id())
    await tell(sessions, clock, live)
    async with open_stream(app, LIVE, operator) as console:
        _, _, snapshot = await console.next() or pytest.fail("ended")
    shown = next(vehicle for vehicle in snapshot["vehicles"] if vehicle["id"] == str(moped))
    assert shown["state"] == "on_trip"
    assert shown["position"] == {"lon": before.position.lon, "lat": before.position.lat}


async def test_a_live_map_out_of_reach_does_not_keep_the_fact_from_others(
    sessions: Sessions, clock: FixedClock, moped: UUID
) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    heard: list[object] = []

    async def other(session: object, clock: object, event: object) -> None:
        heard.append(event)

    told = subscribers.subscriptions(Live(nowhere))
    both = {event: [*each, other] for event, each in told.items()}
    while await outbox.deliver_one(sessions, clock, both):
        pass
    assert len(heard) == 8
    await nowhere.aclose()
