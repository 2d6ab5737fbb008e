"""Money that banks keep ready for rides to come, at Stripe's emulator with its test clock."""

import asyncio
from datetime import timedelta

import pytest

from mobility.base.ids import new_id
from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.rules.ledger import AccountKind
from tests.support.paying import (
    FAILS_LATER,
    NEEDS_HOLDER,
    VISA,
    collect,
    hold_of,
    intents,
    payment_of,
    place,
    save,
    tell,
)

CREATE, CAPTURE, CANCEL = (f"POST /v1/payment_intents{rest}" for rest in ("", "/*/capture", "/*/cancel"))
HOLD = 10_000


async def test_a_hold_is_placed_a_day_before_and_not_earlier(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD, in_=timedelta(days=3))
    assert await place(books, gateway) == 0
    books.clock.advance(timedelta(days=3))
    assert await place(books, gateway) == 1
    held = await hold_of(books, booking)
    assert held.state == "placed"
    assert emulator.stripe.v1.payment_intents.retrieve(held.gateway_reference).amount_capturable == HOLD
    assert await books.balance(AccountKind.GATEWAY, "stripe") == 0


async def test_the_real_amount_is_captured_and_the_rest_is_the_riders_again(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    due = await books.charge(3450, authorised_by=booking)
    assert await collect(books, gateway) == 1
    assert (await payment_of(books, due)).state == "captured"
    assert (await hold_of(books, booking)).state == "captured"
    assert await intents(books, emulator) == [("succeeded", 3450)]
    assert await books.balance(AccountKind.GATEWAY, "stripe") == 3450
    assert await books.balance(AccountKind.RIDER, books.rider) == 0


@pytest.mark.parametrize(
    ("cents", "moved"), [(HOLD + 2000, [2000, HOLD]), (HOLD + 20, [50, HOLD - 30]), (HOLD, [HOLD])]
)
async def test_what_a_ride_costs_beyond_its_hold_is_collected_beside_it(books, emulator, gateway, cents, moved):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    due = await books.charge(cents, authorised_by=booking)
    assert await collect(books, gateway) == len(moved)
    assert (await payment_of(books, due)).state == "captured"
    assert [received for _, received in await intents(books, emulator)] == moved
    assert await books.balance(AccountKind.RIDER, books.rider) == 0
    refunds = await books.act(service.refund, payment_id=due.id, cents=cents, reason="all of it", operator_id=None)
    assert sorted(each.amount_cents for each in refunds) == sorted(moved)


async def test_a_hold_that_credit_makes_needless_is_released(books, emulator, gateway):
    await save(books, emulator, gateway)
    await books.grant(2000)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    assert (await books.charge(1990, authorised_by=booking)).state == "captured"
    assert await place(books, gateway) == 1
    assert (await hold_of(books, booking)).state == "released"
    assert await intents(books, emulator) == [("canceled", 0)]


async def test_a_ride_that_costs_nothing_releases_its_hold(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    assert await books.charge(0, authorised_by=booking) is None
    await place(books, gateway)
    assert await intents(books, emulator) == [("canceled", 0)]


async def test_a_hold_that_is_not_wanted_any_more_is_released_once(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    for _ in range(2):
        await books.act(service.release_authorisation, booking)
        await place(books, gateway)
    assert (await hold_of(books, booking)).state == "released"
    assert await intents(books, emulator) == [("canceled", 0)]
    await books.act(service.release_authorisation, new_id())


async def test_a_booking_cancelled_before_its_hold_is_placed_asks_nobody(books, emulator, gateway):
    booking = await books.authorise(HOLD, in_=timedelta(days=2))
    await books.act(service.release_authorisation, booking)
    assert (await hold_of(books, booking)).state == "released"
    books.clock.advance(timedelta(days=2))
    assert await place(books, gateway) == 0


async def test_a_booking_cancelled_while_its_hold_is_asked_for_leaves_no_hold(books, emulator, gateway):
    await save(books, emulator, gateway)
    booking = await books.authorise(HOLD)
    due = await books.act(service.lease_hold, gateway="stripe")
    await gateway.authorise(key=due.key, amount=due.amount, account_id=due.account_id, means=due.means)
    await books.act(service.release_authorisation, booking)
    assert (await hold_of(books, booking)).state == "waiting"
    books.clock.advance(timedelta(minutes=2))
    assert await place(books, gateway) == 2
    assert (await hold_of(books, booking)).state == "released"
    assert await intents(books, emulator) == [("canceled", 0)]


async def test_a_rider_whose_bank_wants_to_see_them_answers_in_the_wallet(books, emulator, gateway):
    await save(books, emulator, gateway, NEEDS_HOLDER)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    held = await hold_of(books, booking)
    assert (held.state, held.decline_code) == ("declined", "authentication_required")
    again = {"account_id": books.rider, "authorisation_id": held.id, "present_at": "http://app.test/"}
    await books.act(service.place_again, **again)
    await place(books, gateway)
    held = await hold_of(books, booking)
    await asyncio.to_thread(emulator.http.post, held.action_url, data={"answer": "yes"})
    for _ in range(2):
        await tell(books, gateway, "payment_intent.amount_capturable_updated", held.open_reference)
    placed = await hold_of(books, booking)
    assert (placed.state, placed.gateway_reference, placed.action_url) == ("placed", held.open_reference, None)
    assert (await books.act(service.place_again, **again)).state == "placed"
    await books.act(service.release_authorisation, booking)
    await place(books, gateway)
    with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
        await books.act(service.place_again, **again)
    assert refused.value.code == "authorisation_not_declined"
    with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
        await books.act(service.place_again, **{**again, "account_id": new_id()})
    assert refused.value.code == "unknown_authorisation"


async def test_another_card_places_a_declined_hold(books, emulator, gateway):
    await save(books, emulator, gateway, FAILS_LATER)
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    assert (await hold_of(books, booking)).decline_code == "generic_decline"
    await save(books, emulator, gateway, VISA)
    await place(books, gateway)
    assert (await hold_of(books, booking)).state == "placed"


async def test_a_declined_hold_leaves_the_ride_to_be_collected_as_any_other(books, emulator, gateway):
    booking = await books.authorise(HOLD)
    await place(books, gateway)
    assert (await hold_of(books, booking)).decline_code == "no_card"
    due = await books.charge(1990, authorised_by=booking)
    assert (due.authorisation_id, (await hold_of(books, booking)).state) == (None, "released")


@pytest.mark.parametrize("fault", ["refused", "broken", "limited", "in_flight"])
@pytest.mark.parametrize("operation", [CREATE, CAPTURE, CANCEL])
async def test_whatever_stripe_answers_a_hold_is_placed_captured_or_released_once(
    books, emulator, gateway, operation, fault
):
    await save(books, emulator, gateway)
    kept, gone = await books.authorise(HOLD), await books.authorise(HOLD)
    emulator.plan(operation, fault)
    for _ in range(2):
        await place(books, gateway)
        books.clock.advance(timedelta(minutes=2))
    await books.charge(3450, authorised_by=kept)
    await books.act(service.release_authorisation, gone)
    for _ in range(3):
        await place(books, gateway)
        await collect(books, gateway)
        books.clock.advance(timedelta(minutes=5))
    assert sorted(await intents(books, emulator)) == [("canceled", 0), ("succeeded", 3450)]
    assert await books.balance(AccountKind.GATEWAY, "stripe") == 3450


async def test_the_local_gateway_keeps_what_it_is_asked_to(books):
    booking = await books.authorise(HOLD)
    await place(books, LocalGateway())
    due = await books.charge(3450, authorised_by=booking)
    await collect(books, LocalGateway())
    assert (await payment_of(books, due)).state == "captured"
    assert await books.balance(AccountKind.GATEWAY, "local") == 3450
