"""Riders' cards and rides at Stripe's emulator, by the product's own gateway, tasks and routes."""

import asyncio
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.ports import GatewayUnavailable, Told, WebhookForged
from mobility.payments.queries import (
    balance_of,
    list_cards,
)
from mobility.payments.rules.ledger import Account, AccountKind, rider
from mobility.payments.stripe import StripeGateway
from mobility.payments.tables import GatewayEvent
from mobility.payments.tasks import collect_due, read_inbox, retry_declined, send_refunds
from mobility.stripe_emulator.webhooks import signature
from tests.support.paying import (
    FAILS_LATER,
    NEEDS_HOLDER,
    SECRET,
    VISA,
    customer_of,
    movement_of,
    movements,
    payment_of,
    save,
    tell,
)

TILL = Account(AccountKind.GATEWAY, "stripe")
NOTHING, RIDE = Money(0, "EUR"), Money(1990, "EUR")
CREATE = "POST /v1/payment_intents"


async def test_a_card_saved_on_the_hosted_page_pays_a_ride(books, emulator, gateway):
    await save(books, emulator, gateway)
    due = await books.charge()
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    payment = await payment_of(books, due)
    assert payment.state == "captured"
    assert emulator.stripe.v1.payment_intents.retrieve(await movement_of(books, payment)).amount_received == 1990
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING
    assert await books.ask(balance_of, TILL, "EUR") == RIDE


async def test_a_ride_without_a_card_is_a_debt_that_waits_for_one(books, emulator, gateway):
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    payment = await payment_of(books, due)
    assert (payment.state, payment.decline_code, payment.next_try_at) == ("declined", "no_card", None)
    await save(books, emulator, gateway)
    async with transaction(books.sessions) as session:
        await service.pay_again(
            session, books.clock, account_id=books.rider, payment_id=payment.id, present_at="http://app.test/"
        )
    await collect_due(books.sessions, books.clock, gateway)
    assert (await payment_of(books, due)).state == "captured"


async def test_a_decline_that_may_pass_is_tried_again_after_a_day_three_and_seven(books, emulator, gateway):
    await save(books, emulator, gateway, FAILS_LATER)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    for days in (1, 3, 7):
        payment = await payment_of(books, due)
        assert (payment.state, payment.next_try_at) == ("declined", books.clock.now() + timedelta(days=days))
        books.clock.advance(timedelta(days=days))
        async with transaction(books.sessions) as session:
            assert await retry_declined(session, books.clock) == 1
        await collect_due(books.sessions, books.clock, gateway)
    assert (await payment_of(books, due)).next_try_at is None
    assert len(movements(emulator, await customer_of(books))) == 4
    assert await books.ask(balance_of, rider(books.rider), "EUR") == RIDE


@pytest.mark.parametrize("fault", ["refused", "broken", "limited", "in_flight"])
async def test_whatever_stripe_answers_a_ride_is_charged_once(books, emulator, gateway, fault):
    await save(books, emulator, gateway)
    due = await books.charge()
    emulator.plan(CREATE, fault)
    assert await collect_due(books.sessions, books.clock, gateway) == 0
    books.clock.advance(timedelta(minutes=2))
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    assert (await payment_of(books, due)).state == "captured"
    assert [each.status for each in movements(emulator, await customer_of(books))] == ["succeeded"]


async def test_money_that_came_though_nobody_heard_the_answer_is_booked_by_the_webhook(books, emulator, gateway):
    await save(books, emulator, gateway)
    due = await books.charge()
    emulator.plan(CREATE, "broken")
    await collect_due(books.sessions, books.clock, gateway)
    (movement,) = movements(emulator, await customer_of(books))
    await tell(books, gateway, "payment_intent.succeeded", movement.id)
    assert await movement_of(books, await payment_of(books, due)) == movement.id
    books.clock.advance(timedelta(minutes=2))
    assert await collect_due(books.sessions, books.clock, gateway) == 0
    assert await books.ask(balance_of, TILL, "EUR") == RIDE


async def test_a_rider_who_is_there_answers_their_bank_and_has_paid(books, emulator, gateway):
    await save(books, emulator, gateway, NEEDS_HOLDER)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    assert (await payment_of(books, due)).decline_code == "authentication_required"
    payment = await ask_again(books, gateway, due)
    assert urlsplit(payment.action_url).path.startswith("/emulator/authenticate/")
    back = await asyncio.to_thread(emulator.http.post, payment.action_url, data={"answer": "yes"})
    assert back.headers["location"] == "http://app.test/"
    await tell(books, gateway, "payment_intent.succeeded", payment.open_reference)
    payment = await payment_of(books, due)
    assert (payment.state, payment.action_url, payment.open_reference) == ("captured", None, None)
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING


async def ask_again(books, gateway, due):
    payment = await payment_of(books, due)
    async with transaction(books.sessions) as session:
        await service.pay_again(
            session, books.clock, account_id=books.rider, payment_id=payment.id, present_at="http://app.test/"
        )
    await collect_due(books.sessions, books.clock, gateway)
    return await payment_of(books, due)


async def test_a_try_that_waits_for_its_holder_is_given_up_before_the_next_one(books, emulator, gateway):
    await save(books, emulator, gateway, NEEDS_HOLDER)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    first = await ask_again(books, gateway, due)
    await save(books, emulator, gateway, VISA)
    paid = await ask_again(books, gateway, due)
    assert paid.state == "captured"
    states = {each.id: each.status for each in movements(emulator, await customer_of(books))}
    assert states[first.open_reference] == "canceled"
    assert list(states.values()).count("succeeded") == 1


async def test_a_holder_who_answered_just_before_the_next_try_has_paid_once(books, emulator, gateway):
    await save(books, emulator, gateway, NEEDS_HOLDER)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    first = await ask_again(books, gateway, due)
    await asyncio.to_thread(emulator.http.post, first.action_url, data={"answer": "yes"})
    await save(books, emulator, gateway, VISA)
    paid = await ask_again(books, gateway, due)
    assert (paid.state, await movement_of(books, paid)) == ("captured", first.open_reference)
    assert [each.status for each in movements(emulator, await customer_of(books))].count("succeeded") == 1


async def test_money_that_came_twice_is_sent_back(books, emulator, gateway):
    await save(books, emulator, gateway)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    payment = await payment_of(books, due)
    first = emulator.stripe.v1.payment_intents.retrieve(await movement_of(books, payment))
    again = emulator.stripe.v1.payment_intents.create(
        {
            "amount": 1990,
            "currency": "eur",
            "customer": str(first.customer),
            "payment_method": str(first.payment_method),
            "confirm": True,
            "off_session": True,
            "metadata": {"key": f"payment:{payment.id}:9"},
        }
    )
    for _ in range(2):
        await tell(books, gateway, "payment_intent.succeeded", again.id)
    assert await send_refunds(books.sessions, books.clock, gateway) == 1
    assert emulator.stripe.v1.refunds.list({"payment_intent": again.id}).data[0].amount == 1990
    assert await movement_of(books, await payment_of(books, due)) == first.id
    assert await books.ask(balance_of, TILL, "EUR") == RIDE
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING


async def test_a_payment_whose_amount_differs_at_the_gateway_is_not_booked(books, emulator, gateway):
    await save(books, emulator, gateway)
    due = await books.charge()
    other = emulator.stripe.v1.payment_intents.create(
        {
            "amount": 100,
            "currency": "eur",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "metadata": {"key": f"payment:{due.id}:0"},
        }
    )
    await tell(books, gateway, "payment_intent.succeeded", other.id)
    assert (await payment_of(books, due)).state == "pending"


async def test_an_event_told_fifty_times_at_once_is_kept_once(books, gateway):
    told = Told("evt_once", "charge.updated", "ch_1")

    async def hear():
        async with transaction(books.sessions) as session:
            return await service.receive(session, books.clock, told)

    assert sum(await asyncio.gather(*(hear() for _ in range(50)))) == 1
    assert await read_inbox(books.sessions, books.clock, gateway) == 1
    async with books.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(GatewayEvent)) == 1


async def test_a_card_removed_at_stripe_is_declined_for_good(books, emulator, gateway):
    await save(books, emulator, gateway)
    (card,) = await books.ask(lambda session: list_cards(session, books.rider, limit=5))
    await gateway.forget_card(card.reference)
    await gateway.forget_card(card.reference)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    assert (await payment_of(books, due)).decline_code == "card_removed"


async def test_a_webhook_is_believed_only_with_its_signature_and_only_today(gateway):
    body = b'{"id": "evt_1", "object": "event", "type": "charge.updated", "data": {"object": {"id": "ch_1"}}}'
    now = int(time.time())
    assert gateway.read_webhook(body, signature(SECRET, body.decode(), now)) == Told("evt_1", "charge.updated", "ch_1")
    for forged in ("", "t=1,v1=2", signature("whsec_other", body.decode(), now), signature(SECRET, body.decode(), 1)):
        with pytest.raises(WebhookForged):
            gateway.read_webhook(body, forged)
    with pytest.raises(WebhookForged):
        gateway.read_webhook(body + b" ", signature(SECRET, body.decode(), now))


async def test_an_answer_that_never_comes_is_unknown(emulator):
    nobody = StripeGateway("sk_test_any", secret=SECRET, base_url="http://127.0.0.1:9")
    with pytest.raises(GatewayUnavailable):
        await nobody.open_customer(key="k", account_id=new_id())
    forbidden = StripeGateway("nonsense", secret=SECRET, base_url=emulator.url)
    with pytest.raises(GatewayUnavailable):
        await forbidden.open_customer(key="k", account_id=new_id())
