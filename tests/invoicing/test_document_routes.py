"""A ride, its receipt, its number, its PDF: as a rider's app asks for them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import Vehicle
from mobility.invoicing.tasks import number_documents
from tests.invoicing.conftest import Till
from tests.support.papers import read
from tests.support.rides import MARKET, Phone, add_rider, refusal


async def ride(phone: Phone, sessions: Sessions, clock: FixedClock) -> Any:
    """A ride of five minutes from the market; its receipt."""
    async with sessions() as session:
        public_id = await session.scalar(select(Vehicle.public_id).where(Vehicle.plate == "B-001"))
    rental = await phone.ride(public_id)
    clock.advance(timedelta(minutes=5))
    position = {"position": {"lon": MARKET.lon, "lat": MARKET.lat}}
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", position)).status_code == 200
    return (await phone.get(f"/v1/rentals/{rental['id']}/receipt")).json()


async def number(sessions: Sessions, clock: FixedClock) -> None:
    clock.advance(timedelta(seconds=2))
    async with transaction(sessions) as session:
        await number_documents(session, clock)


async def test_a_ride_has_a_receipt_with_a_number_and_a_pdf(
    phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    receipt = await ride(phone, sessions, clock)
    path = f"/v1/documents/{receipt['document']['id']}"
    assert receipt["document"]["number"] is None
    assert refusal(await phone.get(f"{path}/pdf")) == (409, "document_not_numbered")

    await number(sessions, clock)
    document = (await phone.get(path)).json()
    assert (document["number"], document["kind"], document["city"]) == ("2026-000001", "receipt", "lakeport")
    assert (document["total"], document["reference_id"]) == (receipt["total"], receipt["rental_id"])
    assert document["rates"] == [{"rate_percent": 15.0, "net": receipt["vat"]["net"], "vat": receipt["vat"]["amount"]}]
    assert [each["amount"] for each in document["lines"]] == [each["amount"] for each in receipt["lines"]]
    assert (document["served_from"], document["served_until"]) == (receipt["started_at"], receipt["ended_at"])
    assert document["place"] == "Lakeport"
    assert document["provider"]["legal_name"] == "Lakeport Rides Limited"

    pdf = await phone.get(f"{path}/pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.headers["content-disposition"] == 'inline; filename="recu-2026-000001.pdf"'
    assert pdf.headers["cache-control"] == "private, no-store"
    paper = read(pdf.content)
    assert paper.title == "Reçu 2026-000001"  # the account's language, whatever the browser's
    for said in ("Lakeport Rides Limited", "1 Jetty Road", "TVA 15 %", "2,00 NZD"):
        assert said in paper.text


async def test_a_document_says_nothing_of_where_a_rider_was(
    phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    receipt = await ride(phone, sessions, clock)
    told = (await phone.get(f"/v1/documents/{receipt['document']['id']}")).text
    assert str(MARKET.lon) not in told
    assert str(MARKET.lat) not in told


async def test_documents_of_others_do_not_exist(
    phone: Phone, other: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    path = f"/v1/documents/{(await ride(phone, sessions, clock))['document']['id']}"
    await number(sessions, clock)
    for hidden in (path, f"{path}/pdf", f"/v1/documents/{uuid4()}"):
        assert refusal(await other.get(hidden)) == (404, "unknown_document")
    assert (await other.get("/v1/documents")).json() == {"items": [], "next": None}


async def test_documents_are_listed_newest_first_page_by_page(
    till: Till, sessions: Sessions, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        person = add_rider(session, clock)
    sold = [await till.sell(account_id=person.account_id) for _ in range(3)]
    phone = Phone(client, person)
    first = (await phone.get("/v1/documents", limit=2)).json()
    assert [each["id"] for each in first["items"]] == [str(sold[2].id), str(sold[1].id)]
    rest = (await phone.get("/v1/documents", limit=2, after=first["next"])).json()
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([str(sold[0].id)], None)


async def test_a_rider_chooses_whether_statements_come(phone: Phone) -> None:
    path = "/v1/me/statements"
    assert (await phone.get(path)).json() == {"wanted": True}
    for wanted in (False, False, True):
        answer = await phone.client.put(path, json={"wanted": wanted}, headers=phone.person.headers)
        assert (answer.status_code, answer.json()) == (200, {"wanted": wanted})
        assert (await phone.get(path)).json() == {"wanted": wanted}
