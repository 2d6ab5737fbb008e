"""Passes, from the sale to the ride that costs less; through the API and the worker's turns."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from mobility.base.clock import FixedClock
from mobility.db.live import Live
from mobility.db.outbox import deliver_one
from mobility.db.session import Sessions, transaction
from mobility.invoicing.tables import Document
from mobility.payments.local import LocalGateway
from mobility.payments.tables import Payment
from mobility.payments.tasks import collect_due
from mobility.pricing.tables import RiderPass
from mobility.pricing.tasks import renew_passes
from mobility.worker import subscriptions
from tests.booking.conftest import PublicIds
from tests.support.rides import LIGHTHOUSE, Phone, refusal

HERE = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
DAILY = {"city": "lakeport", "code": "daily-breeze"}


@pytest.fixture
def settle(sessions: Sessions, clock: FixedClock, live: Live) -> Any:
    """The worker collects what is due and tells what happened."""

    async def settled() -> None:
        await collect_due(sessions, clock, LocalGateway())
        while await deliver_one(sessions, clock, subscriptions(live)):
            pass

    return settled


async def ride(phone: Phone, clock: FixedClock, public_ids: PublicIds, minutes: float) -> list[tuple[str, int]]:
    (public_id,) = await public_ids("B-001")
    rental = await phone.ride(public_id)
    clock.advance(timedelta(minutes=minutes))
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", HERE)).status_code == 200
    receipt = (await phone.get(f"/v1/rentals/{rental['id']}/receipt")).json()
    return [(line["label"], line["amount"]["cents"]) for line in receipt["lines"]]


async def passes(phone: Phone) -> list[dict[str, Any]]:
    return list((await phone.get("/v1/me/benefits")).json()["passes"])


async def test_a_city_tells_everybody_which_passes_it_sells(phone: Phone) -> None:
    listed = (await phone.client.get("/v1/cities/lakeport/passes", headers={"Accept-Language": "en"})).json()["plans"]
    assert [(each["code"], each["name"], each["price"]["cents"], each["renews"]) for each in listed] == [
        ("daily-breeze", "Daily breeze", 1_500, True),
        ("weekend", "Weekend", 800, False),
    ]


async def test_a_pass_begins_when_it_is_paid_and_lasts_its_days(phone: Phone, clock: FixedClock, settle: Any) -> None:
    bought = await phone.post("/v1/passes", DAILY)
    assert (bought.status_code, bought.json()["state"]) == (201, "pending")
    clock.advance(timedelta(hours=2))
    await settle()
    (held,) = await passes(phone)
    assert (held["state"], held["starts_at"], held["ends_at"]) == (
        "active",
        "2026-06-15T10:00:00Z",
        "2026-07-15T10:00:00Z",
    )


async def test_the_minutes_of_a_pass_last_for_all_rides_of_a_day(
    phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Any
) -> None:
    await phone.post("/v1/passes", DAILY)
    await settle()
    assert await ride(phone, clock, public_ids, 20) == [
        ("Time, pauses included", 800),
        ("Pass · Daily breeze", -800),
    ]
    # Ten minutes are left, then a fifth off.
    assert await ride(phone, clock, public_ids, 20) == [
        ("Time, pauses included", 800),
        ("Pass · Daily breeze", -480),
    ]
    clock.advance(timedelta(days=1))
    assert (await ride(phone, clock, public_ids, 20))[1] == ("Pass · Daily breeze", -800)


async def test_a_quote_tells_what_the_receipt_will(
    phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Any
) -> None:
    await phone.post("/v1/passes", DAILY)
    await settle()
    (public_id,) = await public_ids("B-001")
    quote = (await phone.post("/v1/quotes", {"vehicle_id": str(public_id), "minutes": 45})).json()
    told = [(line["label"], line["amount"]["cents"]) for line in quote["lines"]]
    assert told == await ride(phone, clock, public_ids, 45)


async def test_a_pass_that_is_over_or_of_another_class_takes_nothing_off(
    phone: Phone, clock: FixedClock, public_ids: PublicIds, settle: Any
) -> None:
    await phone.post("/v1/passes", {"city": "lakeport", "code": "weekend"})
    await settle()
    clock.advance(timedelta(days=2))
    assert await ride(phone, clock, public_ids, 10) == [("Time, pauses included", 400)]
    assert await passes(phone) == []


async def test_a_pass_is_sold_with_a_document_and_charged_once(phone: Phone, sessions: Sessions, settle: Any) -> None:
    bought = await phone.post("/v1/passes", DAILY, **{"Idempotency-Key": "once"})
    again = await phone.post("/v1/passes", DAILY, **{"Idempotency-Key": "once"})
    assert again.json() == bought.json()
    assert refusal(await phone.post("/v1/passes", DAILY)) == (409, "pass_held")
    await settle()
    async with sessions() as session:
        paid = (await session.scalars(select(Payment))).all()
        assert [(each.kind, each.amount_cents, each.state) for each in paid] == [("pass", 1_500, "captured")]
        assert await session.scalar(select(func.count()).select_from(Document)) in {0, 1}


async def test_a_pass_that_renews_is_sold_again_before_it_ends_and_follows_on(
    phone: Phone, sessions: Sessions, clock: FixedClock, settle: Any
) -> None:
    await phone.post("/v1/passes", DAILY)
    await settle()
    for _ in range(2):
        clock.advance(timedelta(days=14, hours=18))
        async with transaction(sessions) as session:
            await renew_passes(session, clock)
    await settle()
    first, second = await passes(phone)
    assert (second["starts_at"], second["state"]) == (first["ends_at"], "active")
    assert (first["renews"], second["renews"]) == (False, True)


async def test_who_stops_the_renewal_pays_no_more(
    phone: Phone, other: Phone, sessions: Sessions, clock: FixedClock, settle: Any
) -> None:
    held = (await phone.post("/v1/passes", DAILY)).json()
    await settle()
    assert refusal(await other.delete(f"/v1/passes/{held['id']}/renewal")) == (404, "unknown_pass")
    assert (await phone.delete(f"/v1/passes/{held['id']}/renewal")).status_code == 204
    clock.advance(timedelta(days=29, hours=12))
    async with transaction(sessions) as session:
        assert await renew_passes(session, clock) == 0
        assert await session.scalar(select(func.count()).select_from(RiderPass)) == 1


async def test_a_pass_that_nobody_sells_cannot_be_bought(phone: Phone) -> None:
    assert refusal(await phone.post("/v1/passes", {"city": "lakeport", "code": "gold"})) == (404, "unknown_pass_plan")
    assert refusal(await phone.post("/v1/passes", {"city": "atlantis", "code": "gold"})) == (404, "unknown_city")
