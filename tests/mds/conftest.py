"""Lakeport with its permit published, and an agency that reads it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mobility.base.clock import Clock, FixedClock
from mobility.db import outbox
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.mds.rules.push import Target
from mobility.mds.service import tokens
from mobility.mds.service.publishing import publish
from mobility.mds.subscribers import subscriptions
from tests.feeds.conftest import app, phone, public_ids, riders

__all__ = ["app", "phone", "public_ids", "riders"]

JSON = "application/vnd.mds+json;version=2.0"
Tell = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Agency:
    """A city's way to the MDS of its operator."""

    client: httpx.AsyncClient
    token: str

    async def get(self, path: str, *, accept: str | None = JSON, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return await self.client.get(
            f"/mds/lakeport/{path}", params=params, headers=headers | ({"Accept": accept} if accept else {})
        )

    async def read(self, mode: str, path: str, **params: Any) -> Any:
        answer = await self.get(f"provider/{mode}/{path}", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def agency(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: list[NewVehicle], tell: Tell
) -> Agency:
    async with transaction(sessions) as session:
        await publish(session, clock, "lakeport")
        _, token = await tokens.issue(session, clock, "lakeport", "Lakeport District Council", 365)
    await tell()
    return Agency(client, token)


@pytest.fixture
def targets() -> dict[tuple[str, str], Target]:
    """Agency endpoints that hear of everything: none, unless a test has some."""
    return {}


@pytest.fixture
def tell(sessions: Sessions, clock: Clock, targets: dict[tuple[str, str], Target]) -> Tell:
    """Deliver what waits in the outbox to MDS."""

    async def deliver() -> None:
        while await outbox.deliver_one(sessions, clock, subscriptions(targets)):
            pass

    return deliver
