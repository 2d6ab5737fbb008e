"""What the routes refuse, over HTTP on the whole app: every refusal has a stable code."""

from datetime import timedelta
from uuid import uuid4

import httpx
from sqlalchemy import update

from mobility.base.clock import FixedClock
from mobility.city.service import load_city, read_city_file
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import VehicleStatus
from tests.booking.conftest import PublicIds
from tests.support.rides import BETHUNE, LIGHTHOUSE, MARKET, Phone, refusal

NEARBY = "/v1/cities/lakeport/vehicles/nearby"
HERE = {"lon": MARKET.lon, "lat": MARKET.lat}
PARKED = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


async def test_a_search_that_makes_no_sense_is_refused(phone: Phone) -> None:
    for params, told in [
        ({"lon": 181, "lat": 0}, (422, "position_out_of_range")),
        ({"lon": "nan", "lat": 0}, (422, "position_out_of_range")),
        ({**HERE, "walk_minutes": 0}, (400, "invalid_request")),
        ({**HERE, "walk_minutes": 61}, (400, "invalid_request")),
        ({**HERE, "walk_minutes": "nan"}, (400, "invalid_request")),
        ({**HERE, "limit": 0}, (400, "invalid_request")),
        ({**HERE, "limit": 101}, (400, "invalid_request")),
        ({**HERE, "range_m_min": -1}, (400, "invalid_request")),
        ({**HERE, "type": "zeppelin"}, (404, "unknown_vehicle_type")),
        ({"lat": 0}, (400, "invalid_request")),
    ]:
        assert refusal(await phone.get(NEARBY, **params)) == told, params


async def test_a_search_in_an_unknown_city_is_refused(phone: Phone) -> None:
    assert refusal(await phone.get("/v1/cities/atlantis/vehicles/nearby", **HERE)) == (404, "unknown_city")
    assert refusal(await phone.get("/v1/cities/atlantis/eligibility")) == (404, "unknown_city")


async def test_exchanged_coordinates_are_named_as_such(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    bethune = read_city_file(BETHUNE)
    async with transaction(sessions) as session:
        await load_city(session, clock, bethune)
    params = {"lon": bethune.centre.lat, "lat": bethune.centre.lon}
    answer = await client.get("/v1/cities/bethune/vehicles/nearby", params=params)
    assert refusal(answer) == (422, "position_swapped")


async def test_a_field_that_is_not_in_the_contract_is_refused(phone: Phone) -> None:
    for path, body in [
        ("/v1/holds", {"vehicle_id": str(uuid4()), "price": 0}),
        ("/v1/rentals", {"hold_id": str(uuid4()), "tariff_id": str(uuid4())}),
        ("/v1/quotes", {"vehicle_id": str(uuid4()), "minutes": 5, "total": 0}),
        (f"/v1/rentals/{uuid4()}/end", {"position": PARKED["position"], "total_cents": 0}),
        (f"/v1/rentals/{uuid4()}/end", {"position": {**PARKED["position"], "accuracy_m": 4}}),
    ]:
        assert refusal(await phone.post(path, body)) == (400, "unknown_field"), body


async def test_a_quote_is_for_whole_minutes_up_to_a_week(phone: Phone, public_ids: PublicIds) -> None:
    (vehicle,) = await public_ids("B-001")
    for minutes in [0, -1, 10_081, 1.5, "a while", None]:
        answer = await phone.post("/v1/quotes", {"vehicle_id": str(vehicle), "minutes": minutes})
        assert refusal(answer) == (400, "invalid_request"), minutes


async def test_what_creates_or_charges_needs_an_idempotency_key(phone: Phone) -> None:
    for path in ["/v1/holds", "/v1/rentals", f"/v1/rentals/{uuid4()}/end"]:
        answer = await phone.client.post(path, json={}, headers=phone.person.headers)
        assert refusal(answer) == (400, "idempotency_key_missing"), path


async def test_a_place_where_no_ride_may_end_leaves_it_running(phone: Phone, public_ids: PublicIds) -> None:
    rental = await phone.ride((await public_ids("B-001"))[0])
    path = f"/v1/rentals/{rental['id']}"
    for position, told in [
        ({"lon": 181.0, "lat": 0.0}, (422, "position_out_of_range")),
        ({"lon": -40.0, "lat": 175.0}, (422, "position_out_of_range")),
        ({"lon": 175.06, "lat": -40.0}, (409, "out_of_zone")),
        ({"lon": 175.0, "lat": -40.0}, (409, "no_parking_zone")),
        ({"lon": 175.0}, (400, "invalid_request")),
        ({"lon": "east", "lat": -40.0}, (400, "invalid_request")),
    ]:
        assert refusal(await phone.post(f"{path}/end", {"position": position})) == told, position
        assert (await phone.get(path)).json()["state"] == "riding"


async def test_a_car_away_from_every_station_is_told_of_the_nearest(phone: Phone, public_ids: PublicIds) -> None:
    rental = await phone.ride((await public_ids("P-001"))[0])
    answer = await phone.post(f"/v1/rentals/{rental['id']}/end", PARKED)
    assert refusal(answer) == (409, "not_at_a_station")
    assert answer.json()["nearest"]["code"] == "market"


async def test_a_hold_is_refused_with_a_code_for_each_reason(
    phone: Phone, other: Phone, public_ids: PublicIds, sessions: Sessions, town: list[NewVehicle], clock: FixedClock
) -> None:
    ids = {new.plate: new.id for new in town}
    first, second, empty = (str(each) for each in await public_ids("B-001", "B-002", "B-003"))
    async with transaction(sessions) as session:
        flat = update(VehicleStatus).where(VehicleStatus.vehicle_id == ids["B-003"])
        await session.execute(flat.values(charge_percent=5))
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": str(uuid4())})) == (404, "unknown_vehicle")
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": empty})) == (409, "charge_too_low")
    hold = await phone.post("/v1/holds", {"vehicle_id": first})
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": second})) == (409, "already_holding")
    assert refusal(await other.post("/v1/holds", {"vehicle_id": first})) == (409, "vehicle_taken")
    assert refusal(await other.delete(f"/v1/holds/{hold.json()['id']}")) == (404, "unknown_hold")
    assert refusal(await other.post("/v1/rentals", {"hold_id": hold.json()["id"]})) == (404, "unknown_hold")
    clock.advance(timedelta(minutes=15))
    assert refusal(await phone.post("/v1/rentals", {"hold_id": hold.json()["id"]})) == (409, "hold_expired")
    assert (await other.post("/v1/holds", {"vehicle_id": first})).status_code == 201


async def test_a_cancelled_hold_starts_nothing(phone: Phone, public_ids: PublicIds) -> None:
    hold = await phone.post("/v1/holds", {"vehicle_id": str((await public_ids("B-001"))[0])})
    path = f"/v1/holds/{hold.json()['id']}"
    assert [(await phone.delete(path)).status_code for _ in range(2)] == [204, 204]
    assert refusal(await phone.post("/v1/rentals", {"hold_id": hold.json()["id"]})) == (409, "hold_cancelled")


async def test_who_rides_cannot_hold_and_a_used_hold_cannot_be_cancelled(phone: Phone, public_ids: PublicIds) -> None:
    first, second = (str(each) for each in await public_ids("B-001", "B-002"))
    hold = await phone.post("/v1/holds", {"vehicle_id": first})
    rental = await phone.post("/v1/rentals", {"hold_id": hold.json()["id"]})
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": second})) == (409, "already_riding")
    assert refusal(await phone.delete(f"/v1/holds/{hold.json()['id']}")) == (409, "hold_used")
    receipt = await phone.get(f"/v1/rentals/{rental.json()['id']}/receipt")
    assert refusal(receipt) == (409, "rental_not_ended")


async def test_a_closed_service_says_so(phone: Phone, public_ids: PublicIds, clock: FixedClock) -> None:
    vehicle = str((await public_ids("B-001"))[0])
    clock.advance(timedelta(hours=2))  # 22:00 in Lakeport
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": vehicle})) == (409, "service_closed")


async def test_rides_of_other_people_do_not_exist(phone: Phone, other: Phone, public_ids: PublicIds) -> None:
    rental = await phone.ride((await public_ids("B-001"))[0])
    path = f"/v1/rentals/{rental['id']}"
    answers = [
        await other.get(path),
        await other.get(f"{path}/receipt"),
        await other.post(f"{path}/pause"),
        await other.post(f"{path}/resume"),
        await other.post(f"{path}/end", PARKED),
    ]
    assert {refusal(answer) for answer in answers} == {(404, "unknown_rental")}
    assert (await other.get("/v1/rentals")).json() == {"items": [], "next": None}


async def test_nobody_rides_without_signing_in(client: httpx.AsyncClient) -> None:
    for method, path in [
        ("GET", "/v1/cities/lakeport/eligibility"),
        ("POST", "/v1/holds"),
        ("DELETE", f"/v1/holds/{uuid4()}"),
        ("POST", "/v1/rentals"),
        ("POST", f"/v1/rentals/{uuid4()}/pause"),
        ("POST", f"/v1/rentals/{uuid4()}/resume"),
        ("POST", f"/v1/rentals/{uuid4()}/end"),
        ("GET", "/v1/me/ride"),
        ("GET", "/v1/rentals"),
        ("GET", f"/v1/rentals/{uuid4()}"),
        ("GET", f"/v1/rentals/{uuid4()}/receipt"),
    ]:
        answer = await client.request(method, path, headers={"Idempotency-Key": "k"})
        assert refusal(answer) == (401, "not_signed_in"), path
