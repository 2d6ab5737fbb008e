"""Credit, what banks keep ready, the books and their differences over HTTP."""

import csv
import io
from uuid import uuid4

import pytest

from mobility.db.session import transaction
from mobility.payments.local import LocalGateway
from mobility.payments.tables import BookDifference
from mobility.payments.tasks import place_holds
from tests.support.fleets import signed_in
from tests.support.riders import code_for, sign_in

DAYS = {"from": "2026-06-15", "to": "2026-06-15"}


async def headers_of(books, address):
    async with transaction(books.sessions) as session:
        opened = await sign_in(session, books.clock, *await code_for(session, books.clock, address))
    return {"Authorization": f"Bearer {opened.token}"}


@pytest.fixture
async def rider(books):
    return await headers_of(books, "ada@example.org")


@pytest.fixture
async def admin(books):
    return await signed_in(books.sessions, books.clock, "root@example.org", role="admin", city=None)


def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def test_riders_see_their_credit_and_what_it_paid(books, client, rider):
    assert (await client.get("/v1/me/credit", headers=rider)).json() == {"balances": [], "items": []}
    await books.grant(500)
    await books.charge(320)
    seen = (await client.get("/v1/me/credit", headers=rider)).json()
    assert seen["balances"] == [{"cents": 180, "currency": "EUR"}]
    assert [(each["kind"], each["amount"]["cents"]) for each in seen["items"]] == [
        ("rental", -320),
        ("credit_welcome", 500),
    ]
    payment = (await client.get("/v1/payments", headers=rider)).json()["items"][0]
    assert (payment["amount"]["cents"], payment["from_credit"]["cents"], payment["state"]) == (320, 320, "captured")
    stranger = await headers_of(books, "eve@example.org")
    assert (await client.get("/v1/me/credit", headers=stranger)).json()["balances"] == []


async def test_riders_see_what_their_bank_keeps_ready_and_try_again_what_it_refused(books, client, rider):
    booking = await books.authorise(8_000)
    await place_holds(books.sessions, books.clock, LocalGateway({books.rider: "insufficient_funds"}))
    (held,) = (await client.get("/v1/me/authorisations", headers=rider)).json()["items"]
    assert (held["booking_id"], held["state"], held["remedy"]) == (str(booking), "declined", "wait")
    place, key = f"/v1/me/authorisations/{held['id']}/place", {"Idempotency-Key": str(uuid4())}
    stranger = await headers_of(books, "eve@example.org")
    assert code_of(await client.post(place, json={}, headers=stranger | key)) == (404, "unknown_authorisation")
    assert (await client.post(place, json={}, headers=rider | key)).json()["state"] == "waiting"
    await place_holds(books.sessions, books.clock, LocalGateway())
    assert (await client.get("/v1/me/authorisations", headers=rider)).json()["items"][0]["state"] == "placed"


async def test_operators_read_the_books_of_their_city_and_nobody_elses(books, client, rider):
    operator = await signed_in(books.sessions, books.clock, city=books.city)
    await books.charge(1990)
    ledger = f"/v1/cities/{books.city}/ledger"
    totals = (await client.get(f"{ledger}/trial-balance", params=DAYS, headers=operator)).json()["totals"]
    assert [(each["account"], each["debit"]["cents"], each["credit"]["cents"]) for each in totals] == [
        ("revenue", 0, 1658),
        ("rider", 1990, 0),
        ("vat", 0, 332),
    ]
    lines = await client.get(f"{ledger}/entries", params=DAYS, headers=operator)
    assert lines.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines.headers["content-disposition"] == 'attachment; filename="arcy-2026-06-15-2026-06-15.csv"'
    assert len(list(csv.DictReader(io.StringIO(lines.text)))) == 3
    fec = await client.get(f"{ledger}/entries", params=DAYS | {"format": "fec"}, headers=operator)
    assert fec.text.startswith("JournalCode\tJournalLib\tEcritureNum")
    backwards = {"from": "2026-06-15", "to": "2026-06-14"}
    for path in ("trial-balance", "entries"):
        answer = await client.get(f"{ledger}/{path}", params=backwards, headers=operator)
        assert code_of(answer) == (422, "period_wrong")
        assert code_of(await client.get(f"{ledger}/{path}", params=DAYS, headers=rider)) == (403, "role_missing")


async def test_differences_are_explained_once_by_operators_of_every_city(books, client, admin):
    async with transaction(books.sessions) as session:
        now, named = books.clock.now(), {"kind": "missing_here", "matter": "refund", "reference": "re_1"}
        session.add(BookDifference(gateway="stripe", found_at=now, seen_at=now, theirs_cents=-700, **named))
    (open_,) = (await client.get("/v1/ledger/differences", headers=admin)).json()["items"]
    assert (open_["reference"], open_["kind"], open_["ours"]) == ("re_1", "missing_here", None)
    explain, note = f"/v1/ledger/differences/{open_['id']}/explain", {"note": "refunded by hand after a call"}
    operator = await signed_in(books.sessions, books.clock, city=books.city)
    assert code_of(await client.post(explain, json=note, headers=operator)) == (403, "role_missing")
    assert (await client.post(explain, json=note, headers=admin)).json()["note"] == note["note"]
    assert code_of(await client.post(explain, json=note, headers=admin)) == (409, "difference_settled")
    nowhere = f"/v1/ledger/differences/{uuid4()}/explain"
    assert code_of(await client.post(nowhere, json=note, headers=admin)) == (404, "unknown_difference")
    assert (await client.get("/v1/ledger/differences", headers=admin)).json()["items"] == []
    settled = (await client.get("/v1/ledger/differences", params={"all": True}, headers=admin)).json()["items"]
    assert [each["reference"] for each in settled] == ["re_1"]
    assert (await client.get("/v1/ledger/reconciliations", headers=admin)).json() == {"items": []}
