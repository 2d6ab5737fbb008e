"""A person asks for a copy of their data, and to be forgotten."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from mobility.base.clock import FixedClock
from mobility.booking.tables import Rental
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.payments import service as payments
from mobility.payments.ports import SavedCard
from mobility.payments.tables import Card, Payment
from mobility.privacy import service
from mobility.privacy.tasks import erase_due
from mobility.riders.rules.guardianship import Part
from mobility.riders.service import grant_role, guardianships
from mobility.riders.tables import Account
from tests.support.rides import LIGHTHOUSE, Person, Phone, add_rider, refusal
from tests.support.strangers import rows

HERE = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
DAY = timedelta(days=1)


@pytest.fixture
async def phone(client: httpx.AsyncClient, town: list[NewVehicle], sessions: Sessions, clock: FixedClock) -> Phone:
    async with transaction(sessions) as session:
        person = add_rider(session, clock)
    return Phone(client, person)


async def rides(phone: Phone, sessions: Sessions, clock: FixedClock) -> str:
    async with sessions() as session:
        public_id = (await session.execute(text("SELECT public_id FROM vehicle WHERE plate = 'B-001'"))).scalar_one()
    rental = await phone.ride(public_id)
    clock.advance(timedelta(minutes=10))
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", HERE)).status_code == 200
    return str(rental["id"])


async def settled(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("UPDATE payment SET state = 'captured', settled_at = now()"))


async def saves_a_card(sessions: Sessions, clock: FixedClock, person: Person) -> None:
    async with transaction(sessions) as session:
        customer = await payments.remember_customer(session, person.account_id, gateway="local", reference="cus_1")
        await payments.save_card(session, clock, SavedCard(customer, "pm_1", "visa", "4242", 12, 2034), gateway="local")


async def test_a_copy_holds_what_is_mine_nothing_of_others_and_nothing_that_opens_something(
    phone: Phone, client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    rental_id = await rides(phone, sessions, clock)
    await saves_a_card(sessions, clock, phone.person)
    async with transaction(sessions) as session:
        other = add_rider(session, clock)
    answer = await phone.post("/v1/me/export")
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert [rental["id"] for rental in data["rental"]] == [rental_id]
    assert data["account"][0]["email"] == f"{phone.person.account_id}@example.org"
    assert (data["card"][0]["last4"], "reference" in data["card"][0]) == ("4242", False)
    assert "token_hash" not in data["sign_in_session"][0]
    assert str(other.account_id) not in answer.text
    assert [event["kind"] for event in data["account_event"]] == ["exported"]


async def test_who_has_never_ridden_is_forgotten_at_once(phone: Phone, sessions: Sessions, clock: FixedClock) -> None:
    answer = await phone.post("/v1/me/erasure")
    assert (answer.status_code, answer.json()["due_at"]) == (202, "2026-06-15T08:00:00Z")
    assert refusal(await phone.get("/v1/me")) == (401, "not_signed_in")
    async with transaction(sessions) as session:
        assert await erase_due(session, clock) == 1
        assert await erase_due(session, clock) == 0
    assert [line for lines in (await rows(sessions)).values() for line in lines if "example.org" in line] == []


async def test_who_rode_is_forgotten_sixty_days_later_and_the_books_keep_a_number(
    phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    rental_id = await rides(phone, sessions, clock)
    await saves_a_card(sessions, clock, phone.person)
    await settled(sessions)
    due_at = (await phone.post("/v1/me/erasure")).json()["due_at"]
    assert due_at == "2026-08-14T08:10:00Z"
    clock.advance(60 * DAY - timedelta(seconds=1))
    async with transaction(sessions) as session:
        assert await erase_due(session, clock) == 0
    clock.advance(timedelta(seconds=1))
    async with transaction(sessions) as session:
        assert await erase_due(session, clock) == 1
    async with sessions() as session:
        account = await session.get_one(Account, phone.person.account_id)
        rental = await session.get_one(Rental, UUID(rental_id))
        card = (await session.scalars(select(Card))).one()
        paid = (await session.scalars(select(Payment))).one()
    assert (account.email, account.name, account.born_on, account.erased_at) == (None, "", None, clock.now())
    assert (rental.account_id, rental.end_lon, rental.end_lat) == (account.id, LIGHTHOUSE.lon, LIGHTHOUSE.lat)
    assert (card.last4, card.removed_at is not None) == ("0000", True)
    assert (paid.account_id, paid.state) == (account.id, "captured")
    assert "example.org" not in str((await rows(sessions))["outgoing_message"])


async def test_nobody_is_forgotten_while_something_runs_or_is_owed(
    phone: Phone, client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    rental_id = await rides(phone, sessions, clock)
    child_mail = "child@example.org"
    async with transaction(sessions) as session:
        await grant_role(session, clock, phone.person.account_id, "crew", "lakeport")
        child = add_rider(session, clock, born_on=clock.now().date() - 15 * 365 * DAY)
        await session.flush()
        child_mail = f"{child.account_id}@example.org"
        asked = await guardianships.ask(session, clock, phone.person.account_id, Part.GUARDIAN, child_mail)
        await guardianships.accept(session, clock, child.account_id, asked.id)
    answer = await phone.post("/v1/me/erasure")
    assert refusal(answer) == (409, "erasure_refused")
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["owing", "guardian", "staff"]
    assert answer.json()["detail"].startswith("Your account cannot be erased yet. Pay what is due first. End the agr")
    assert (await phone.get(f"/v1/rentals/{rental_id}")).status_code == 200


async def test_what_comes_up_meanwhile_puts_the_erasure_off(
    phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    await phone.post("/v1/me/erasure")
    async with transaction(sessions) as session:
        await grant_role(session, clock, phone.person.account_id, "crew", "lakeport")
    async with transaction(sessions) as session:
        assert await erase_due(session, clock) == 0
        account = await session.get_one(Account, phone.person.account_id)
        assert account.erasure_due_at == clock.now() + service.TRY_AGAIN_AFTER
