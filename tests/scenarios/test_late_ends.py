"""A ride that its rider ended where there was no network: what it costs is what the vehicle can stand for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from mobility.base.clock import FixedClock
from mobility.booking.rules.ends import FORGIVEN_TIMES
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from tests.support.rides import LIGHTHOUSE, Phone, add_rider, refusal

HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}
MINUTE = timedelta(minutes=1)
PLATE = "B-001"


@pytest.fixture
async def phone(client: httpx.AsyncClient, town: list[NewVehicle], sessions: Sessions, clock: FixedClock) -> Phone:
    async with transaction(sessions) as session:
        return Phone(client, add_rider(session, clock))


class Box:
    """What is built into the vehicle: it says how far it has gone."""

    def __init__(self, client: httpx.AsyncClient, town: list[NewVehicle], clock: FixedClock) -> None:
        self._client, self._clock, self._seq = client, clock, 0
        self._vehicle = next(each for each in town if each.plate == PLATE)

    async def says(self, odometer_m: int) -> None:
        self._seq += 1
        report = {"seq": self._seq, "at": self._clock.now().isoformat(), "odometer_m": odometer_m}
        key = f"Bearer {self._vehicle.id}.{self._vehicle.secret}"
        answer = await self._client.post("/v1/telemetry", json={"reports": [report]}, headers={"Authorization": key})
        assert answer.json()["accepted"] == 1, answer.text


async def beside(phone: Phone, sessions: Sessions) -> Any:
    """The vehicle found by its plate, from where it stands."""
    where = "SELECT lon, lat FROM vehicle_status JOIN vehicle ON id = vehicle_id WHERE plate = :plate"
    async with sessions() as session:
        row = (await session.execute(text(where), {"plate": PLATE})).one()
    return await phone.get("/v1/cities/lakeport/vehicles/beside", plate=PLATE, lon=row.lon, lat=row.lat)


async def ends(phone: Phone, ride: Any, asked_at: datetime | None) -> Any:
    body = {"position": HERE, "asked_at": asked_at and asked_at.isoformat()}
    answer = await phone.post(f"/v1/rentals/{ride['id']}/end", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_wish_that_waited_for_a_network_is_priced_until_the_vehicle_stood(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, town: list[NewVehicle], clock: FixedClock
) -> None:
    box, rides = Box(client, town, clock), []
    for nth in range(FORGIVEN_TIMES + 1):
        ride = await phone.ride((await beside(phone, sessions)).json()["vehicle_id"])
        clock.advance(10 * MINUTE)
        await box.says(5_000_000 + nth)
        asked_at = clock.now()
        clock.advance(9 * MINUTE)
        await box.says(5_000_000 + nth)
        rides.append((await ends(phone, ride, asked_at), asked_at, clock.now()))
        clock.advance(MINUTE)
    for ended, asked_at, _ in rides[:-1]:
        assert datetime.fromisoformat(ended["ended_at"]) == asked_at == datetime.fromisoformat(ended["end_asked_at"])
    ended, _, now = rides[-1]
    assert (datetime.fromisoformat(ended["ended_at"]), ended["end_asked_at"]) == (now, None)
    assert ended["price_so_far"]["total"]["cents"] > rides[0][0]["price_so_far"]["total"]["cents"]
    usual = (await phone.get("/v1/cities/lakeport/usual-rides")).json()["items"]
    assert [(each["minutes"], each["rides"]) for each in usual] == [(10, FORGIVEN_TIMES + 1)]


async def test_a_ride_goes_on_until_its_end_comes_through_where_the_vehicle_moved_or_says_nothing(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, town: list[NewVehicle], clock: FixedClock
) -> None:
    box = Box(client, town, clock)
    for metres in (800, None):
        ride = await phone.ride((await beside(phone, sessions)).json()["vehicle_id"])
        clock.advance(10 * MINUTE)
        await box.says(6_000_000)
        asked_at = clock.now()
        clock.advance(15 * MINUTE)
        if metres is not None:
            await box.says(6_000_000 + metres)
        ended = await ends(phone, ride, asked_at)
        assert datetime.fromisoformat(ended["ended_at"]) == clock.now()
        clock.advance(MINUTE)


async def test_a_wish_of_before_the_ride_is_none_and_one_without_an_offset_is_not_understood(
    phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    ride = await phone.ride((await beside(phone, sessions)).json()["vehicle_id"])
    clock.advance(10 * MINUTE)
    body = {"position": HERE, "asked_at": "2026-06-15T08:02:00"}
    assert refusal(await phone.post(f"/v1/rentals/{ride['id']}/end", body)) == (400, "invalid_request")
    ended = await ends(phone, ride, datetime.min.replace(tzinfo=UTC))
    assert (datetime.fromisoformat(ended["ended_at"]), ended["end_asked_at"]) == (clock.now(), None)


async def test_a_rider_reads_whether_the_ride_could_end_before_ending_it(phone: Phone, sessions: Sessions) -> None:
    ride = await phone.ride((await beside(phone, sessions)).json()["vehicle_id"])
    path = f"/v1/rentals/{ride['id']}/end-check"
    fine = (await phone.post(path, {"position": HERE})).json()
    assert (fine["checks"], fine["refusal"]) == (
        [{"name": "zone", "passed": True}, {"name": "parking", "passed": True}],
        None,
    )
    outside = (await phone.post(path, {"position": {"lon": 175.3, "lat": -40.0}})).json()
    assert [check["passed"] for check in outside["checks"]][:2] == [False, None]
    assert (outside["refusal"]["code"], outside["refusal"]["sentence"]) == (
        "out_of_zone",
        "This vehicle can only be returned inside the service zone.",
    )


async def test_a_plate_leads_to_its_vehicle_from_beside_it_only(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    found = (await beside(phone, sessions)).json()
    assert found["walk_minutes"] < 1
    path = "/v1/cities/lakeport/vehicles/beside"
    elsewhere = await phone.get(path, plate=PLATE, lon=found["position"]["lon"] + 0.01, lat=found["position"]["lat"])
    assert refusal(elsewhere) == (404, "not_beside_vehicle")
    assert refusal(await phone.get(path, plate="Z-999", **found["position"])) == (404, "not_beside_vehicle")
    assert refusal(await client.get(path, params={"plate": PLATE, **found["position"]})) == (401, "not_signed_in")
    async with transaction(sessions) as session:
        other = Phone(client, add_rider(session, clock))
    await other.post("/v1/holds", {"vehicle_id": found["vehicle_id"]})
    assert refusal(await beside(phone, sessions)) == (409, "vehicle_taken")
    for _ in range(30):
        answer = await phone.get(path, plate="Z-999", **found["position"])
    assert refusal(answer) == (429, "plates_asked_too_often")
    assert (await client.get("/v/B-001")).headers["location"] == "/app?plate=B-001"
