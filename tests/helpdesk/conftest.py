from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import FixedClock
from mobility.db.live import Live
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.payments.local import LocalGateway
from mobility.payments.tasks import collect_due, send_refunds
from mobility.worker import subscriptions
from tests.booking.conftest import other, phone, public_ids, riders
from tests.support.fleets import signed_in

__all__ = ["other", "phone", "public_ids", "riders"]

Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Agent:
    """Somebody at the desk, speaking English."""

    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self.headers | {"Accept-Language": "en"})

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": uuid4().hex, "Accept-Language": "en"}
        return await self.client.post(path, json=body, headers=headers)


@pytest.fixture
async def agent(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> Agent:
    return Agent(client, await signed_in(sessions, clock, city="lakeport"))


@pytest.fixture
async def colleague(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, agent: Agent) -> Agent:
    return Agent(client, await signed_in(sessions, clock, "colleague@example.fr", city="lakeport"))


@pytest.fixture
def settle(sessions: Sessions, clock: FixedClock, live: Live) -> Settle:
    """The worker collects what is due, sends back what is owed and tells what happened."""

    async def settled() -> None:
        await collect_due(sessions, clock, LocalGateway())
        await send_refunds(sessions, clock, LocalGateway())
        while await deliver_one(sessions, clock, subscriptions(live)):
            pass

    return settled
