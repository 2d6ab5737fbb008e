"""What an operator finds by a word or a number, of their city only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.invoicing.tables import Document
from mobility.invoicing.tasks import number_documents
from mobility.riders.tables import Account
from tests.booking.conftest import PublicIds
from tests.helpdesk.conftest import Agent, Settle
from tests.support.fleets import signed_in
from tests.support.rides import LIGHTHOUSE, Phone, refusal

SEARCH = "/v1/cities/lakeport/search"
HERE = {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}


@pytest.fixture
async def rental_id(phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Settle, sessions: Sessions) -> str:
    """A ride of Léa's that has ended, with its receipt."""
    (public_id,) = await public_ids("B-001")
    rental_id = str((await phone.ride(public_id))["id"])
    clock.advance(timedelta(minutes=12))
    await phone.post(f"/v1/rentals/{rental_id}/end", {"position": HERE})
    await settle()
    clock.advance(timedelta(seconds=2))
    async with transaction(sessions) as session:
        lea = update(Account).where(Account.id == phone.person.account_id)
        await session.execute(lea.values(name="Léa Martin", phone="+33612345678"))
        await number_documents(session, clock)
    return rental_id


async def found(agent: Agent, words: str, **params: Any) -> list[tuple[str, str]]:
    answer = await agent.get(SEARCH, query=words, **params)
    assert answer.status_code == 200, answer.text
    return [(each["kind"], each["name"]) for each in answer.json()["items"]]


async def test_vehicles_are_found_by_plate_and_at_most_so_many(agent: Agent) -> None:
    assert await found(agent, "b-00", limit=2) == [("vehicle", "B-001"), ("vehicle", "B-002")]


async def test_a_rider_is_found_by_name_phone_and_address(agent: Agent, rental_id: str) -> None:
    for words in ("martin", "06 12 34 56 78", "+33612345678", "@example.org"):
        assert await found(agent, words) == [("rider", "Léa Martin")]


async def test_a_ride_is_found_by_its_id_and_says_nothing_of_who_rode(
    agent: Agent, phone: Phone, rental_id: str
) -> None:
    for words in (rental_id, rental_id[:13], rental_id.replace("-", "").upper()):
        (ride,) = (await agent.get(SEARCH, query=words)).json()["items"]
        assert (ride["kind"], ride["id"], ride["name"], ride["account_id"]) == ("ride", rental_id, "B-001", None)
        assert str(phone.person.account_id) not in str(ride)


async def test_a_booking_is_found_by_its_id_with_the_vehicle_it_is_of(agent: Agent, phone: Phone) -> None:
    slot = {"starts_at": "2026-06-16T10:00:00+12:00", "ends_at": "2026-06-16T12:00:00+12:00"}
    stations = (await phone.get("/v1/cities/lakeport/stations")).json()
    wharf = next(each["id"] for each in stations["items"] if each["code"] == "wharf")
    booked = await phone.post("/v1/bookings", {"type": "pebble", "station_id": wharf, **slot})
    assert booked.status_code == 201, booked.text
    (booking,) = (await agent.get(SEARCH, query=booked.json()["id"])).json()["items"]
    assert (booking["kind"], booking["state"], booking["at"]) == ("booking", "confirmed", "2026-06-15T22:00:00Z")
    assert str(UUID(booking["vehicle_id"])) == booking["vehicle_id"]


async def test_a_receipt_is_found_by_its_number_with_whose_it_is(
    agent: Agent, phone: Phone, rental_id: str, sessions: Sessions
) -> None:
    async with sessions() as session:
        document = (await session.scalars(select(Document))).one()
    (receipt,) = (await agent.get(SEARCH, query=f"{document.year}-{document.number}")).json()["items"]
    assert (receipt["kind"], receipt["name"]) == ("receipt", f"{document.year}-{document.number:06}")
    assert receipt["account_id"] == str(phone.person.account_id)
    assert await found(agent, f"A{document.year}-{document.number}") == []
    assert await found(agent, f"{document.year - 1}-{document.number}") == []


async def test_riders_and_rides_of_another_city_are_not_found(agent: Agent, other: Phone, rental_id: str) -> None:
    assert await found(agent, str(other.person.account_id)) == []
    beside = await agent.get("/v1/cities/elsewhere/search", query="martin")
    assert refusal(beside) == (403, "role_missing")


async def test_only_operators_of_a_city_that_exists_search_it_by_two_letters_or_more(
    agent: Agent, phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    assert refusal(await agent.client.get(SEARCH, params={"query": "martin"})) == (401, "not_signed_in")
    assert refusal(await phone.get(SEARCH, query="martin")) == (403, "role_missing")
    everywhere = Agent(agent.client, await signed_in(sessions, clock, "admin@example.fr", role="admin", city=None))
    nowhere = await everywhere.get("/v1/cities/atlantis/search", query="martin")
    assert refusal(nowhere) == (404, "unknown_city")
    for wrong in ({"query": "m"}, {"query": "m" * 101}, {}, {"query": "martin", "limit": 21}):
        assert (await agent.get(SEARCH, **wrong)).status_code in (400, 422)
