"""Ida lets a ferry company follow Lakeport; its server stands on this machine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from redis.asyncio import Redis

from mobility.app import choose_adapters, create_app
from mobility.base.clock import FixedClock
from mobility.db.embedded import Servers
from mobility.db.session import Sessions
from mobility.feeds.rules.system import Publication
from mobility.partners.httpx import HttpSender
from mobility.partners.tasks import send_webhooks, tell_partners
from mobility.settings import Settings
from tests.booking.conftest import phone, public_ids, riders
from tests.support.catchers import Catcher, catching
from tests.support.desks import Desk
from tests.support.fleets import signed_in

__all__ = ["app", "phone", "public_ids", "riders"]

PUBLICATION = Publication(base_url="", default_city="lakeport", contact_email="", license_id="")
ALL = ["vehicle.changed", "vehicle.gone", "station.changed", "station.gone", "alert.changed", "alert.gone"]


@pytest.fixture
async def app(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock, mailbox: Path
) -> AsyncIterator[Litestar]:
    settings = Settings(
        database_url=database_url,
        redis_url=running_servers.redis_url,
        mobility_mailbox=mailbox,
        mobility_webhooks_private=True,
    )
    adapters = replace(choose_adapters(settings), clock=clock)
    yield create_app(settings, adapters)
    await adapters.valkey.aclose()
    await adapters.engine.dispose()


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    sender = HttpSender(private=True)
    yield sender
    await sender.aclose()


@pytest.fixture
async def catcher() -> AsyncIterator[Catcher]:
    async with catching() as catcher:
        yield catcher


@pytest.fixture
async def ida(client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock, town: Any) -> Desk:
    return Desk(client, await signed_in(sessions, clock, "ida@example.org", city="lakeport"))


@dataclass
class Ferries:
    """The partner's way to the API, and the worker's turns."""

    client: httpx.AsyncClient
    token: str
    sessions: Sessions
    clock: FixedClock
    sender: HttpSender

    async def ask(self, method: str, path: str = "", body: Any = None, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        url = f"/v1/partner/webhooks{path}"
        return await self.client.request(method, url, json=body, params=params, headers=headers)

    async def follow(self, url: str, events: list[str] = ALL) -> Any:
        made = await self.ask("POST", body={"url": url, "events": events})
        assert made.status_code == 201, made.text
        return made.json()

    async def log(self, webhook: Any, **params: Any) -> Any:
        answer = await self.ask("GET", f"/{webhook['webhook']['id']}/deliveries", **params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def state(self) -> Any:
        (webhook,) = (await self.ask("GET")).json()["items"]
        return webhook["state"], webhook["because"]

    async def look(self) -> int:
        """The worker looks for news two seconds later."""
        self.clock.advance(timedelta(seconds=2))
        return await tell_partners(self.sessions, self.clock, PUBLICATION)

    async def send(self, later: timedelta = timedelta(0), sender: HttpSender | None = None) -> int:
        self.clock.advance(later)
        return await send_webhooks(self.sessions, self.clock, sender or self.sender)


@pytest.fixture
async def ferries(
    client: httpx.AsyncClient, ida: Desk, sessions: Sessions, clock: FixedClock, sender: HttpSender
) -> Ferries:
    partner = {"name": "Ferries", "contact_email": "it@ferries.example"}
    welcomed = await ida.post("/v1/cities/lakeport/partners", partner)
    assert welcomed.status_code == 201, welcomed.text
    return Ferries(client, welcomed.json()["token"], sessions, clock, sender)
