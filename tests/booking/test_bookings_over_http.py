"""Booking ahead through the whole API: one journey, and each refusal by its code."""

from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, update

from mobility.base.clock import FixedClock
from mobility.booking.tables import Booking
from mobility.city.tables import Station
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.fleet.tables import Vehicle, VehicleStatus
from tests.booking.conftest import PublicIds
from tests.support.diaries import told
from tests.support.fleets import signed_in
from tests.support.rides import WHARF, Phone, refusal

TEN, NOON = "2026-06-16T10:00:00", "2026-06-16T12:00:00"
SEARCH = "/v1/cities/lakeport/availability"


@pytest.fixture
async def stations(town: list[NewVehicle], sessions: Sessions) -> dict[str, str]:
    async with sessions() as session:
        rows = await session.execute(select(Station.code, Station.id))
        return {code: str(station_id) for code, station_id in rows}


@pytest.fixture
def at_wharf(stations: dict[str, str]) -> Callable[..., dict[str, Any]]:
    def body(starts_at: str = TEN, ends_at: str = NOON, **more: Any) -> dict[str, Any]:
        what = {"type": "pebble", "station_id": stations["wharf"]}
        return {**what, "starts_at": starts_at, "ends_at": ends_at, **more}

    return body


async def test_a_rider_finds_books_extends_starts_and_ends(
    phone: Phone, clock: FixedClock, stations: dict[str, str], at_wharf: Callable[..., dict[str, Any]]
) -> None:
    when = {"from": TEN, "to": NOON, "lon": WHARF.lon, "lat": WHARF.lat, "range_m_min": 40_000}
    (offer,) = (await phone.get(SEARCH, **when)).json()["items"]
    assert (offer["free"], offer["walk_minutes"], offer["price"]["total"]["cents"]) == (2, 0, 2_600)
    assert (offer["charge_percent"], offer["range_m"]) == (100, 200_000)
    made = (await phone.post("/v1/bookings", at_wharf())).json()
    assert (made["state"], made["vehicle"], made["quoted"]["cents"]) == ("confirmed", None, 2_600)
    assert made["terms"]["cancel_free_until"] == "2026-06-15T19:00:00Z"
    assert all(offer[name] == made["terms"][name] for name in ("cancel_free_until", "cancel_fee"))
    path = f"/v1/bookings/{made['id']}"
    changed = await phone.client.patch(path, json={"ends_at": "2026-06-16T13:00:00"}, headers=phone.person.headers)
    assert changed.json()["quoted"]["cents"] == 3_800
    clock.instant = told("2026-06-16T09:50+12:00").astimezone(UTC)
    assert (await phone.get(path)).json()["vehicle"]["plate"] in ("P-001", "P-002")
    ride = (await phone.post(f"{path}/start")).json()
    assert ride["state"] == "riding"
    assert ride["back_by"] == {"at": "2026-06-16T01:00:00Z", "is_own": True}
    clock.instant = told("2026-06-16T10:30+12:00").astimezone(UTC)
    there = {"position": {"lon": WHARF.lon, "lat": WHARF.lat}}
    assert (await phone.post(f"/v1/rentals/{ride['id']}/end", there)).status_code == 200
    assert (await phone.get(path)).json()["state"] == "completed"
    assert (await phone.get("/v1/bookings", only_live=True)).json()["items"] == []
    assert len((await phone.get("/v1/bookings")).json()["items"]) == 1


async def test_a_day_at_a_station_is_a_bar_of_quarter_hours(phone: Phone, stations: dict[str, str]) -> None:
    path = f"/v1/cities/lakeport/stations/{stations['wharf']}/availability"
    bar = (await phone.get(path, date="2026-06-16", type="pebble")).json()
    assert len(bar["quarters"]) == 96
    assert bar["quarters"][24] == {"starts_at": "2026-06-15T18:00:00Z", "local": "06:00", "free": 2, "open": True}
    assert not bar["quarters"][23]["open"]
    refused = await phone.get(path, date="2026-06-16", type="breeze")
    assert refusal(refused) == (409, "not_bookable_ahead")
    market = f"/v1/cities/lakeport/stations/{uuid4()}/availability"
    assert refusal(await phone.get(market, date="2026-06-16", type="pebble")) == (404, "unknown_station")


async def test_what_cannot_be_booked_is_refused_by_its_code(
    phone: Phone, stations: dict[str, str], at_wharf: Callable[..., dict[str, Any]], public_ids: PublicIds
) -> None:
    car, moped = [str(each) for each in await public_ids("P-001", "B-001")]
    one = {"vehicle_id": car, "starts_at": TEN, "ends_at": NOON}
    refused: list[tuple[dict[str, Any], int, str]] = [
        ({"starts_at": TEN, "ends_at": NOON}, 422, "vehicle_or_class"),
        (at_wharf(vehicle_id=car), 422, "vehicle_or_class"),
        (at_wharf(type="yacht"), 404, "unknown_vehicle_type"),
        (at_wharf(station_id=str(uuid4())), 404, "unknown_station"),
        (one | {"vehicle_id": moped}, 409, "not_bookable_ahead"),
        (at_wharf("2026-06-16T10:01:00"), 422, "not_on_the_quarter"),
        (at_wharf("2026-09-27T02:30:00", "2026-09-27T04:00:00"), 422, "time_missing"),
        (at_wharf("2027-04-04T02:30:00", "2027-04-04T04:00:00"), 422, "time_repeated"),
        (at_wharf("2030-01-01T10:00:00", "2030-01-01T11:00:00"), 422, "time_too_far"),
        (at_wharf(NOON, TEN), 422, "booking_without_length"),
        (at_wharf("2026-06-15T20:00:00", "2026-06-15T21:00:00"), 422, "booking_too_soon"),
        (at_wharf("2026-07-20T10:00:00", "2026-07-20T11:00:00"), 422, "booking_too_far"),
        (at_wharf(TEN, "2026-06-18T10:15:00"), 422, "booking_too_long"),
        (at_wharf("2026-06-16T05:00:00"), 409, "service_closed"),
        (one | {"range_m_min": 300_000}, 409, "charge_forecast_too_low"),
    ]
    for body, status, code in refused:
        assert refusal(await phone.post("/v1/bookings", body)) == (status, code)


async def test_a_class_ends_only_where_it_is_accepted_and_has_a_bay(
    phone: Phone,
    other: Phone,
    sessions: Sessions,
    stations: dict[str, str],
    at_wharf: Callable[..., dict[str, Any]],
) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(Station).where(Station.code == "terminal").values(vehicle_types=["breeze"]))
        await session.execute(update(Station).where(Station.code == "market").values(bays=1))
    away = at_wharf(to_station_id=stations["terminal"])
    assert refusal(await phone.post("/v1/bookings", away)) == (409, "station_not_for_class")
    to_market = at_wharf(to_station_id=stations["market"])
    assert (await phone.post("/v1/bookings", to_market)).status_code == 201
    assert refusal(await other.post("/v1/bookings", to_market)) == (409, "destination_full")


async def test_a_vehicle_that_is_still_ridden_cannot_be_started(
    phone: Phone, other: Phone, clock: FixedClock, public_ids: PublicIds
) -> None:
    (car,) = await public_ids("P-001")
    body = {"vehicle_id": str(car), "starts_at": "2026-06-15T21:00:00", "ends_at": "2026-06-15T22:00:00"}
    booking = (await phone.post("/v1/bookings", body)).json()["id"]
    await other.ride(car)
    clock.instant = told("2026-06-15T21:00+12:00").astimezone(UTC)
    assert refusal(await phone.post(f"/v1/bookings/{booking}/start")) == (409, "vehicle_not_back")


async def test_nobody_knows_of_a_booking_that_is_not_theirs_and_twenty_are_enough(
    phone: Phone, sessions: Sessions, at_wharf: Callable[..., dict[str, Any]]
) -> None:
    assert refusal(await phone.get(f"/v1/bookings/{uuid4()}")) == (404, "unknown_booking")
    made = (await phone.post("/v1/bookings", at_wharf())).json()
    async with transaction(sessions) as session:
        booking = await session.get_one(Booking, UUID(made["id"]))
        kept = {c.key: getattr(booking, c.key) for c in Booking.__mapper__.column_attrs}
        length = booking.blocked_until - booking.starts_at
        for number in range(1, 20):
            moved = {at: kept[at] + number * length for at in ("starts_at", "ends_at", "blocked_until")}
            session.add(Booking(**(kept | moved | {"id": uuid4()})))
    later = at_wharf("2026-06-25T10:00:00", "2026-06-25T11:00:00")
    assert refusal(await phone.post("/v1/bookings", later)) == (409, "too_many_bookings")


async def test_operators_see_the_city_s_bookings_book_for_riders_and_withdraw(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, clock: FixedClock, town: list[NewVehicle]
) -> None:
    desk = await signed_in(sessions, clock, "desk@example.org", city="lakeport")
    car = next(each for each in town if each.plate == "P-001")
    asked = {"account_id": str(phone.person.account_id), "vehicle_id": str(car.id), "starts_at": TEN, "ends_at": NOON}
    path, key = "/v1/cities/lakeport/bookings", {"Idempotency-Key": "by telephone"}
    made = (await client.post(path, json=asked, headers=desk | key)).json()
    assert (made["plate"], made["by_class"], made["account_id"]) == ("P-001", False, asked["account_id"])
    assert made["booked_by"] != made["account_id"]
    listed = (await client.get(path, params={"vehicle": str(car.id)}, headers=desk)).json()["items"]
    assert [each["id"] for each in listed] == [made["id"]]
    past = {"from": "2026-06-17T00:00:00Z"}
    assert (await client.get(path, params=past, headers=desk)).json()["items"] == []
    withdrawn = (await client.post(f"/v1/bookings/{made['id']}/withdraw", headers=desk)).json()
    assert (withdrawn["state"], withdrawn["closed_because"], withdrawn["fee"]["cents"]) == ("cancelled", "operator", 0)
    nothing = {"account_id": asked["account_id"], "starts_at": TEN, "ends_at": NOON}
    refused = await client.post(path, json=nothing, headers=desk | {"Idempotency-Key": "nothing"})
    assert refusal(refused) == (422, "vehicle_or_class")


async def test_a_search_tells_neither_plates_nor_exact_charges(
    phone: Phone, sessions: Sessions, public_ids: PublicIds
) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(charge_percent=57.3))
        plates = (await session.scalars(select(Vehicle.plate))).all()
    answer = await phone.get(SEARCH, **{"from": "2026-06-15T20:15:00", "to": "2026-06-15T21:00:00"})
    assert not [plate for plate in plates if plate in answer.text]
    assert {each["charge_percent"] % 10 for each in answer.json()["items"]} == {0}
