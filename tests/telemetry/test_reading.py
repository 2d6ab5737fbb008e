from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions
from mobility.fleet.service import NewVehicle
from mobility.telemetry.rules.budget import BUDGET_BYTES, REFILL_BYTES_PER_S
from mobility.telemetry.rules.reports import BATCH_MAX
from mobility.telemetry.tables import TelemetryQuarantine
from mobility.telemetry.valkey import ValkeyTally
from tests.support.fleets import signed_in
from tests.telemetry.conftest import Device
from tests.telemetry.test_telemetry_routes import MINUTE, PIER, code_of

HEALTH = "/v1/cities/lakeport/telemetry/health"


@pytest.fixture
async def operator(sessions: Sessions, clock: FixedClock, town: list[NewVehicle]) -> dict[str, str]:
    return await signed_in(sessions, clock, city="lakeport")


async def test_operators_read_one_vehicles_day_page_by_page(device: Device, operator: dict[str, str]) -> None:
    # 08:00 UTC is 20:00 in Lakeport: its day began at 12:00 UTC the day before.
    day = [device.report(ago=hours * 60 * MINUTE, charge_percent=50 + hours) for hours in (21, 19, 1, 0)]
    await device.send(*day, device.report(position={**PIER, "accuracy_m": 3}))
    path, read = f"/v1/fleet/vehicles/{device.vehicle.id}/telemetry", []
    page = {"items": [], "next": ""}
    while page["next"] is not None:
        after = {"after": page["next"]} if page["next"] else {}
        answer = await device.client.get(path, params={"limit": 2, **after}, headers=operator)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page["day"] == "2026-06-15"
        read += page["items"]
    assert [item["charge_percent"] for item in read] == [69, 51, 50, None]
    assert (read[-1]["position"], read[-1]["accuracy_m"], read[-1]["seq"]) == (PIER, 3, 5)
    answer = await device.client.get(path, params={"day": "2026-06-14"}, headers=operator)
    assert [item["charge_percent"] for item in answer.json()["items"]] == [71]


async def test_a_vehicles_day_is_for_operators_of_its_city(
    device: Device, operator: dict[str, str], sessions: Sessions, clock: FixedClock
) -> None:
    path = f"/v1/fleet/vehicles/{device.vehicle.id}/telemetry"
    assert code_of(await device.client.get(path)) == (401, "not_signed_in")
    elsewhere = await signed_in(sessions, clock, "stranger@example.fr", city="elsewhere")
    assert (await device.client.get(path, headers=elsewhere)).status_code == 403
    nobody = f"/v1/fleet/vehicles/{uuid4()}/telemetry"
    assert code_of(await device.client.get(nobody, headers=operator)) == (404, "unknown_vehicle")
    for day in ("0001-01-01", "9999-12-31"):
        assert code_of(await device.client.get(path, params={"day": day}, headers=operator)) == (
            422,
            "day_out_of_reach",
        )
    assert (await device.client.get(path, params={"after": "1"}, headers=operator)).status_code in (400, 422)
    beyond = await device.client.get(path, params={"after": f"0.{10**19 - 1}"}, headers=operator)
    assert (beyond.status_code, beyond.json()["items"]) == (200, [])


async def test_what_became_of_reports_is_counted_by_reason(
    device_of: Callable[[str], Device], operator: dict[str, str], clock: FixedClock
) -> None:
    device = device_of("B-001")
    clock.advance(timedelta(hours=1))
    good = device.report(charge_percent=70)
    await device.send(good, good, device.report(ago=-3 * MINUTE), device.report(position={"lon": 0, "lat": 0}))
    await device.post(good, headers={"Authorization": f"Bearer {device.vehicle.id}.wrong"})
    health = (await device.client.get(HEALTH, headers=operator)).json()
    assert (health["accepted"], health["repeated"]) == (1, 1)
    assert health["refused"] == {"clock_ahead": 1, "position_without_fix": 1}
    assert health["strangers"] == {"wrong_vehicle_key": 1}
    assert health["last_heard_at"] == clock.now().isoformat().replace("+00:00", "Z")
    assert "B-001" not in [silent["plate"] for silent in health["silent"]]
    assert "B-002" in [silent["plate"] for silent in health["silent"]]
    yesterday = (await device.client.get(HEALTH, params={"day": "2026-06-14"}, headers=operator)).json()
    assert (yesterday["accepted"], yesterday["refused"]) == (0, {})


async def test_a_body_that_is_no_batch_is_refused_and_still_leaves_its_form_in_the_quarantine(
    device: Device, operator: dict[str, str]
) -> None:
    bodies = {b"no json 2.64159": 400, b'{"reports": [' + b"{}," * BATCH_MAX + b"{}]}": 413}
    for body, status in bodies.items():
        answer = await device.client.post("/v1/telemetry", content=body, headers=device.headers)
        assert answer.status_code == status
    async with device.sessions() as session:
        kept = (await session.scalars(select(TelemetryQuarantine).order_by(TelemetryQuarantine.id))).all()
    assert [(row.reason, row.channel, row.payload[:7]) for row in kept] == [
        ("unreadable", "http", b"no json"),
        ("batch_too_large", "http", b'{"repor'),
    ]
    health = (await device.client.get(HEALTH, headers=operator)).json()
    assert health["refused"] == {"unreadable": 1, "batch_too_large": 1}


async def test_counters_that_cannot_be_reached_stop_nothing(clock: FixedClock) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    await ValkeyTally(nowhere).add(clock.now().date(), {"lakeport": {"accepted": 1}})
    await nowhere.aclose()


async def test_a_vehicle_that_babbles_is_told_to_wait_and_the_others_are_heard(
    device_of: Callable[[str], Device], operator: dict[str, str], clock: FixedClock
) -> None:
    babbler, quiet = device_of("B-001"), device_of("B-002")
    padding = "x" * 250_000
    told: httpx.Response | None = None
    for _ in range(BUDGET_BYTES // len(padding) + 2):
        told = await babbler.client.post("/v1/telemetry", json={"reports": [padding]}, headers=babbler.headers)
        if told.status_code == 429:
            break
    assert told is not None
    assert code_of(told) == (429, "reports_too_often")
    assert int(told.headers["retry-after"]) == told.json()["retry_after_s"] > 0
    assert (await quiet.send(quiet.report()))["accepted"] == 1
    health = (await babbler.client.get(HEALTH, headers=operator)).json()
    assert health["strangers"] == {"reports_too_often": 1}
    clock.advance(timedelta(seconds=told.json()["retry_after_s"] + len(padding) // REFILL_BYTES_PER_S))
    assert (await babbler.send(babbler.report()))["accepted"] == 1
