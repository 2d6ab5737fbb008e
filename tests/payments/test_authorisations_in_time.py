"""Money kept ready for long: renewed, let go of by the bank, taken though nobody heard."""

import asyncio
from datetime import timedelta

from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.rules.ledger import AccountKind
from mobility.payments.tasks import keep_authorisations, retry_declined
from tests.support.paying import (
    FAILS_LATER,
    collect,
    customer_of,
    hold_of,
    intents,
    payment_of,
    place,
    save,
    tell,
)

CAPTURE = "POST /v1/payment_intents/*/capture"
HOLD = 10_000


async def with_test_clock(books, emulator, gateway):
    """A customer whose time at Stripe is the test's."""
    frozen = int(books.clock.now().timestamp())
    clock = emulator.stripe.v1.test_helpers.test_clocks.create({"frozen_time": frozen})
    customer = emulator.stripe.v1.customers.create({"test_clock": clock.id}).id
    await save(books, emulator, gateway, customer=customer)

    async def advance(**by):
        books.clock.advance(timedelta(**by))
        to = {"frozen_time": int(books.clock.now().timestamp())}
        await asyncio.to_thread(emulator.stripe.v1.test_helpers.test_clocks.advance, clock.id, to)

    return advance


async def keep(books):
    return await books.act(keep_authorisations)


async def test_a_hold_for_a_long_ride_is_renewed_before_its_bank_lets_go(books, emulator, gateway):
    advance = await with_test_clock(books, emulator, gateway)
    booking = await books.authorise(HOLD, lasting=timedelta(days=9))
    await place(books, gateway)
    first = await hold_of(books, booking)
    assert first.expires_at == books.clock.now() + timedelta(days=7)
    await advance(days=5, hours=23)
    assert await keep(books) == 0
    await advance(hours=1)
    assert await keep(books) == 1
    await place(books, gateway)
    renewed = await hold_of(books, booking)
    assert (renewed.state, renewed.expires_at) == ("placed", books.clock.now() + timedelta(days=7))
    assert await intents(books, emulator) == [("requires_capture", 0), ("canceled", 0)]
    # Told late that the first one is gone: it is not the one that counts.
    await tell(books, gateway, "payment_intent.canceled", first.gateway_reference)
    assert (await hold_of(books, booking)).state == "placed"


async def test_a_hold_that_the_bank_let_go_of_early_is_placed_anew(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    first = (await hold_of(books, booking)).gateway_reference
    emulator.stripe.v1.payment_intents.cancel(first)
    for _ in range(2):
        await tell(books, gateway, "payment_intent.canceled", first)
    await place(books, gateway)
    held = await hold_of(books, booking)
    assert (held.state, held.tries) == ("placed", 1)
    await tell(books, gateway, "payment_intent.amount_capturable_updated", first)
    assert (await hold_of(books, booking)).gateway_reference == held.gateway_reference != first


async def test_a_ride_after_its_hold_has_ended_is_collected_whole(books, emulator, gateway):
    advance = await with_test_clock(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    due = await books.charge(3450, authorised_by=booking)
    await advance(days=8)
    assert await collect(books, gateway) == 2
    assert (await payment_of(books, due)).state == "captured"
    assert (await hold_of(books, booking)).state == "released"
    assert await intents(books, emulator) == [("succeeded", 3450), ("canceled", 0)]


async def test_nobody_waits_for_ever_for_a_hold_that_nobody_needs(books, emulator, gateway):
    advance = await with_test_clock(books, emulator, gateway)
    kept, declined = await books.authorise(HOLD), await books.authorise(HOLD)
    await place(books, LocalGateway({books.rider: "lost_card"}))
    await save(books, emulator, gateway, FAILS_LATER, customer=await customer_of(books))
    await books.act(service.release_authorisation, declined)
    await place(books, gateway)
    await advance(days=2)
    await keep(books)
    assert {(await hold_of(books, each)).state for each in (kept, declined)} == {"released"}


async def test_money_taken_from_a_hold_though_nobody_heard_is_booked_by_the_webhook(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    due = await books.charge(3450, authorised_by=booking)
    emulator.plan(CAPTURE, "broken")
    assert await collect(books, gateway) == 0
    reference = (await hold_of(books, booking)).gateway_reference
    # In the wrong order, and twice.
    for type_ in ("payment_intent.succeeded", "payment_intent.amount_capturable_updated", "payment_intent.succeeded"):
        await tell(books, gateway, type_, reference)
    assert (await payment_of(books, due)).state == "captured"
    books.clock.advance(timedelta(minutes=2))
    assert await collect(books, gateway) == 0
    assert await books.balance(AccountKind.GATEWAY, "stripe") == 3450


async def test_a_rest_that_is_declined_is_dunned_and_the_hold_stays_captured(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    await save(books, emulator, gateway, FAILS_LATER)
    due = await books.charge(HOLD + 2000, authorised_by=booking)
    await collect(books, gateway)
    payment = await payment_of(books, due)
    assert (payment.state, payment.decline_code) == ("declined", "generic_decline")
    assert await books.balance(AccountKind.RIDER, books.rider) == 2000
    await save(books, emulator, gateway, "5555555555554444")
    books.clock.advance(timedelta(days=1))
    assert await books.act(retry_declined) == 1
    await collect(books, gateway)
    assert (await payment_of(books, due)).state == "captured"
    assert await books.balance(AccountKind.RIDER, books.rider) == 0
