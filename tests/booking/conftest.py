from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Vehicle
from mobility.pricing.service import load_tariffs
from tests.support.desks import MINUTE, Desk, Scene
from tests.support.fleets import lakeport, load_fleet, signed_in
from tests.support.rides import Person, Phone, Story, add_rider


@pytest.fixture
async def story(session: AsyncSession, clock: FixedClock) -> Story:
    vehicles = await load_fleet(session, clock)
    await load_tariffs(session, clock, lakeport())
    rider = add_rider(session, clock)
    await session.flush()
    return Story(session, clock, vehicles, rider)


PublicIds = Callable[..., Awaitable[list[UUID]]]
Riders = Callable[[int], Awaitable[list[Person]]]


@pytest.fixture
def public_ids(town: list[NewVehicle], sessions: Sessions) -> PublicIds:
    """The names under which residents know the vehicles with these plates now."""

    async def named(*plates: str) -> list[UUID]:
        async with sessions() as session:
            rows = await session.execute(select(Vehicle.plate, Vehicle.public_id))
            names = dict(rows.all())
        return [names[plate] for plate in plates]

    return named


@pytest.fixture
async def riders(sessions: Sessions, clock: FixedClock) -> Riders:
    """Makes any number of signed-in people who may drive everything in town."""

    async def made(number: int) -> list[Person]:
        async with transaction(sessions) as session:
            return [add_rider(session, clock) for _ in range(number)]

    return made


@pytest.fixture
async def phone(client: httpx.AsyncClient, town: list[NewVehicle], riders: Riders) -> Phone:
    (person,) = await riders(1)
    return Phone(client, person)


@pytest.fixture
async def other(client: httpx.AsyncClient, riders: Riders) -> Phone:
    (person,) = await riders(1)
    return Phone(client, person)


@pytest.fixture
async def scene(
    client: httpx.AsyncClient,
    sessions: Sessions,
    clock: FixedClock,
    town: list[NewVehicle],
    phone: Phone,
    public_ids: Callable[..., Awaitable[list[UUID]]],
) -> Scene:
    (public_id,) = await public_ids("B-001")
    rental = await phone.ride(public_id)
    clock.advance(5 * MINUTE)
    ida, omar = [
        Desk(client, await signed_in(sessions, clock, f"{name}@example.org", city="lakeport"))
        for name in ("ida", "omar")
    ]
    vehicle = next(each for each in town if each.plate == "B-001")
    return Scene(phone, ida, omar, vehicle, rental["id"], clock, client)
