import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from mobility.telemetry.routes.forwarding import BODY_MAX_BYTES
from mobility.telemetry.rules.messages import NO_CITY
from mobility.telemetry.valkey import ValkeyTally
from tests.telemetry.conftest import Device


def forward(device: Device, *, key: str | None = None, **position: Any) -> dict[str, Any]:
    at = (device.clock.now() - timedelta(seconds=5)).isoformat()
    said = {"id": 7, "fixTime": at, "deviceTime": at, "valid": True, "latitude": -40.002, "longitude": 175.012}
    said |= {"speed": 0.0, "protocol": "teltonika", "attributes": {"batteryLevel": 61, "motion": False}}
    vehicle_key = key or f"{device.vehicle.id}.{device.vehicle.secret}"
    return {"position": said | position, "device": {"uniqueId": "35", "attributes": {"vehicleKey": vehicle_key}}}


async def post(device: Device, body: object) -> httpx.Response:
    return await device.client.post("/v1/telemetry/traccar", json=body)


async def test_a_forwarded_position_is_stored_once_and_seen(device: Device) -> None:
    device.clock.advance(timedelta(minutes=1))
    first, again = [await post(device, forward(device)) for _ in range(2)]
    assert (first.status_code, first.json()) == (202, {"accepted": 1, "repeated": 0, "refused": []})
    assert again.json() == {"accepted": 0, "repeated": 1, "refused": []}
    status = await device.status()
    assert (status.charge_percent, status.lat) == (61, -40.002)


async def test_the_key_of_a_device_speaks_for_its_vehicle_only(device_of: Callable[[str], Device]) -> None:
    one, other = device_of("B-001"), device_of("B-002")
    answer = await post(one, forward(one, key=f"{other.vehicle.id}.{one.vehicle.secret}"))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_vehicle_key")


@pytest.mark.parametrize("body", [{}, {"position": {}}, [], {"device": {"attributes": {"vehicleKey": "x"}}}])
async def test_another_body_is_refused_and_counted(device: Device, valkey: Redis, body: object) -> None:
    answer = await post(device, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "forward_unreadable")
    assert await ValkeyTally(valkey).read(device.clock.now().date(), NO_CITY) == {"unreadable": 1}


async def test_a_body_too_large_is_refused_and_counted(device: Device, valkey: Redis) -> None:
    answer = await post(device, forward(device) | {"more": "x" * BODY_MAX_BYTES})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert await ValkeyTally(valkey).read(device.clock.now().date(), NO_CITY) == {"body_too_large": 1}


async def test_what_is_not_believed_is_refused_by_its_code_and_no_key_is_kept(device: Device) -> None:
    answer = await post(device, forward(device, latitude=0.0, longitude=0.0))
    assert [each["code"] for each in answer.json()["refused"]] == ["position_without_fix"]
    assert device.vehicle.secret not in json.dumps(answer.json())
