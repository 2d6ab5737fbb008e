import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from redis.asyncio import Redis
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.db.live import Live
from mobility.db.session import Sessions
from mobility.fleet.rules.live_map import stream
from mobility.telemetry.routes.reporting import BODY_MAX_BYTES
from mobility.telemetry.rules.messages import NO_CITY
from mobility.telemetry.rules.reports import BATCH_MAX
from mobility.telemetry.tables import TelemetryReport
from mobility.telemetry.valkey import ValkeyTally
from tests.telemetry.conftest import Device

MINUTE = timedelta(minutes=1)
PIER = {"lon": 175.001, "lat": -40.001}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    return answer.status_code, answer.json()["code"]


async def stored(sessions: Sessions) -> int:
    async with sessions() as session:
        return await session.scalar(select(func.count()).select_from(TelemetryReport)) or 0


async def test_a_report_is_stored_and_becomes_the_latest_state(device: Device) -> None:
    said = {"charge_percent": 61.5, "range_m": 24_000, "odometer_m": 77, "speed_kmh": 0, "locked": False}
    outcome = await device.send(device.report(position=PIER, **said))
    assert outcome == {"accepted": 1, "repeated": 0, "refused": []}
    status = await device.status()
    assert (status.lon, status.lat) == (PIER["lon"], PIER["lat"])
    assert (status.charge_percent, status.range_m, status.odometer_m, status.locked) == (61.5, 24_000, 77, False)
    assert status.reported_at == status.heard_at == device.clock.now()
    report = await device.stored(1)
    assert (report.lon, report.lat, report.speed_kmh, report.received_at) == (175.001, -40.001, 0, device.clock.now())


async def test_a_refused_report_does_not_refuse_the_others(device: Device) -> None:
    outcome = await device.send(
        device.report(charge_percent=101),
        device.report(charge_percent=70),
        device.report(position={"lon": 175, "lat": 91}),
        {"nonsense": True},
        device.report(ago=-3 * MINUTE),
        7,
    )
    assert outcome == {
        "accepted": 1,
        "repeated": 0,
        "refused": [
            {"index": 0, "code": "charge_out_of_range"},
            {"index": 2, "code": "position_out_of_range"},
            {"index": 3, "code": "unknown_field"},
            {"index": 4, "code": "clock_ahead"},
            {"index": 5, "code": "unreadable"},
        ],
    }
    assert (await device.status()).charge_percent == 70


async def test_ten_thousand_repeats_store_one_report(device: Device) -> None:
    report = device.report(charge_percent=70)
    outcomes = [await device.send(*[report] * BATCH_MAX) for _ in range(10_000 // BATCH_MAX)]
    assert sum(outcome["accepted"] for outcome in outcomes) == 1
    assert sum(outcome["repeated"] for outcome in outcomes) == 9_999
    assert await stored(device.sessions) == 1


async def test_the_same_batch_sent_at_once_on_several_connections_is_stored_once(device: Device) -> None:
    batch = [device.report(charge_percent=charge) for charge in range(100)]
    orders = (batch, batch[::-1], batch[50:] + batch[:50])
    outcomes = await asyncio.gather(*(device.send(*orders[at % 3]) for at in range(9)))
    assert sum(outcome["accepted"] for outcome in outcomes) == 100
    assert await stored(device.sessions) == 100


async def test_of_two_reports_with_one_number_the_first_said_counts(device: Device) -> None:
    first, second = device.report(charge_percent=70), device.report(charge_percent=10)
    outcome = await device.send(first, {**second, "seq": first["seq"]})
    assert (outcome["accepted"], outcome["repeated"]) == (1, 1)
    assert (await device.status()).charge_percent == 70


async def test_an_older_report_is_stored_but_never_changes_the_latest_state(device: Device) -> None:
    await device.send(device.report(charge_percent=40, position=PIER))
    late = device.report(ago=30 * MINUTE, charge_percent=90, position={"lon": 175.05, "lat": -40.05}, locked=False)
    assert (await device.send(late))["accepted"] == 1
    status = await device.status()
    assert (status.charge_percent, status.lon, status.locked) == (40, PIER["lon"], True)


async def test_a_day_sent_in_disorder_ends_with_its_last_word(device: Device, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=10))
    day = [device.report(ago=(100 - at) * MINUTE, charge_percent=100 - at) for at in range(100)]
    for start in (50, 0, 75, 25):
        await device.send(*reversed(day[start : start + 25]))
    status = await device.status()
    assert (status.charge_percent, status.reported_at) == (1, clock.now() - MINUTE)


async def test_a_late_report_fills_in_nothing_that_was_said_since(device: Device, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=1))
    await device.send(device.report(ago=10 * MINUTE, charge_percent=50))
    await device.send(device.report(ago=20 * MINUTE, charge_percent=55), device.report(ago=5 * MINUTE, position=PIER))
    status = await device.status()
    assert (status.charge_percent, status.lon) == (50, PIER["lon"])


async def test_a_vehicle_heard_late_was_heard_all_the_same(device: Device, clock: FixedClock) -> None:
    await device.send(device.report(charge_percent=50))
    clock.advance(MINUTE)
    await device.send(device.report(ago=30 * MINUTE, charge_percent=60))
    status = await device.status()
    assert (status.heard_at, status.reported_at) == (clock.now(), clock.now() - MINUTE)


@pytest.mark.parametrize(
    "scheme", ["Bearer {id}.{other}", "Bearer {id}", "Basic {id}.{secret}", "Bearer {nobody}.x", ""]
)
async def test_who_does_not_show_the_vehicles_own_key_is_refused(
    device_of: Callable[[str], Device], scheme: str
) -> None:
    device, other = device_of("B-001"), device_of("B-002")
    vehicle = device.vehicle
    shown = scheme.format(id=vehicle.id, secret=vehicle.secret, other=other.vehicle.secret, nobody=uuid4())
    answer = await device.post(device.report(), headers={"Authorization": shown} if shown else {})
    assert code_of(answer) == (401, "wrong_vehicle_key")
    assert await stored(device.sessions) == 0


async def test_a_report_is_its_senders_whatever_it_says(device: Device, device_of: Callable[[str], Device]) -> None:
    other = device_of("B-002")
    claims = {**device.report(charge_percent=5), "vehicle_id": str(other.vehicle.id)}
    outcome = await device.send(claims, device.report(charge_percent=6))
    assert outcome["refused"] == [{"index": 0, "code": "unknown_field"}]
    assert ((await device.status()).charge_percent, (await other.status()).charge_percent) == (6, 100)


async def test_two_vehicles_number_their_reports_apart(device_of: Callable[[str], Device]) -> None:
    for plate in ("B-001", "B-002"):
        device = device_of(plate)
        assert (await device.send(device.report()))["accepted"] == 1


async def test_a_batch_too_large_is_refused_by_count_and_by_size_and_counted(device: Device, valkey: Redis) -> None:
    tally = ValkeyTally(valkey)
    answer = await device.post(*[{}] * (BATCH_MAX + 1))
    assert code_of(answer) == (413, "batch_too_large")
    answer = await device.post("x" * BODY_MAX_BYTES)
    assert code_of(answer) == (413, "body_too_large")
    today = device.clock.now().date()
    assert await tally.read(today, NO_CITY) == {"body_too_large": 1}
    assert await tally.read(today, "lakeport") == {"batch_too_large": 1}


@pytest.mark.parametrize("body", [b"", b"no json", b'{"reports": [{"seq": NaN}]}', b'{"reports": [], "and": 1}'])
async def test_a_body_that_is_no_batch_is_refused(device: Device, body: bytes) -> None:
    answer = await device.client.post("/v1/telemetry", content=body, headers=device.headers)
    assert code_of(answer) == (400, "batch_unreadable")


async def test_an_empty_batch_says_that_the_vehicle_lives(device: Device, clock: FixedClock) -> None:
    clock.advance(MINUTE)
    assert await device.send() == {"accepted": 0, "repeated": 0, "refused": []}
    assert (await device.status()).heard_at == clock.now()


async def test_a_batch_moves_its_vehicle_once_on_the_live_map(device: Device, live: Live, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=1))
    nothing_yet = await live.last_id(stream("lakeport"))
    batch = [device.report(ago=at * MINUTE, position={"lon": 175 + at / 1000, "lat": -40}) for at in (2, 0, 1)]
    await device.send(*batch)
    await device.send(*batch)
    told = await anext(live.read(stream("lakeport"), nothing_yet))
    pictures = [json.loads(message.data) for message in told]
    assert [(picture["plate"], picture["position"]["lon"]) for picture in pictures] == [("B-001", 175)]


async def test_the_document_describes_a_batch(app: Litestar) -> None:
    operation = app.openapi_schema.to_schema()["paths"]["/v1/telemetry"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    report = schema["properties"]["reports"]["items"]
    assert schema["additionalProperties"] is report["additionalProperties"] is False
    assert schema["properties"]["reports"]["maxItems"] == BATCH_MAX
    assert {"seq", "at"} == set(report["required"])
    assert "$ref" not in json.dumps(schema)
    assert operation["security"] == [{"vehicle": []}]
    assert {"202", "400", "401", "413"} <= set(operation["responses"])
