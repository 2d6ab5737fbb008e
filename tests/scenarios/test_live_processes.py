"""The live map with real processes: two APIs, one worker, and an end on SIGTERM."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mobility.base.clock import SystemClock
from mobility.db.session import Sessions
from tests.support.fleets import signed_in
from tests.support.service import Service

LIVE = "/v1/cities/bethune/fleet/live"
# Far above what is promised: a loaded machine makes no failure of it, a stream that never ends does.
AT_MOST_S = 60


@pytest.fixture
def second(service: Service, tmp_path: Path) -> Iterator[Service]:
    """Another API process beside the first, on the same database and Valkey."""
    folder = tmp_path / "second"
    folder.mkdir()
    other = Service(service.database_url, service.redis_url, folder, service.city)
    try:
        other.start("serve")
        yield other
    finally:
        other.stop()


@pytest.fixture
async def operator(service_sessions: Sessions) -> dict[str, str]:
    return await signed_in(service_sessions, SystemClock(), "desk@example.org", city="bethune")


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Name and data of each event until the stream ends."""
    name = ""
    async for line in answer.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


async def test_consoles_of_two_processes_hear_what_one_worker_tells_and_end_when_their_process_is_told_to(
    service: Service, second: Service, operator: dict[str, str]
) -> None:
    async with (
        httpx.AsyncClient(headers=operator, timeout=AT_MOST_S) as client,
        client.stream("GET", service.url + LIVE) as here,
        client.stream("GET", second.url + LIVE) as there,
    ):
        consoles = [events(here), events(there)]
        snapshots = [(await anext(console))[1]["vehicles"] for console in consoles]
        vehicle = next(each["id"] for each in snapshots[0] if each["type"] == snapshots[1][0]["type"])
        report = {"event": "comms_lost", "reason": "silent"}
        told = await client.post(
            f"{service.url}/v1/fleet/vehicles/{vehicle}/events", json=report, headers={"Idempotency-Key": uuid4().hex}
        )
        assert told.status_code == 201, told.text
        for console in consoles:
            while (heard := await anext(console)) and heard[1].get("id") != vehicle:
                pass
            assert (heard[0], heard[1]["state"]) == ("vehicle", "non_contactable")

        never_reads = await _connect_and_never_read(second, operator)
        second.processes["serve"].terminate()
        last = {kind async for kind, _ in consoles[1]}  # its end, and no broken connection
        assert last <= {"night_plan"}, "in the evening the worker has the night planned meanwhile"
        second.processes["serve"].wait(timeout=AT_MOST_S)
        assert "graceful" not in (second.folder / "serve.log").read_text()
        never_reads.close()
        assert service.processes["serve"].poll() is None


async def _connect_and_never_read(service: Service, headers: dict[str, str]) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", service.port))
    lines = [f"GET {LIVE} HTTP/1.1", "Host: mobility.test", *(f"{name}: {value}" for name, value in headers.items())]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection
