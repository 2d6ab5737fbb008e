"""Cards, paying again, refunds and webhooks over HTTP, with the payment service emulated."""

import asyncio
import json
import time
from uuid import uuid4

import httpx
import pytest

from mobility.base.ids import new_id
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.rules.refusals import PaymentNotCaptured, RefundTooHigh
from mobility.payments.stripe import StripeGateway
from mobility.payments.tasks import collect_due, read_inbox, send_refunds
from mobility.settings import Settings
from mobility.stripe_emulator.webhooks import signature
from tests.support.apps import api_on
from tests.support.fleets import signed_in
from tests.support.riders import code_for, sign_in
from tests.support.stripe import emulated

SECRET = "whsec_test"


@pytest.fixture(scope="module")
def emulator():
    with emulated() as running:
        yield running


@pytest.fixture
def gateway(emulator):
    return StripeGateway("sk_test_any", secret=SECRET, base_url=emulator.url)


@pytest.fixture
async def client(books, running_servers, database_url, valkey, gateway):
    settings = Settings(
        database_url=database_url, redis_url=running_servers.redis_url, mobility_public_url="http://mobility.test"
    )
    async with api_on(settings, books.clock, gateway=gateway) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://mobility.test", timeout=60) as client:
            yield client


async def headers_of(books, address):
    async with transaction(books.sessions) as session:
        opened = await sign_in(session, books.clock, *await code_for(session, books.clock, address))
    return {"Authorization": f"Bearer {opened.token}"}


@pytest.fixture
async def rider(books):
    return await headers_of(books, "ada@example.org")


@pytest.fixture
async def stranger(books):
    return await headers_of(books, "eve@example.org")


@pytest.fixture
async def operator(books):
    return await signed_in(books.sessions, books.clock, city=books.city)


def key():
    return {"Idempotency-Key": str(uuid4())}


def code_of(answer):
    return answer.status_code, answer.json()["code"]


async def save_card(client, rider, emulator, number="4242424242424242"):
    """As a browser does it, and as the payment service tells it: signed, over HTTP."""
    page = (await client.post("/v1/me/cards", json={"return_path": "/"}, headers=rider)).json()["url"]
    form = {"number": number, "expiry": "12/34", "cvc": "123"}
    sent = await asyncio.to_thread(emulator.http.post, page, data=form)
    assert sent.headers["location"] == "http://mobility.test/"
    await hear(client, "checkout.session.completed", page.rpartition("/")[2])


async def hear(client, type_, object_id):
    event = {"id": f"evt_{new_id()}", "object": "event", "type": type_, "data": {"object": {"id": object_id}}}
    body = json.dumps(event)
    headers = {"Stripe-Signature": signature(SECRET, body, int(time.time()))}
    for _ in range(2):
        assert (await client.post("/v1/webhooks/payments", content=body, headers=headers)).status_code == 204


async def test_riders_save_see_and_remove_their_cards(books, client, rider, stranger, emulator, gateway):
    await save_card(client, rider, emulator)
    assert await read_inbox(books.sessions, books.clock, gateway) == 1
    await save_card(client, rider, emulator, "5555555555554444")
    assert await read_inbox(books.sessions, books.clock, gateway) == 1
    cards = (await client.get("/v1/me/cards", headers=rider)).json()
    assert cards["needed"] is True
    assert [(card["last4"], card["charged"]) for card in cards["items"]] == [("4444", True), ("4242", False)]
    assert (await client.get("/v1/me/cards", headers=stranger)).json()["items"] == []
    card = f"/v1/me/cards/{cards['items'][0]['id']}"
    assert code_of(await client.delete(card, headers=stranger)) == (404, "unknown_card")
    assert (await client.delete(card, headers=rider)).status_code == 204
    assert code_of(await client.delete(card, headers=rider)) == (404, "unknown_card")
    left = (await client.get("/v1/me/cards", headers=rider)).json()["items"]
    assert [(card["last4"], card["charged"]) for card in left] == [("4242", True)]


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/a?b=c", "/a b", "", "/" + "a" * 300])
async def test_a_page_to_come_back_to_is_one_of_ours(client, rider, path):
    answer = await client.post("/v1/me/cards", json={"return_path": path}, headers=rider)
    assert code_of(answer) == (400, "invalid_request")


async def test_a_payment_service_that_is_away_is_said_so(client, rider, emulator):
    emulator.plan("POST /v1/customers", "refused")
    answer = await client.post("/v1/me/cards", json={}, headers=rider)
    assert code_of(answer) == (503, "payment_service_away")


async def test_whoever_cannot_pay_does_not_ride(books, client, rider, emulator, gateway):
    async def refusal():
        async with books.sessions() as session:
            try:
                await service.refuse_without_means(session, books.clock, books.rider, gateway)
            except Exception as problem:
                return problem.code

    assert await refusal() == "card_needed"
    await save_card(client, rider, emulator)
    await read_inbox(books.sessions, books.clock, gateway)
    assert await refusal() is None
    await save_card(client, rider, emulator, "4000000000000341")
    await read_inbox(books.sessions, books.clock, gateway)
    await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    assert await refusal() == "ride_unpaid"


async def test_a_card_past_its_month_is_expired(books, client, rider, emulator, gateway):
    await save_card(client, rider, emulator)
    await read_inbox(books.sessions, books.clock, gateway)
    books.clock.advance(books.clock.now().replace(year=2035) - books.clock.now())
    async with books.sessions() as session:
        with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
            await service.refuse_without_means(session, books.clock, books.rider, gateway)
    assert refused.value.code == "card_expired"


async def test_a_rider_pays_a_declined_ride_again_with_another_card(books, client, rider, stranger, emulator, gateway):
    await save_card(client, rider, emulator, "4000000000000341")
    await read_inbox(books.sessions, books.clock, gateway)
    payment = f"/v1/payments/{(await books.charge()).id}"
    await collect_due(books.sessions, books.clock, gateway)
    declined = (await client.get(payment, headers=rider)).json()
    assert (declined["state"], declined["remedy"]) == ("declined", "wait")
    for method, path in (("GET", payment), ("POST", f"{payment}/pay")):
        answer = await client.request(method, path, json={} if method == "POST" else None, headers=stranger | key())
        assert code_of(answer) == (404, "unknown_payment")
    await save_card(client, rider, emulator)
    await read_inbox(books.sessions, books.clock, gateway)
    assert (await client.post(f"{payment}/pay", json={}, headers=rider | key())).json()["state"] == "pending"
    await collect_due(books.sessions, books.clock, gateway)
    assert (await client.get(payment, headers=rider)).json()["state"] == "captured"
    again = await client.post(f"{payment}/pay", json={}, headers=rider | key())
    assert code_of(again) == (409, "payment_not_due")


async def test_money_goes_back_up_to_what_was_paid_and_operators_read_what_came_of_it(
    books, client, rider, operator, emulator, gateway
):
    await save_card(client, rider, emulator)
    await read_inbox(books.sessions, books.clock, gateway)
    payment = await books.charge()
    refunds = f"/v1/payments/{payment.id}/refunds"

    async def give_back(cents):
        said = {"reason": "rain inside", "operator_id": None}
        return await books.act(service.refund, payment_id=payment.id, cents=cents, **said)

    with pytest.raises(PaymentNotCaptured):
        await give_back(100)
    await collect_due(books.sessions, books.clock, gateway)
    await give_back(1500)
    with pytest.raises(RefundTooHigh) as too_high:
        await give_back(491)
    assert too_high.value.facts["left_cents"] == 490
    assert code_of(await client.get(refunds, headers=rider)) == (403, "role_missing")
    elsewhere = await signed_in(books.sessions, books.clock, "away@example.org", city="elsewhere")
    assert code_of(await client.get(refunds, headers=elsewhere)) == (403, "role_missing")
    await send_refunds(books.sessions, books.clock, gateway)
    (refund,) = (await client.get(refunds, headers=operator)).json()["items"]
    assert (refund["cents"], refund["state"]) == (1500, "done")
    nowhere = await client.get(f"/v1/payments/{uuid4()}/refunds", headers=operator)
    assert code_of(nowhere) == (404, "unknown_payment")


@pytest.mark.parametrize("sent", [{}, {"Stripe-Signature": "t=1,v1=0"}])
async def test_a_webhook_that_is_not_signed_is_refused(books, client, sent, gateway):
    answer = await client.post("/v1/webhooks/payments", content=b'{"id": "evt_1"}', headers=sent)
    assert code_of(answer) == (401, "webhook_refused")
    assert await read_inbox(books.sessions, books.clock, gateway) == 0
