"""What happens when people, and the worker, do things at the same instant: real commits, through the whole HTTP app."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.booking.service.soundness import violations
from mobility.booking.subscribers import subscriptions
from mobility.booking.tables import Hold, Rental
from mobility.booking.tasks import expire_holds
from mobility.db.embedded import Servers
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, create_engine, transaction
from mobility.fleet.service import NewVehicle, report_event
from mobility.payments.tables import Payment
from mobility.settings import Settings
from tests.booking.conftest import PublicIds, Riders
from tests.support.apps import api_on
from tests.support.rides import LIGHTHOUSE, MARKET, Person

PARKED = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
AT_MARKET = {"position": {"lon": MARKET.lon, "lat": MARKET.lat}}


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
    """Whatever a test of this file does, the vehicles' stories hold together afterwards."""
    yield
    async with sessions() as session:
        assert await violations(session) == []


async def post(
    client: httpx.AsyncClient, person: Person, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    headers = {**person.headers, "Idempotency-Key": key or uuid4().hex, "Accept-Language": "en"}
    return await client.post(path, json=body, headers=headers)


async def reserve(client: httpx.AsyncClient, person: Person, vehicle: UUID, key: str | None = None) -> httpx.Response:
    return await post(client, person, "/v1/holds", {"vehicle_id": str(vehicle)}, key)


async def held(client: httpx.AsyncClient, person: Person, vehicle: UUID) -> str:
    answer = await reserve(client, person, vehicle)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def ridden(client: httpx.AsyncClient, person: Person, vehicle: UUID) -> str:
    answer = await post(client, person, "/v1/rentals", {"hold_id": await held(client, person, vehicle)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def outcomes(answers: list[httpx.Response]) -> Counter[tuple[int, str | None]]:
    return Counter(
        (answer.status_code, answer.json().get("code") if answer.status_code >= 400 else None) for answer in answers
    )


async def count(sessions: Sessions, table: type[Hold] | type[Rental] | type[Payment]) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_of_two_hundred_riders_at_once_exactly_one_gets_the_vehicle(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions
) -> None:
    (vehicle,) = await public_ids("B-001")
    answers = await asyncio.gather(*(reserve(client, person, vehicle) for person in await riders(200)))
    assert outcomes(answers) == {(201, None): 1, (409, "vehicle_taken"): 199}
    assert all(len(each.json()["alternatives"]) == 3 for each in answers if each.status_code == 409)
    assert await count(sessions, Hold) == 1


async def test_two_taps_with_one_key_are_one_hold_and_one_answer(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions
) -> None:
    (vehicle,), (person,) = await public_ids("B-001"), await riders(1)
    first, second = await asyncio.gather(*(reserve(client, person, vehicle, key="one tap") for _ in range(2)))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert await count(sessions, Hold) == 1


async def test_one_rider_who_taps_two_vehicles_at_once_gets_one(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions
) -> None:
    vehicles, (person,) = await public_ids("B-001", "B-002"), await riders(1)
    answers = await asyncio.gather(*(reserve(client, person, vehicle) for vehicle in vehicles))
    assert outcomes(answers) == {(201, None): 1, (409, "already_holding"): 1}
    assert await count(sessions, Hold) == 1


async def test_riders_of_different_vehicles_do_not_stand_in_each_others_way(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders
) -> None:
    vehicles = await public_ids("B-001", "B-002", "B-003", "B-004", "B-005", "P-001", "P-002", "P-003")
    people = await riders(len(vehicles))
    answers = await asyncio.gather(
        *(reserve(client, person, vehicle) for person, vehicle in zip(people, vehicles, strict=True))
    )
    assert outcomes(answers) == {(201, None): 8}


async def test_two_ends_of_one_ride_at_once_are_one_end_and_one_payment(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions, clock: FixedClock
) -> None:
    (vehicle,), (person,) = await public_ids("B-001"), await riders(1)
    rental = await ridden(client, person, vehicle)
    clock.advance(timedelta(minutes=10))
    answers = await asyncio.gather(*(post(client, person, f"/v1/rentals/{rental}/end", PARKED) for _ in range(5)))
    assert outcomes(answers) == {(200, None): 1, (409, "rental_ended"): 4}
    assert await count(sessions, Payment) == 1


async def test_two_starts_of_one_hold_at_once_are_one_ride(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions
) -> None:
    (vehicle,), (person,) = await public_ids("P-001"), await riders(1)
    hold = await held(client, person, vehicle)
    answers = await asyncio.gather(*(post(client, person, "/v1/rentals", {"hold_id": hold}) for _ in range(5)))
    assert outcomes(answers) == {(201, None): 1, (409, "hold_used"): 4}
    assert await count(sessions, Rental) == 1


@pytest.mark.parametrize("attempt", range(3))
async def test_a_hold_cancelled_and_started_at_once_is_one_of_the_two(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions, attempt: int
) -> None:
    (vehicle,), (person,) = await public_ids("B-001"), await riders(1)
    hold = await held(client, person, vehicle)
    started, cancelled = await asyncio.gather(
        post(client, person, "/v1/rentals", {"hold_id": hold}),
        client.delete(f"/v1/holds/{hold}", headers=person.headers),
    )
    told = (started.json().get("code"), cancelled.status_code)
    assert told in {(None, 409), ("hold_cancelled", 204)}
    assert await count(sessions, Rental) == (1 if started.status_code == 201 else 0)


@pytest.mark.parametrize("attempt", range(3))
async def test_a_hold_that_expires_while_it_is_started_is_one_of_the_two(
    client: httpx.AsyncClient,
    public_ids: PublicIds,
    riders: Riders,
    sessions: Sessions,
    clock: FixedClock,
    attempt: int,
) -> None:
    (vehicle,), (person,) = await public_ids("B-001"), await riders(1)
    hold = await held(client, person, vehicle)
    # The worker's clock is a little ahead of the API's.
    ahead = FixedClock(clock.now() + timedelta(minutes=15))

    async def sweep() -> int:
        async with transaction(sessions) as session:
            return await expire_holds(session, ahead)

    started, *swept = await asyncio.gather(
        post(client, person, "/v1/rentals", {"hold_id": hold}), *(sweep() for _ in range(3))
    )
    assert (started.json().get("code"), sum(swept)) in {(None, 0), ("hold_expired", 1)}


async def test_a_hold_that_ran_out_is_won_by_one_of_many_and_released_once(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders, sessions: Sessions, clock: FixedClock
) -> None:
    (vehicle,), (first, *people) = await public_ids("B-001"), await riders(21)
    await held(client, first, vehicle)
    clock.advance(timedelta(minutes=15))
    answers = await asyncio.gather(*(reserve(client, person, vehicle) for person in people))
    assert outcomes(answers) == {(201, None): 1, (409, "vehicle_taken"): 19}


async def test_of_two_cars_that_end_at_the_last_bay_one_is_sent_on(
    client: httpx.AsyncClient, public_ids: PublicIds, riders: Riders
) -> None:
    people = await riders(3)
    rides = [
        await ridden(client, person, vehicle)
        for person, vehicle in zip(people, await public_ids("P-001", "P-002", "P-003"), strict=True)
    ]
    answers = await asyncio.gather(
        *(
            post(client, person, f"/v1/rentals/{rental}/end", AT_MARKET)
            for person, rental in zip(people, rides, strict=True)
        )
    )
    assert outcomes(answers) == {(200, None): 2, (409, "station_full"): 1}


async def test_a_held_vehicle_that_goes_out_of_sight_is_withdrawn_when_the_outbox_tells_of_it(
    client: httpx.AsyncClient,
    public_ids: PublicIds,
    riders: Riders,
    sessions: Sessions,
    clock: FixedClock,
    town: list[NewVehicle],
) -> None:
    (vehicle,), (person,) = await public_ids("B-001"), await riders(1)
    await held(client, person, vehicle)
    (vehicle_id,) = (new.id for new in town if new.plate == "B-001")
    async with transaction(sessions) as session:
        await report_event(session, clock, vehicle_id, "comms_lost", operator_id=person.account_id, reason="silent")
    while await deliver_one(sessions, clock, subscriptions()):
        pass
    current = await client.get("/v1/me/ride", headers=person.headers)
    assert current.json() == {"kind": "none"}
