"""The contract of the routes, over HTTP on the whole app: shapes, languages, pages."""

from datetime import date, timedelta
from typing import Any

import httpx

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from tests.booking.conftest import PublicIds
from tests.support.rides import LIGHTHOUSE, MARKET, Phone, add_rider, refusal

NEARBY = "/v1/cities/lakeport/vehicles/nearby"
HERE = {"lon": MARKET.lon, "lat": MARKET.lat}
PARKED = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


async def test_a_whole_ride_reads_as_the_contract_says(phone: Phone, public_ids: PublicIds, clock: FixedClock) -> None:
    found = (await phone.get(NEARBY, **HERE)).json()
    (nearest, *_), (vehicle,) = found["items"], await public_ids("B-001")
    assert found["next"] is None
    assert nearest["vehicle_id"] == str(vehicle)
    assert set(nearest) == {
        *("vehicle_id", "type", "position", "charge_percent", "range_m", "walk_minutes", "distance_m"),
        *("station_id", "price_15_min", "price_60_min", "free_until", "walk_basis"),
    }
    assert (await phone.get("/v1/me/ride")).json() == {"kind": "none"}

    hold = await phone.post("/v1/holds", {"vehicle_id": nearest["vehicle_id"]})
    assert hold.status_code == 201
    assert set(hold.json()) == {"id", "vehicle", "created_at", "free_until", "expires_at", "extension", "state"}
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
    (document,) = (await phone.get("/v1/documents")).json()["items"]
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
        "document": {"id": document["id"], "number": None},
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
    parent = "You are under age: invite, in your profile, a parent who agrees and pays for your rides."
    too_young = "You must be 21 years old: you may drive this vehicle from 1 January 2030 on."
    assert answer["pebble"] == {"eligible": False, "reasons": [too_young, parent]}
    assert answer["breeze"] == {"eligible": False, "reasons": [parent]}


async def test_an_end_repeated_with_its_key_is_answered_alike_and_charged_once(
    phone: Phone, public_ids: PublicIds, clock: FixedClock
) -> None:
    rental = await phone.ride((await public_ids("B-001"))[0])
    clock.advance(timedelta(minutes=5))
    key, path = {"Idempotency-Key": "the end"}, f"/v1/rentals/{rental['id']}/end"
    first, again = await phone.post(path, PARKED, **key), await phone.post(path, PARKED, **key)
    assert (first.status_code, again.status_code, first.json()) == (200, 200, again.json())
    assert refusal(await phone.post(path, PARKED)) == (409, "rental_ended")


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
