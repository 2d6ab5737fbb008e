"""Who cannot pay does not reserve."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from redis.asyncio import Redis

from mobility.base.clock import FixedClock
from mobility.db.embedded import Servers
from mobility.db.session import Sessions, transaction
from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.ports import SavedCard
from mobility.payments.tasks import collect_due
from mobility.settings import Settings
from tests.booking.conftest import PublicIds
from tests.support.apps import api_on
from tests.support.rides import LIGHTHOUSE, Phone, refusal


class CardsOnly(LocalGateway):
    """The gateway without an outside, asking for cards as a real one does."""

    asks_for_cards = True


@pytest.fixture
async def client(
    database_url: str, running_servers: Servers, valkey: Redis, clock: FixedClock
) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(database_url=database_url, redis_url=running_servers.redis_url)
    async with api_on(settings, clock, gateway=CardsOnly()) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test", timeout=60) as client:
            yield client


async def save_card(sessions: Sessions, clock: FixedClock, phone: Phone, *, exp_year: int, reference: str) -> None:
    async with transaction(sessions) as session:
        account_id = phone.person.account_id
        customer = await service.remember_customer(session, account_id, gateway="local", reference=str(account_id))
        card = SavedCard(customer, reference, "visa", "4242", 12, exp_year)
        assert await service.save_card(session, clock, card, gateway="local")


async def test_a_rider_needs_a_card_that_is_good_and_no_unpaid_ride(
    phone: Phone, sessions: Sessions, clock: FixedClock, public_ids: PublicIds
) -> None:
    (moped,) = await public_ids("B-001")
    wish = {"vehicle_id": str(moped)}
    assert refusal(await phone.post("/v1/holds", wish)) == (409, "card_needed")
    await save_card(sessions, clock, phone, exp_year=2025, reference="old")
    assert refusal(await phone.post("/v1/holds", wish)) == (409, "card_expired")
    clock.advance(timedelta(seconds=1))
    await save_card(sessions, clock, phone, exp_year=2030, reference="new")
    hold = (await phone.post("/v1/holds", wish)).json()
    rental = (await phone.post("/v1/rentals", {"hold_id": hold["id"]})).json()
    clock.advance(timedelta(minutes=5))
    parked = {"position": {"lon": LIGHTHOUSE.lon, "lat": LIGHTHOUSE.lat}}
    assert (await phone.post(f"/v1/rentals/{rental['id']}/end", parked)).status_code == 200
    gateway = LocalGateway({phone.person.account_id: "insufficient_funds"})
    assert await collect_due(sessions, clock, gateway) == 1
    (other,) = await public_ids("B-002")
    assert refusal(await phone.post("/v1/holds", {"vehicle_id": str(other)})) == (409, "ride_unpaid")
