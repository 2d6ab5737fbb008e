from datetime import timedelta
from pathlib import Path

import httpx
from litestar import Litestar

from mobility.app import choose_adapters, create_app
from mobility.base.clock import FixedClock
from mobility.db import heartbeat
from mobility.db.session import Sessions, transaction
from mobility.settings import Settings
from tests.support.service import free_port


async def test_a_process_with_its_servers_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "no_worker", "worker_age_s": None})


async def test_readiness_says_how_long_ago_a_worker_was_there(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        await heartbeat.beat(session, clock)
    for seconds, status in ((0, "ok"), (60, "ok"), (61, "no_worker")):
        clock.instant += timedelta(seconds=seconds)
        age_s = {0: 0.0, 60: 60.0, 61: 121.0}[seconds]
        assert (await client.get("/health/ready")).json() == {"status": status, "worker_age_s": age_s}
    async with transaction(sessions) as session:
        await heartbeat.beat(session, clock)
    assert (await client.get("/health/ready")).json() == {"status": "ok", "worker_age_s": 0.0}


async def test_a_process_that_is_being_stopped_is_alive_but_not_ready(app: Litestar, client: httpx.AsyncClient) -> None:
    app.state.draining.set()
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["code"], answer.json()["missing"]) == (503, "not_ready", "stopping")
    assert (await client.get("/health/live")).status_code == 200


async def test_a_process_without_its_servers_is_not_ready_and_answers_plainly(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none",
        redis_url=f"redis://127.0.0.1:{free_port()}",
    )
    adapters = choose_adapters(settings)
    transport = httpx.ASGITransport(create_app(settings, adapters), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test") as client:
        ready = await client.get("/health/ready", headers={"Accept-Language": "en"})
        cities = await client.get("/v1/cities")
    await adapters.valkey.aclose()
    await adapters.engine.dispose()
    assert (ready.status_code, ready.json()["missing"]) == (503, "PostgreSQL, Valkey")
    assert (cities.status_code, cities.json()["code"]) == (503, "database_unavailable")
    assert cities.headers["retry-after"] == "1"


async def test_a_body_that_is_no_json_is_explained(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/sign-in/codes", content=b"email=x", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "JSON is malformed" in answer.json()["detail"]


async def test_a_huge_body_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/v1/quotes", content=b"[" + b" " * 2_000_000, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
