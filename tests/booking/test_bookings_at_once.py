"""Bookings that people make, hold and start at the same instant: real commits, through the whole HTTP app."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.booking.service.soundness import violations
from mobility.booking.tables import Booking
from mobility.booking.tasks import watch_bookings
from mobility.city.tables import Station
from mobility.db.embedded import Servers
from mobility.db.session import Sessions, create_engine
from mobility.fleet.service import NewVehicle
from mobility.settings import Settings
from tests.booking.conftest import PublicIds, Riders
from tests.support.apps import api_on
from tests.support.diaries import told
from tests.support.rides import WHARF, Person

SLOT = {"starts_at": "2026-06-16T10:00:00", "ends_at": "2026-06-16T12:00:00"}
SOON = {"starts_at": "2026-06-15T20:30:00", "ends_at": "2026-06-15T21:30:00"}


@pytest.fixture
async def app(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock, mailbox: Path
) -> AsyncIterator[Litestar]:
    """The API as it is, but patient: on a slow machine a crowd may wait longer for a connection than `busy` allows."""
    settings = Settings(database_url=database_url, redis_url=running_servers.redis_url, mobility_mailbox=mailbox)
    async with api_on(settings, clock, engine=create_engine(database_url, pool_wait_s=120)) as app:
        yield app


@pytest.fixture(autouse=True)
async def nothing_contradicts(sessions: Sessions) -> AsyncIterator[None]:
    """Whatever a test of this file does, no two stories of a vehicle contradict each other afterwards."""
    yield
    async with sessions() as session:
        assert await violations(session) == []


@pytest.fixture
async def stations(town: list[NewVehicle], sessions: Sessions) -> dict[str, UUID]:
    async with sessions() as session:
        rows = await session.execute(select(Station.code, Station.id))
        return dict(rows.all())


async def post(client: httpx.AsyncClient, person: Person, path: str, body: Any = None) -> httpx.Response:
    headers = {**person.headers, "Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
    return await client.post(path, json=body, headers=headers)


async def book(client: httpx.AsyncClient, person: Person, **what: object) -> httpx.Response:
    return await post(client, person, "/v1/bookings", {name: str(value) for name, value in (SLOT | what).items()})


def outcomes(answers: list[httpx.Response]) -> Counter[tuple[int, str | None]]:
    return Counter((a.status_code, a.json().get("code") if a.status_code >= 400 else None) for a in answers)


async def test_of_many_riders_at_once_exactly_one_books_the_vehicle(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders
) -> None:
    (vehicle,) = await public_ids("P-001")
    answers = await asyncio.gather(*(book(client, person, vehicle_id=vehicle) for person in await riders(20)))
    assert outcomes(answers) == {(201, None): 1, (409, "slot_taken"): 19}


async def test_of_many_riders_at_once_as_many_book_the_class_as_there_are_vehicles(
    client: httpx.AsyncClient, stations: dict[str, UUID], riders: Riders, sessions: Sessions
) -> None:
    asked = [book(client, person, type="pebble", station_id=stations["wharf"]) for person in await riders(12)]
    assert outcomes(await asyncio.gather(*asked)) == {(201, None): 2, (409, "slot_taken"): 10}
    async with sessions() as session:
        assert len(set(await session.scalars(select(Booking.vehicle_id)))) == 2


async def test_one_rider_who_taps_twice_has_one_booking(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders
) -> None:
    vehicles, (person,) = await public_ids("P-001", "P-002"), await riders(1)
    answers = await asyncio.gather(*(book(client, person, vehicle_id=vehicle) for vehicle in vehicles))
    assert outcomes(answers) == {(201, None): 1, (409, "already_booked"): 1}


async def test_bookings_that_follow_each_other_are_made_at_once_and_the_vehicle_is_where_each_begins(
    client: httpx.AsyncClient, public_ids: PublicIds, stations: dict[str, UUID], riders: Riders, sessions: Sessions
) -> None:
    """None overlaps another: only the places could contradict each other."""
    (vehicle,) = await public_ids("P-001")
    hours = range(8, 20)
    ways = [
        {"starts_at": f"2026-06-16T{h:02}:00:00", "ends_at": f"2026-06-16T{h:02}:30:00", "vehicle_id": vehicle}
        | ({"to_station_id": stations[("wharf", "market", "terminal")[h % 3]]} if h % 2 else {})
        for h in hours
    ]
    answers = await asyncio.gather(
        *(book(client, person, **way) for person, way in zip(await riders(len(ways)), ways, strict=True))
    )
    # On a slow machine the last of the queue is told to come back.
    assert {code for status, code in outcomes(answers)} <= {None, "vehicle_needed_elsewhere", "busy"}
    async with sessions() as session:
        made = (await session.scalars(select(Booking).order_by(Booking.starts_at))).all()
    places = [stations["wharf"], *(booking.end_station_id for booking in made)]
    assert [booking.start_station_id for booking in made] == places[:-1]


@pytest.mark.parametrize("attempt", range(3))
async def test_a_vehicle_that_is_held_and_booked_for_soon_at_once_is_one_of_the_two(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, attempt: int
) -> None:
    (vehicle,), people = await public_ids("P-001"), await riders(12)
    asked = [
        post(client, person, "/v1/holds", {"vehicle_id": str(vehicle)})
        if number % 2 == attempt % 2
        else book(client, person, vehicle_id=vehicle, **SOON)
        for number, person in enumerate(people)
    ]
    answers = await asyncio.gather(*asked)
    assert sum(answer.status_code == 201 for answer in answers) == 1
    refused = {code for (status, code) in outcomes(answers) if status != 201}
    assert refused <= {"vehicle_taken", "vehicle_booked_soon", "slot_taken", "vehicle_elsewhere"}


async def test_a_booking_started_by_two_taps_at_once_is_one_ride(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, clock: FixedClock
) -> None:
    (vehicle,), (person,) = await public_ids("P-001"), await riders(1)
    booking = (await book(client, person, vehicle_id=vehicle, **SOON)).json()["id"]
    clock.instant = told("2026-06-15T20:30+12:00")
    answers = await asyncio.gather(*(post(client, person, f"/v1/bookings/{booking}/start") for _ in range(4)))
    assert outcomes(answers) == {(201, None): 1, (409, "booking_started"): 3}


@pytest.mark.parametrize("attempt", range(3))
async def test_a_booking_started_while_the_worker_releases_it_is_one_of_the_two(
    client: httpx.AsyncClient,
    public_ids: PublicIds,
    riders: Riders,
    clock: FixedClock,
    sessions: Sessions,
    attempt: int,
) -> None:
    (vehicle,), (person,) = await public_ids("P-001"), await riders(1)
    booking = (await book(client, person, vehicle_id=vehicle, **SOON)).json()["id"]
    clock.instant = told("2026-06-15T20:59+12:00")
    # The worker's clock is a little ahead of the API's.
    ahead = FixedClock(told("2026-06-15T21:00+12:00"))
    started, *_ = await asyncio.gather(
        post(client, person, f"/v1/bookings/{booking}/start"), *(watch_bookings(sessions, ahead) for _ in range(2))
    )
    async with sessions() as session:
        state = (await session.get_one(Booking, UUID(booking))).state
    assert (started.json().get("code"), state) in {(None, "started"), ("booking_over", "no_show")}


async def test_a_ride_that_ends_while_it_is_made_longer_ends(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, clock: FixedClock, sessions: Sessions
) -> None:
    (vehicle,), (person,) = await public_ids("P-001"), await riders(1)
    booking = (await book(client, person, vehicle_id=vehicle, **SOON)).json()["id"]
    clock.instant = told("2026-06-15T20:30+12:00")
    rental = (await post(client, person, f"/v1/bookings/{booking}/start")).json()["id"]
    clock.instant = told("2026-06-15T21:00+12:00")
    there = {"position": {"lon": WHARF.lon, "lat": WHARF.lat}}
    longer = {"ends_at": "2026-06-15T22:00:00"}
    ended, changed = await asyncio.gather(
        post(client, person, f"/v1/rentals/{rental}/end", there),
        client.patch(f"/v1/bookings/{booking}", json=longer, headers=person.headers),
    )
    assert ended.status_code == 200
    assert changed.status_code in (200, 409)
    async with sessions() as session:
        assert (await session.get_one(Booking, UUID(booking))).state == "completed"
