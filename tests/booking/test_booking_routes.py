"""The contract of the routes, over HTTP on the whole app: shapes, languages, refusals."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import update

from mobility.base.clock import FixedClock
from mobility.city.service import load_city, read_city_file
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import VehicleStatus
from tests.booking.conftest import PublicIds
from tests.support.rides import BETHUNE, LIGHTHOUSE, MARKET, Person, add_rider

Riders = Callable[[int], Awaitable[list[Person]]]
NEARBY = "/v1/cities/lakeport/vehicles/nearby"
HERE = {"lon": MARKET.lon, "lat": MARKET.lat}
PARKED = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


@dataclass(frozen=True)
class Phone:
    """One rider's way to the API, in English."""

    client: httpx.AsyncClient
    person: Person

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params, headers=self._headers())

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self._headers() | headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(path, headers=self._headers())

    async def ride(self, vehicle: object) -> Any:
        hold = await self.post("/v1/holds", {"vehicle_id": str(vehicle)})
        return (await self.post("/v1/rentals", {"hold_id": hold.json()["id"]})).json()

    def _headers(self) -> dict[str, str]:
        return {**self.person.headers, "Idempotency-Key": uuid4().hex, "Accept-Language": "en"}


@pytest.fixture
async def phone(client: httpx.AsyncClient, town: list[NewVehicle], riders: Riders) -> Phone:
    (person,) = await riders(1)
    return Phone(client, person)


@pytest.fixture
async def other(client: httpx.AsyncClient, riders: Riders) -> Phone:
    (person,) = await riders(1)
    return Phone(client, person)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def test_a_whole_ride_reads_as_the_contract_says(phone: Phone, public_ids: PublicIds, clock: FixedClock) -> None:
    found = (await phone.get(NEARBY, **HERE)).json()
    (nearest, *_), (vehicle,) = found["items"], await public_ids("B-001")
    assert found["next"] is None
    assert nearest["vehicle_id"] == str(vehicle)
    assert set(nearest) == {
        *("vehicle_id", "type", "plate", "position", "charge_percent", "range_m", "walk_minutes", "distance_m"),
        *("station_id", "price_15_min", "price_60_min"),
    }
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "none"}

    hold = await phone.post("/v1/holds", {"vehicle_id": nearest["vehicle_id"]})
    assert hold.status_code == 201
    assert set(hold.json()) == {"id", "vehicle", "created_at", "expires_at", "state"}
    assert hold.json()["vehicle"]["position"] == nearest["position"]
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "held", "hold": hold.json()}

    rental = await phone.post("/v1/rentals", {"hold_id": hold.json()["id"]})
    path = f"/v1/rentals/{rental.json()['id']}"
    assert (rental.status_code, rental.json()["state"], rental.json()["payment"]) == (201, "riding", None)
    clock.advance(timedelta(minutes=2))
    paused = (await phone.post(f"{path}/pause")).json()
    clock.advance(timedelta(minutes=3))
    assert (await phone.get("/v1/me/ride")).json()["kind"] == "paused"
    resumed = (await phone.post(f"{path}/resume")).json()
    assert (paused["state"], paused["paused_s"], resumed["state"], resumed["paused_s"]) == ("paused", 0, "riding", 180)
    assert resumed["price_so_far"]["total"] == {"cents": 200, "currency": "NZD"}

    ended = await phone.post(f"{path}/end", PARKED)
    assert (ended.status_code, ended.json()["state"], ended.json()["payment"]) == (200, "ended", {"state": "pending"})
    assert ended.json()["end_position"] == PARKED["position"]
    assert (ended.json()["vehicle"]["charge_percent"], ended.json()["vehicle"]["range_m"]) == (None, None)
    assert (await phone.get(path)).json() == ended.json()
    assert (await phone.get("/v1/rentals")).json() == {"items": [ended.json()], "next": None}
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "none"}
    assert (await phone.get(f"{path}/receipt")).json() == {
        "rental_id": ended.json()["id"],
        "started_at": rental.json()["started_at"],
        "ended_at": ended.json()["ended_at"],
        "lines": ended.json()["price_so_far"]["lines"],
        "total": {"cents": 200, "currency": "NZD"},
        "vat": {
            "rate_percent": 15.0,
            "net": {"cents": 174, "currency": "NZD"},
            "amount": {"cents": 26, "currency": "NZD"},
        },
        "payment": {"state": "pending"},
        "not_stored": "The way you took was not kept: only where and when you started and ended.",
    }


async def test_bill_lines_speak_the_readers_language(phone: Phone, public_ids: PublicIds) -> None:
    (vehicle,) = await public_ids("P-001")

    async def lines(language: str) -> Any:
        asked = {"vehicle_id": str(vehicle), "minutes": 90}
        answer = await phone.post("/v1/quotes", asked, **{"Accept-Language": language})
        assert (answer.status_code, answer.json()["tariff_code"]) == (200, "pebble-hour-2025")
        return [
            (line["label"], line["quantity"], line["unit"], line["amount"]["cents"]) for line in answer.json()["lines"]
        ]

    assert await lines("fr") == [("Prise en charge", 1, "trajet", 200), ("Durée, pauses comprises", 2, "60 min", 2400)]
    assert await lines("en-GB") == [("Start", 1, "ride", 200), ("Time, pauses included", 2, "60 min", 2400)]


async def test_vehicles_and_prices_are_shown_to_who_is_not_signed_in(
    client: httpx.AsyncClient, public_ids: PublicIds
) -> None:
    found = await client.get(NEARBY, params=HERE)
    assert found.status_code == 200
    asked = {"vehicle_id": found.json()["items"][0]["vehicle_id"], "minutes": 15}
    quoted = await client.post("/v1/quotes", json=asked)
    assert quoted.json()["total"] == found.json()["items"][0]["price_15_min"]


async def test_a_rider_reads_what_they_may_drive_and_why_not(phone: Phone) -> None:
    answer = await phone.get("/v1/cities/lakeport/eligibility")
    assert answer.json() == {kind: {"eligible": True, "reasons": []} for kind in ("breeze", "pebble")}


async def test_a_child_reads_the_reasons_in_both_languages(
    client: httpx.AsyncClient, town: list[NewVehicle], sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        child = Phone(client, add_rider(session, clock, born_on=date(2009, 1, 1)))
    answer = (await child.get("/v1/cities/lakeport/eligibility")).json()
    assert answer["pebble"] == {"eligible": False, "reasons": ["You must be 21 years old."]}
    assert answer["breeze"] == {"eligible": True, "reasons": []}


@pytest.mark.parametrize(
    ("params", "told"),
    [
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
    ],
)
async def test_a_search_that_makes_no_sense_is_refused(
    phone: Phone, params: dict[str, Any], told: tuple[int, str]
) -> None:
    assert refusal(await phone.get(NEARBY, **params)) == told


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


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/holds", {"vehicle_id": str(uuid4()), "price": 0}),
        ("/v1/rentals", {"hold_id": str(uuid4()), "tariff_id": str(uuid4())}),
        ("/v1/quotes", {"vehicle_id": str(uuid4()), "minutes": 5, "total": 0}),
        (f"/v1/rentals/{uuid4()}/end", {"position": PARKED["position"], "total_cents": 0}),
        (f"/v1/rentals/{uuid4()}/end", {"position": {**PARKED["position"], "accuracy_m": 4}}),
    ],
)
async def test_a_field_that_is_not_in_the_contract_is_refused(phone: Phone, path: str, body: dict[str, Any]) -> None:
    assert refusal(await phone.post(path, body)) == (400, "unknown_field")


@pytest.mark.parametrize("minutes", [0, -1, 10_081, 1.5, "a while", None])
async def test_a_quote_is_for_whole_minutes_up_to_a_week(phone: Phone, public_ids: PublicIds, minutes: object) -> None:
    (vehicle,) = await public_ids("B-001")
    answer = await phone.post("/v1/quotes", {"vehicle_id": str(vehicle), "minutes": minutes})
    assert refusal(answer) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/holds", "/v1/rentals", f"/v1/rentals/{uuid4()}/end"])
async def test_what_creates_or_charges_needs_an_idempotency_key(phone: Phone, path: str) -> None:
    answer = await phone.client.post(path, json={}, headers=phone.person.headers)
    assert refusal(answer) == (400, "idempotency_key_missing")


async def test_an_end_repeated_with_its_key_is_answered_alike_and_charged_once(
    phone: Phone, public_ids: PublicIds, clock: FixedClock
) -> None:
    rental = await phone.ride((await public_ids("B-001"))[0])
    clock.advance(timedelta(minutes=5))
    key, path = {"Idempotency-Key": "the end"}, f"/v1/rentals/{rental['id']}/end"
    first, again = await phone.post(path, PARKED, **key), await phone.post(path, PARKED, **key)
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert refusal(await phone.post(path, PARKED)) == (409, "rental_ended")


@pytest.mark.parametrize(
    ("position", "told"),
    [
        ({"lon": 181.0, "lat": 0.0}, (422, "position_out_of_range")),
        ({"lon": -40.0, "lat": 175.0}, (422, "position_out_of_range")),
        ({"lon": 175.06, "lat": -40.0}, (409, "out_of_zone")),
        ({"lon": 175.0, "lat": -40.0}, (409, "no_parking_zone")),
        ({"lon": 175.0}, (400, "invalid_request")),
        ({"lon": "east", "lat": -40.0}, (400, "invalid_request")),
    ],
)
async def test_a_place_where_no_ride_may_end_leaves_it_running(
    phone: Phone, public_ids: PublicIds, position: dict[str, Any], told: tuple[int, str]
) -> None:
    rental = await phone.ride((await public_ids("B-001"))[0])
    path = f"/v1/rentals/{rental['id']}"
    assert refusal(await phone.post(f"{path}/end", {"position": position})) == told
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


@pytest.mark.parametrize(
    ("method", "path"),
    [
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
    ],
)
async def test_nobody_rides_without_signing_in(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, headers={"Idempotency-Key": "k"})
    assert refusal(answer) == (401, "not_signed_in")


async def test_rides_are_listed_page_by_page(phone: Phone, public_ids: PublicIds) -> None:
    taken = []
    for plate in ("B-001", "B-002", "B-003"):
        rental = await phone.ride((await public_ids(plate))[0])
        await phone.post(f"/v1/rentals/{rental['id']}/end", PARKED)
        taken.append(rental["id"])
    first = (await phone.get("/v1/rentals", limit=2)).json()
    rest = (await phone.get("/v1/rentals", limit=2, after=first["next"])).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == taken[::-1]
    assert rest["next"] is None
    assert refusal(await phone.get("/v1/rentals", limit=101)) == (400, "invalid_request")
