import zlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.ids import new_id
from mobility.db import outbox
from mobility.db.live import Live
from mobility.db.session import POOL_SIZE, Sessions, transaction
from mobility.fleet import queries, service, subscribers
from mobility.fleet.routes.streaming import RECHECK_EVERY
from mobility.fleet.rules.live_map import AlertNews, stream
from mobility.fleet.service import Actor, NewVehicle, listening
from mobility.geo import LonLat
from mobility.riders.rules.codes import HOUR_S, Rate
from mobility.riders.service import sign_out
from mobility.riders.tables import Account, AccountRole, SignInSession
from tests.support.fleets import RIDER, signed_in
from tests.support.streams import open_stream

LIVE = "/v1/cities/lakeport/fleet/live"
FREE = "/v1/cities/lakeport/vehicles/live"
Leave = Callable[[AsyncSession, FixedClock, str], Awaitable[None]]


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


async def signs_out(session: AsyncSession, clock: FixedClock, token: str) -> None:
    await sign_out(session, clock, token)


async def loses_the_role(session: AsyncSession, clock: FixedClock, token: str) -> None:
    await session.execute(update(AccountRole).values(city_id="springfield"))


async def is_blocked(session: AsyncSession, clock: FixedClock, token: str) -> None:
    await session.execute(update(Account).values(blocked_at=clock.now()))


async def session_runs_out(session: AsyncSession, clock: FixedClock, token: str) -> None:
    await session.execute(update(SignInSession).values(expires_at=clock.now() + RECHECK_EVERY))


@pytest.mark.parametrize("happens", [signs_out, loses_the_role, is_blocked, session_runs_out])
async def test_a_stream_ends_within_seconds_of_the_operators_leave(
    app: Litestar, sessions: Sessions, clock: FixedClock, operator: dict[str, str], happens: Leave
) -> None:
    async with open_stream(app, LIVE, operator) as console:
        await console.next()
        async with transaction(sessions) as session:
            await happens(session, clock, operator["Authorization"].removeprefix("Bearer "))
        clock.advance(RECHECK_EVERY)
        assert await console.next() is None


async def test_a_console_with_a_box_sees_what_is_in_it_what_leaves_it_and_every_alert(
    app: Litestar, sessions: Sessions, live: Live, operator: dict[str, str], moped: UUID
) -> None:
    async with sessions() as session:
        _, picture = await queries.get_fleet_vehicle(session, moped)
    lon, lat = picture.position.lon, picture.position.lat
    box = f"{lon - 1e-6},{lat - 1e-6},{lon + 1e-6},{lat + 1e-6}"
    away = msgspec.structs.replace(picture, position=LonLat(lon + 0.01, lat))
    alert = AlertNews(
        id=new_id(), vehicle_id=moped, alert="tipped", severity="warning", state="open", at=picture.heard_at
    )
    async with open_stream(app, f"{LIVE}?bbox={box}", operator) as console:
        _, _, snapshot = await console.next() or pytest.fail("ended")
        assert [vehicle["id"] for vehicle in snapshot["vehicles"]] == [str(moped)]
        await live.publish_all(stream("lakeport"), [away, alert, picture])
        told = [await console.next() or pytest.fail("ended") for _ in range(3)]
    assert [name for name, _, _ in told] == ["gone", "alert", "vehicle"]
    assert told[0][2] == {"id": str(moped)}


@pytest.mark.parametrize(
    ("box", "code"), [("here", "box_unreadable"), ("2,1,1,2", "box_unreadable"), ("0,0,90,45", "box_too_large")]
)
async def test_a_box_that_is_none_or_too_large_is_refused(
    client: httpx.AsyncClient, operator: dict[str, str], box: str, code: str
) -> None:
    answer = await client.get(LIVE, params={"bbox": box}, headers=operator)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_console_that_never_reads_keeps_nothing_from_the_others(
    app: Litestar, sessions: Sessions, live: Live, operator: dict[str, str], moped: UUID
) -> None:
    async with sessions() as session:
        _, picture = await queries.get_fleet_vehicle(session, moped)
    async with open_stream(app, LIVE, operator, reads=False), open_stream(app, LIVE, operator) as console:
        await console.next()
        for seq in range(100, 200):
            await live.publish(stream("lakeport"), msgspec.structs.replace(picture, seq=seq))
        told = [await console.next() or pytest.fail("ended") for _ in range(100)]
    assert [vehicle["seq"] for _, _, vehicle in told] == list(range(100, 200))


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


async def test_everybody_hears_that_a_vehicle_was_taken_and_not_which(
    app: Litestar, sessions: Sessions, clock: FixedClock, live: Live, moped: UUID
) -> None:
    await tell(sessions, clock, live)
    async with open_stream(app, FREE, {}) as reader:
        first = await reader.next() or pytest.fail("ended")
        await toggle(sessions, clock, live, moped)
        second = await reader.next() or pytest.fail("ended")
        await toggle(sessions, clock, live, moped)
        third = await reader.next() or pytest.fail("ended")
    assert [(name, data) for name, _, data in (first, second, third)] == 3 * [("changed", {})]


async def test_so_many_may_listen_and_then_nobody_keeps_riders_out(
    client: httpx.AsyncClient, app: Litestar, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobility.fleet.routes.live.LISTENERS_MAX", 1)
    path = "/v1/cities/lakeport/vehicles/live"
    async with open_stream(app, path, {}) as reader:
        assert await reader.next()
        assert await reader.chunk()  # the second comes from its seat
        refused = await client.get(path)
    assert (refused.status_code, refused.json()["code"]) == (503, "live_full")
    async with open_stream(app, path, {}) as reader:
        assert reader.status == 200


async def test_who_opens_streams_without_end_is_asked_to_wait(
    app: Litestar, client: httpx.AsyncClient, town: list[NewVehicle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "STREAMS_PER_NETWORK", Rate(2, HOUR_S))
    for _ in range(2):
        async with open_stream(app, FREE, {}) as reader:
            assert reader.status == 200
    async with open_stream(app, FREE, {}) as reader:
        assert (reader.status, 0 < int(reader.headers["retry-after"]) <= HOUR_S) == (429, True)
        assert b"listened_too_often" in await reader.chunk()


async def test_a_stream_for_everybody_ends_after_an_hour(
    app: Litestar, clock: FixedClock, town: list[NewVehicle]
) -> None:
    async with open_stream(app, FREE, {}) as reader:
        assert await reader.next()
        clock.advance(listening.STREAM_LIVES)
        assert await reader.next() is None
