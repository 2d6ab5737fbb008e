"""The whole API with Lakeport as its default city, and riders there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar
from redis.asyncio import Redis

from mobility.base.clock import FixedClock
from mobility.db.embedded import Servers
from mobility.settings import Settings
from tests.booking.conftest import phone, public_ids, riders
from tests.support.apps import api_on

__all__ = ["app", "phone", "public_ids", "riders"]


@pytest.fixture
async def app(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock, mailbox: Path
) -> AsyncIterator[Litestar]:
    settings = Settings(
        database_url=database_url,
        redis_url=running_servers.redis_url,
        mobility_mailbox=mailbox,
        mobility_city="lakeport",
        mobility_public_url="http://mobility.test",
    )
    async with api_on(settings, clock) as app:
        yield app
