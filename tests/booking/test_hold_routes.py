"""The terms of holds over HTTP: every refusal has a stable code, and nothing keeps the rider's position."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from msgspec.structs import replace
from sqlalchemy import text

from mobility.base.clock import FixedClock
from mobility.city.rules.city_file import CityFile, Holding
from mobility.city.service import load_city
from mobility.db.session import Sessions, transaction
from tests.booking.conftest import PublicIds
from tests.support.rides import Phone, refusal

PAID = {"extension_minutes_max": 30, "extension_rate_cents": 20}
MINUTE = timedelta(minutes=1)


async def terms(sessions: Sessions, clock: FixedClock, town_file: CityFile, **changed: Any) -> None:
    types = tuple(replace(each, hold=Holding(**changed)) for each in town_file.vehicle_types)
    async with transaction(sessions) as session:
        await load_city(session, clock, replace(town_file, vehicle_types=types))


async def test_a_rider_extends_a_hold_and_reads_what_it_costs(
    phone: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    await terms(sessions, clock, town_file, **PAID)
    (vehicle,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})).json()
    assert hold["extension"] == {"minutes_left": 30, "rate": {"cents": 20, "currency": "NZD"}}
    assert hold["free_until"] == hold["expires_at"] == "2026-06-15T08:15:00Z"
    path = f"/v1/holds/{hold['id']}/extend"
    longer = await phone.post(path, {"minutes": 12})
    assert longer.status_code == 200
    assert longer.json() == hold | {
        "expires_at": "2026-06-15T08:27:00Z",
        "extension": {"minutes_left": 18, "rate": {"cents": 20, "currency": "NZD"}},
    }
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "held", "hold": longer.json()}
    assert refusal(await phone.post(path, {"minutes": 19})) == (409, "hold_extension_too_long")
    for minutes in (0, 241, 1.5):
        assert refusal(await phone.post(path, {"minutes": minutes})) == (400, "invalid_request")


async def test_an_extension_repeated_with_its_key_is_one(
    phone: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    await terms(sessions, clock, town_file, **PAID)
    (vehicle,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})).json()
    path, key = f"/v1/holds/{hold['id']}/extend", {"Idempotency-Key": "one tap"}
    first, second = [await phone.post(path, {"minutes": 10}, **key) for _ in range(2)]
    assert first.json() == second.json()
    assert first.json()["expires_at"] == "2026-06-15T08:25:00Z"


async def test_where_the_city_says_nothing_a_hold_cannot_be_extended(
    phone: Phone, other: Phone, public_ids: PublicIds
) -> None:
    (vehicle,) = await public_ids("B-001")
    hold = (await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})).json()
    assert hold["extension"] is None
    path = f"/v1/holds/{hold['id']}/extend"
    assert refusal(await phone.post(path, {"minutes": 5})) == (409, "hold_not_extendable")
    assert refusal(await other.post(path, {"minutes": 5})) == (404, "unknown_hold")


async def test_who_kept_a_vehicle_for_nothing_is_told_when_they_may_again(
    phone: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    await terms(sessions, clock, town_file, lockout_minutes=20)
    (vehicle,) = await public_ids("B-001")
    await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})
    clock.advance(15 * MINUTE)
    answer = await phone.post("/v1/holds", {"vehicle_id": str(vehicle)})
    assert refusal(answer) == (409, "hold_locked_out")
    assert answer.json()["until"] == "2026-06-15T08:35:00+00:00"
    assert answer.json()["detail"].endswith("you can reserve again at 20:35.")


async def test_the_position_is_compared_and_not_kept(
    phone: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock, town_file: CityFile
) -> None:
    await terms(sessions, clock, town_file, walk_minutes_max=5)
    vehicle = str((await public_ids("B-001"))[0])
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": vehicle})) == (422, "hold_position_needed")
    far = {"vehicle_id": vehicle, "position": {"lon": 175.1234567, "lat": -40.1234567}}
    assert refusal(await phone.post("/v1/holds", far)) == (409, "too_far_to_hold")
    async with sessions() as session:
        where = text("SELECT lon, lat FROM vehicle_status JOIN vehicle ON id = vehicle_id WHERE plate = 'B-001'")
        lon, lat = (await session.execute(where)).one()
    for key, moved in (("tap", 0.0001234567), ("tap", 0.0002345678)):
        near = {"vehicle_id": vehicle, "position": {"lon": lon + moved, "lat": lat}}
        answer = await phone.post("/v1/holds", near, **{"Idempotency-Key": key})
        # Who has taken two steps meanwhile still means the same.
        assert answer.status_code == 201, answer.text
    async with sessions() as session:
        for table in ("hold", "idempotency_key", "outbox_message", "vehicle_event"):
            rows = await session.execute(text(f"SELECT CAST(each AS text) FROM {table} AS each"))
            assert not [row for (row,) in rows if "234567" in row]


async def test_nobody_extends_without_signing_in(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"/v1/holds/{uuid4()}/extend", json={"minutes": 5}, headers={"Idempotency-Key": "k"})
    assert refusal(answer) == (401, "not_signed_in")
