"""What is below the gateway's minimum: carried by the rider's next payment, or given up."""

from datetime import timedelta
from typing import ClassVar

import pytest

from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.queries import unsettled
from mobility.payments.rules.holds import WRITTEN_OFF_AFTER
from mobility.payments.rules.ledger import AccountKind
from mobility.payments.tasks import collect_due, send_refunds
from tests.support.paying import customer_of, movements, payment_of, save


class Choosy(LocalGateway):
    minimum_cents: ClassVar = {"EUR": 50}


async def collect(books, gateway=None):
    return await collect_due(books.sessions, books.clock, gateway or Choosy())


async def test_an_amount_too_small_waits_for_the_next_payment_of_its_rider(books):
    small = await books.charge(30)
    assert await collect(books) == 0
    waiting = await payment_of(books, small)
    assert (waiting.state, waiting.too_small) == ("pending", True)
    next_one = await books.charge(1990)
    assert await collect(books) == 1
    assert {(await payment_of(books, each)).state for each in (small, next_one)} == {"captured"}
    assert await books.balance(AccountKind.GATEWAY, "local") == 2020
    assert await books.balance(AccountKind.RIDER, books.rider) == 0


async def test_small_amounts_together_are_collected_once_they_are_enough(books):
    due = [await books.charge(20) for _ in range(3)]
    assert await collect(books) == 1
    assert {(await payment_of(books, each)).state for each in due} == {"captured"}
    assert await books.balance(AccountKind.GATEWAY, "local") == 60


async def test_a_declined_payment_keeps_what_it_carries_until_it_is_paid(books):
    small = await books.charge(30)
    await collect(books)
    due = await books.charge(1990)

    class Refusing(Choosy):
        def __init__(self):
            super().__init__({books.rider: "lost_card"})

    await collect(books, Refusing())
    assert [(await payment_of(books, each)).state for each in (small, due)] == ["pending", "declined"]
    another = await books.charge(500)
    await collect(books)
    assert (await payment_of(books, another)).state == "captured"
    assert (await payment_of(books, small)).carried_by == due.id
    await books.act(service.pay_again, account_id=books.rider, payment_id=due.id, present_at="http://app.test/")
    await collect(books)
    assert (await payment_of(books, small)).state == "captured"
    assert await books.balance(AccountKind.GATEWAY, "local") == 2520


async def test_small_amounts_wait_half_a_year_and_are_then_lost(books):
    small = await books.charge(30)
    await collect(books)
    books.clock.advance(WRITTEN_OFF_AFTER - timedelta(seconds=1))
    await collect(books)
    assert (await payment_of(books, small)).state == "pending"
    assert await books.ask(unsettled, books.clock.now()) == []
    books.clock.advance(timedelta(seconds=1))
    await collect(books)
    assert (await payment_of(books, small)).state == "written_off"
    assert await books.balance(AccountKind.LOSSES, books.city) == 30
    assert await books.balance(AccountKind.RIDER, books.rider) == 0
    with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
        await books.act(service.pay_again, account_id=books.rider, payment_id=small.id, present_at="http://app.test/")
    assert refused.value.code == "payment_not_due"


async def test_what_was_carried_is_refunded_from_the_movement_that_paid_it(books):
    small = await books.charge(30)
    await collect(books)
    due = await books.charge(1990)
    await collect(books)
    for payment, cents in ((small, 30), (due, 1990)):
        await books.act(service.refund, payment_id=payment.id, cents=cents, reason="rain", operator_id=None)
        with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
            await books.act(service.refund, payment_id=payment.id, cents=1, reason="rain", operator_id=None)
        assert refused.value.facts == {"left_cents": 0}
    await send_refunds(books.sessions, books.clock, Choosy())
    assert await books.balance(AccountKind.GATEWAY, "local") == 0


async def test_stripe_is_never_asked_for_less_than_it_takes(books, emulator, gateway):
    await save(books, emulator, gateway)
    small = await books.charge(49)
    assert await collect(books, gateway) == 0
    due = await books.charge(50)
    assert await collect(books, gateway) == 1
    assert [each.amount_received for each in movements(emulator, await customer_of(books))] == [99]
    assert {(await payment_of(books, each)).state for each in (small, due)} == {"captured"}
