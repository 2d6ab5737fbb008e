"""A child of fifteen rides in Lakeport: with a parent who agrees, at the parent's cost, seen by the parent in part."""

from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from mobility.base.clock import FixedClock
from mobility.booking.subscribers import cancel_bookings
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.payments.tables import Payment
from mobility.riders.events import GuardianshipEnded
from mobility.riders.rules.guardianship import Part
from mobility.riders.service import guardianships
from mobility.riders.tables import Account
from tests.booking.conftest import PublicIds
from tests.support.diaries import Diary
from tests.support.rides import LIGHTHOUSE, Phone, Story, add_rider, refusal

HERE = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}


@pytest.fixture
async def child(
    client: httpx.AsyncClient, town: list[NewVehicle], phone: Phone, sessions: Sessions, clock: FixedClock
) -> Phone:
    """Seventeen, with a parent who has agreed: the one of `phone`."""
    async with transaction(sessions) as session:
        child = add_rider(session, clock, born_on=date(2009, 1, 1))
        await session.flush()
        address = f"{child.account_id}@example.org"
        asked = await guardianships.ask(session, clock, phone.person.account_id, Part.GUARDIAN, address)
        await guardianships.accept(session, clock, child.account_id, asked.id)
    return Phone(client, child)


async def rides(child: Phone, public_ids: PublicIds, clock: FixedClock) -> UUID:
    rental = await child.ride((await public_ids("B-001"))[0])
    clock.advance(timedelta(minutes=10))
    ended = await child.post(f"/v1/rentals/{rental['id']}/end", HERE)
    assert ended.status_code == 200, ended.text
    return UUID(rental["id"])


async def test_the_parent_pays_and_sees_what_and_when_but_not_where(
    phone: Phone, child: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock
) -> None:
    rental_id = await rides(child, public_ids, clock)
    async with sessions() as session:
        payment = (await session.scalars(select(Payment).where(Payment.reference_id == rental_id))).one()
    assert payment.account_id == phone.person.account_id
    seen = await phone.get(f"/v1/me/children/{child.person.account_id}/rides")
    (ride,) = seen.json()["items"]
    assert ride == {"id": str(rental_id), "on": "2026-06-15", "total": ride["total"]}
    assert ride["total"]["cents"] > 0
    assert refusal(await phone.get(f"/v1/rentals/{rental_id}")) == (404, "unknown_rental")


async def test_a_withdrawn_consent_stops_the_ride_that_was_about_to_begin(
    phone: Phone, child: Phone, public_ids: PublicIds
) -> None:
    (moped,) = await public_ids("B-001")
    hold = await child.post("/v1/holds", {"vehicle_id": str(moped)})
    assert hold.status_code == 201, hold.text
    (mine,) = (await phone.get("/v1/me/guardianships")).json()["items"]
    assert (mine["part"], mine["state"]) == ("guardian", "active")
    assert (await phone.post(f"/v1/guardianships/{mine['id']}/end")).status_code == 200
    refused = await child.post("/v1/rentals", {"hold_id": hold.json()["id"]})
    assert refusal(refused) == (403, "not_eligible")
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["guardian_missing"]
    assert refusal(await phone.get(f"/v1/me/children/{child.person.account_id}/rides")) == (404, "unknown_guardianship")


async def test_a_ride_that_began_under_the_consent_stays_the_parents_to_pay(
    phone: Phone, child: Phone, public_ids: PublicIds, sessions: Sessions, clock: FixedClock
) -> None:
    rental = await child.ride((await public_ids("B-001"))[0])
    clock.advance(timedelta(minutes=5))
    (mine,) = (await phone.get("/v1/me/guardianships")).json()["items"]
    await phone.post(f"/v1/guardianships/{mine['id']}/end")
    clock.advance(timedelta(minutes=5))
    assert (await child.post(f"/v1/rentals/{rental['id']}/end", HERE)).status_code == 200
    async with sessions() as session:
        payment = (await session.scalars(select(Payment).where(Payment.reference_id == UUID(rental["id"])))).one()
    assert payment.account_id == phone.person.account_id


async def test_a_child_is_invited_over_the_api_and_says_yes(
    client: httpx.AsyncClient, phone: Phone, sessions: Sessions, clock: FixedClock
) -> None:
    async with transaction(sessions) as session:
        child = Phone(client, add_rider(session, clock, born_on=date(2012, 1, 1)))
    wish = {"part": "guardian", "email": f"{child.person.account_id}@example.org"}
    asked = await phone.post("/v1/me/guardianships", wish)
    assert (asked.status_code, asked.json()["is_mine_to_answer"]) == (201, False)
    (invitation,) = (await child.get("/v1/me/guardianships")).json()["items"]
    assert (invitation["part"], invitation["is_mine_to_answer"], invitation["child_id"]) == ("child", True, None)
    accepted = await child.post(f"/v1/guardianships/{invitation['id']}/accept")
    assert (accepted.json()["state"], accepted.json()["child_of_age_on"]) == ("active", "2030-01-01")


async def test_bookings_that_nobody_may_drive_any_more_are_cancelled_when_a_consent_ends(story: Story) -> None:
    diary, clock = Diary(story), story.clock
    booking = await diary.book()
    ended = GuardianshipEnded(child_id=story.rider.account_id, at=clock.now())
    await cancel_bookings(story.session, clock, ended)
    assert booking.state == "confirmed"
    account = await story.session.get_one(Account, story.rider.account_id)
    account.born_on = date(2012, 1, 1)
    await story.session.flush()
    await cancel_bookings(story.session, clock, ended)
    await story.session.refresh(booking)
    assert (booking.state, booking.closed_because, booking.fee_cents) == ("cancelled", "operator", 0)
