"""A photo of how a vehicle was left: asked for at the end, sent afterwards, seen by its rider and the desk."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.folder import PhotoFolder
from mobility.fleet.rules.parking_photos import TAKEN_WITHIN
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import ParkingPhoto, Vehicle, VehicleType
from mobility.fleet.tasks import forget_parking_photos, sweep_photos
from mobility.helpdesk.queries import list_entries
from tests.support.fleets import signed_in
from tests.support.photos import GPS_CANARY, geotagged, photo
from tests.support.rides import LIGHTHOUSE, Phone, add_rider, refusal

HERE = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


@pytest.fixture
async def alix(client: httpx.AsyncClient, town: Sequence[NewVehicle], sessions: Sessions, clock: FixedClock) -> Phone:
    """A rider of a town that asks for photos of vehicles left on the pavement."""
    spec = VehicleType.spec.concat({"end_photo": "outside_stations"})
    async with transaction(sessions) as session:
        await session.execute(update(VehicleType).where(VehicleType.code == "breeze").values(spec=spec))
        return Phone(client, add_rider(session, clock))


async def ended(phone: Phone, sessions: Sessions, **said: Any) -> str:
    """A ride that is over; its id."""
    async with sessions() as session:
        public_id: UUID = (await session.scalars(select(Vehicle.public_id).where(Vehicle.plate == "B-001"))).one()
    rental = (await phone.ride(public_id))["id"]
    assert (await phone.post(f"/v1/rentals/{rental}/end-check", HERE)).json()["asks_photo"] is True
    assert refusal(await send(phone, rental)) == (409, "parking_photo_not_asked"), "it still runs"
    assert (await phone.post(f"/v1/rentals/{rental}/end", HERE | said)).status_code == 200
    return str(rental)


async def send(phone: Phone, rental: str, content: bytes | None = None) -> httpx.Response:
    headers = {**phone.person.headers, "Idempotency-Key": uuid4().hex, "Content-Type": "image/jpeg"}
    path = f"/v1/rentals/{rental}/parking-photo"
    return await phone.client.post(path, content=photo() if content is None else content, headers=headers)


async def test_a_photo_of_the_parked_vehicle_is_seen_by_its_rider_and_the_desk_alone(
    client: httpx.AsyncClient, alix: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    rental = await ended(alix, sessions)
    path = f"/v1/rentals/{rental}/parking-photo"
    assert refusal(await client.get(path, headers=alix.person.headers)) == (404, "unknown_photo")
    assert refusal(await send(alix, rental, b"no picture")) == (422, "photo_unreadable")
    assert (await send(alix, rental, geotagged())).status_code == 204
    assert refusal(await send(alix, rental)) == (409, "parking_photo_taken_in")
    async with transaction(sessions) as session:
        bo = Phone(client, add_rider(session, clock))
    assert refusal(await send(bo, rental)) == (404, "unknown_rental")
    desk = await signed_in(sessions, clock, "desk@example.fr", city="lakeport")
    for headers in (alix.person.headers, desk):
        seen = await client.get(path, headers=headers)
        assert (seen.status_code, seen.content[:3]) == (200, b"\xff\xd8\xff")
        assert GPS_CANARY.encode() not in seen.content
    elsewhere = await signed_in(sessions, clock, "far@example.fr", city="springfield")
    for headers in (bo.person.headers, elsewhere):
        assert refusal(await client.get(path, headers=headers)) == (404, "unknown_photo")
    assert await story_of(sessions, alix) == "taken"


async def test_a_ride_ends_without_a_photo_and_the_desk_reads_why(
    alix: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    rental = await ended(alix, sessions, no_photo="camera")
    assert await story_of(sessions, alix) == "camera"
    clock.advance(TAKEN_WITHIN + timedelta(seconds=1))
    assert refusal(await send(alix, rental)) == (409, "parking_photo_too_late")
    await ended(alix, sessions)
    assert await story_of(sessions, alix) == "missing"


async def test_photos_of_parked_vehicles_are_forgotten_in_time(
    alix: Phone, sessions: Sessions, clock: FixedClock, tmp_path: Path
) -> None:
    kept, store = await ended(alix, sessions), PhotoFolder(tmp_path)
    async with transaction(sessions) as session:
        row = await session.get_one(ParkingPhoto, UUID(kept))
        await store.put("a" * 32, photo())
        row.name, row.taken_in_at = "a" * 32, clock.now()
    clock.advance(timedelta(days=30))
    for expected in (0, 1):
        async with transaction(sessions) as session:
            assert await forget_parking_photos(session, clock, kept_days=30) == expected
        swept = await sweep_photos(sessions, FixedClock(clock.now() + timedelta(days=3650)), store)
        assert swept == expected
        clock.advance(timedelta(seconds=1))


async def story_of(sessions: Sessions, rider: Phone) -> Any:
    """What of the latest ride's photo the desk reads."""
    async with sessions() as session:
        told = await list_entries(session, rider.person.account_id, "lakeport", before=None, limit=20)
    return next(entry.facts["photo"] for entry in told if entry.kind == "ride")
