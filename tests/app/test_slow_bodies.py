from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx

from mobility.app import choose_adapters, create_app
from mobility.base.clock import FixedClock
from mobility.db.embedded import Servers
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.settings import Settings
from tests.support.fleets import signed_in
from tests.support.photos import photo


async def test_while_a_photo_comes_in_its_connection_serves_others(
    sessions: Sessions,
    database_url: str,
    running_servers: Servers,
    clock: FixedClock,
    town: Sequence[NewVehicle],
    tmp_path: Path,
) -> None:
    settings = Settings(database_url=database_url, redis_url=running_servers.redis_url, mobility_photos=tmp_path)
    adapters = replace(choose_adapters(settings), clock=clock)
    taken: list[int] = []

    async def dawdling() -> AsyncIterator[bytes]:
        """Asked for once the sender is known to the service."""
        taken.append(adapters.engine.pool.checkedout())  # type: ignore[attr-defined]  # of a queue pool
        yield photo()

    headers = await signed_in(sessions, clock, city="lakeport") | {"Idempotency-Key": uuid4().hex}
    transport = httpx.ASGITransport(create_app(settings, adapters))
    async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test") as client:
        body = {"kind": "tyre", "severity": "minor"}
        report = await client.post(f"/v1/fleet/vehicles/{town[0].id}/damage-reports", json=body, headers=headers)
        path = f"/v1/damage-reports/{report.json()['id']}/photos"
        answer = await client.post(path, content=dawdling(), headers=headers | {"Idempotency-Key": uuid4().hex})
    assert (answer.status_code, taken) == (201, [0])
    await adapters.valkey.aclose()
    await adapters.engine.dispose()
