"""`kill -9` of the API and the worker while people ride: nothing answered is lost, nothing stays stuck."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, update

from mobility.base.clock import SystemClock
from mobility.base.money import Money
from mobility.booking.service.soundness import violations
from mobility.booking.tables import Hold, Rental
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.fleet.queries import states_follow_from_events
from mobility.fleet.tables import Vehicle
from mobility.payments.queries import ledger_imbalances
from mobility.payments.tables import Payment
from mobility.street.client import Client, Refused
from tests.support.riders import BORN_ON, code_for, person, sign_in
from tests.support.service import Service

RIDERS, KILLS, RIDES_EACH_MIN = 6, 8, 3
CENTRE = {"lon": 2.63825, "lat": 50.53049}
SETTLE_WITHIN_S = 120
# Riders choose from a list that others choose from too.
LOST_THE_RACE = frozenset({"vehicle_taken", "unknown_vehicle"})


@dataclass
class Answered:
    """What the service told its riders, kept on their side."""

    ended: dict[UUID, Money] = field(default_factory=dict)


async def test_kills_at_any_moment_lose_no_answered_ride_and_leave_no_vehicle_stuck(
    service: Service, service_sessions: Sessions
) -> None:
    answered, enough = Answered(), asyncio.Event()
    async with httpx.AsyncClient(base_url=service.url, timeout=5) as http, asyncio.TaskGroup() as tasks:
        for number in range(RIDERS):
            client = Client(http, token=await token_of(service_sessions, f"rider{number}@example.fr"))
            tasks.create_task(ride_on(client, number, answered, enough))
        tasks.create_task(kill_and_restart(service, enough))
    await run_out_leases(service_sessions)
    await settled(service_sessions)
    assert len(answered.ended) >= RIDERS * RIDES_EACH_MIN
    async with service_sessions() as session:
        rentals = {rental.id: rental for rental in await session.scalars(select(Rental))}
        payments = {payment.reference_id: payment for payment in await session.scalars(select(Payment))}
        assert {id_: Money(rentals[id_].total_cents or 0, "EUR") for id_ in answered.ended} == answered.ended
        assert {payments[id_].state for id_ in answered.ended} == {"captured"}
        assert len(payments) == len(rentals)
        assert await ledger_imbalances(session) == []
        assert await violations(session) == []
        assert await states_follow_from_events(session) == []
        assert await session.scalar(select(func.count()).where(Vehicle.state != "available")) == 0
        assert await session.scalar(select(func.count()).where(Hold.released_at.is_(None))) == 0


async def ride_on(client: Client, number: int, answered: Answered, enough: asyncio.Event) -> None:
    """Ride after ride, until there were kills enough; each request is repeated until it is answered."""
    chance = random.Random(number)
    rides = 0
    while rides < RIDES_EACH_MIN or not enough.is_set():
        try:
            ended = await one_ride(client, chance)
        except Refused as refused:
            if refused.code not in LOST_THE_RACE:
                raise
            continue
        total = ended["price_so_far"]["total"]
        answered.ended[UUID(ended["id"])] = Money(total["cents"], total["currency"])
        rides += 1


async def one_ride(client: Client, chance: random.Random) -> dict[str, Any]:
    found = await client.get("/v1/cities/bethune/vehicles/nearby", **CENTRE, walk_minutes=30, type="atlas-moped")
    offer = chance.choice(found["items"])
    hold = await client.post("/v1/holds", {"vehicle_id": offer["vehicle_id"]})
    rental = await client.post("/v1/rentals", {"hold_id": hold["id"]})
    if chance.random() < 0.5:
        await client.post(f"/v1/rentals/{rental['id']}/pause")
    ended: dict[str, Any] = await client.post(f"/v1/rentals/{rental['id']}/end", {"position": offer["position"]})
    return ended


async def kill_and_restart(service: Service, enough: asyncio.Event) -> None:
    chance = random.Random(0)
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(0.2, 1.0))
        name = chance.choice(["serve", "worker"])
        await asyncio.to_thread(service.kill, name)
        await asyncio.to_thread(service.start, name)
    enough.set()


async def run_out_leases(sessions: Sessions) -> None:
    """Let the minutes pass after which another worker may collect what a killed one had taken on."""
    async with transaction(sessions) as session:
        await session.execute(update(Payment).where(Payment.state == "pending").values(due_at=SystemClock().now()))


async def settled(sessions: Sessions) -> None:
    """Wait until nothing is under way: no fact untold, no payment pending."""
    async with asyncio.timeout(SETTLE_WITHIN_S):
        while True:
            async with sessions() as session:
                untold = await session.scalar(select(func.count()).where(OutboxMessage.delivered_at.is_(None)))
                pending = await session.scalar(select(func.count()).where(Payment.state == "pending"))
            if not untold and not pending:
                return
            await asyncio.sleep(0.1)


async def token_of(sessions: Sessions, email: str) -> str:
    async with transaction(sessions) as session:
        account = await person(session, SystemClock(), email, born_on=BORN_ON.replace(year=1984))
        account.born_on_verified = True
        return (await sign_in(session, SystemClock(), *await code_for(session, SystemClock(), email))).token
