from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from mobility.base.clock import FixedClock
from mobility.db.embedded import Servers
from mobility.settings import Settings
from tests.support.apps import api_on
from tests.support.riders import EMAIL, Letterbox


@dataclass
class Api:
    """The whole application with real commits, and the letters that it sends."""

    client: httpx.AsyncClient
    letterbox: Letterbox = field(default_factory=Letterbox)

    async def ask_code(self, email: str = EMAIL) -> dict[str, str]:
        """What the sign-in takes: request id and code."""
        answer = await self.client.post("/v1/sign-in/codes", json={"email": email})
        assert answer.status_code == 202, answer.text
        return {"request_id": answer.json()["request_id"], "code": self.letterbox.messages[-1].code}

    async def sign_in(self, email: str = EMAIL) -> dict[str, Any]:
        """What a client is told; the cookie is left aside, its headers carry the token."""
        answer = await self.client.post("/v1/sign-in/sessions", json=await self.ask_code(email))
        assert answer.status_code == 201, answer.text
        self.client.cookies.clear()
        return {**answer.json(), "headers": {"Authorization": f"Bearer {answer.json()['token']}"}}


@pytest.fixture
async def api(running_servers: Servers, database_url: str, valkey: Redis, clock: FixedClock) -> AsyncIterator[Api]:
    letterbox = Letterbox()
    settings = Settings(database_url=database_url, redis_url=running_servers.redis_url)
    async with (
        api_on(settings, clock, delivery=letterbox) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mobility.test") as client,
    ):
        yield Api(client, letterbox)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]
