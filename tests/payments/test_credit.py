import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from mobility.base.ids import new_id
from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.queries import ledger_imbalances, list_refunds
from mobility.payments.rules.ledger import AccountKind, Entry, credit_of, rider
from mobility.payments.service.books import Fact, post
from mobility.payments.tasks import collect_due, send_refunds
from tests.support.paying import payment_of


async def credit(books):
    return (await books.ask(service.credit_of, books.rider)).cents


async def topics(books):
    async with books.sessions() as session:
        return [row[0] for row in await session.execute(text("SELECT topic FROM outbox_message ORDER BY id"))]


async def test_credit_is_granted_once_by_its_key_and_borne_by_the_city(books):
    assert await books.grant(500) is True
    assert await books.grant(500) is False
    assert await books.grant(300, key="code:2", reason_code="voucher") is True
    assert await credit(books) == 800
    assert await books.balance(AccountKind.PROMOTIONS, books.city) == 500
    assert await books.balance(AccountKind.VOUCHERS, books.city) == 300


async def test_a_credit_of_nothing_is_an_error(books):
    with pytest.raises(ValueError, match="a credit of 0 cents"):
        await books.grant(0)


async def test_a_charge_takes_the_credit_first_and_the_card_pays_the_rest(books):
    await books.grant(500)
    due = await books.charge(1990)
    assert (due.credit_cents, due.amount_cents, due.state) == (500, 1490, "pending")
    assert await credit(books) == 0
    assert await books.balance(AccountKind.RIDER, books.rider) == 1490
    assert await books.balance(AccountKind.REVENUE, books.city) == -1658
    await collect_due(books.sessions, books.clock, LocalGateway())
    assert await books.balance(AccountKind.RIDER, books.rider) == 0
    assert await books.balance(AccountKind.GATEWAY, "local") == 1490


async def test_a_charge_that_credit_pays_whole_is_paid_at_once_and_no_card_is_asked(books, rehearsed):
    await books.grant(2500)
    due, gateway = await books.charge(1990), rehearsed()
    assert (due.state, due.amount_cents, due.settled_at) == ("captured", 0, books.clock.now())
    assert await credit(books) == 510
    assert await collect_due(books.sessions, books.clock, gateway) == 0
    assert gateway.asked == []
    assert await topics(books) == ["payments.payment_captured"]


async def test_a_charge_that_comes_twice_takes_the_credit_once(books):
    await books.grant(500)
    reference_id = new_id()
    first, again = [await books.charge(1990, reference_id=reference_id) for _ in range(2)]
    assert again.id == first.id
    await books.grant(100, key="later")
    assert (await books.charge(1990, reference_id=reference_id)).credit_cents == 500
    assert await credit(books) == 100


async def test_charges_at_once_never_spend_the_same_credit(books):
    await books.grant(1000)
    due = await asyncio.gather(*(books.charge(300) for _ in range(10)))
    assert sum(each.credit_cents for each in due) == 1000
    assert sum(each.amount_cents for each in due) == 2000
    assert await credit(books) == 0
    assert await books.balance(AccountKind.RIDER, books.rider) == 2000


async def test_the_database_refuses_a_credit_below_nothing(books):
    await books.grant(100)
    async with books.sessions() as session:
        entries = [Entry(credit_of(books.rider), 101), Entry(rider(books.rider), -101)]
        await post(session, Fact("raw", "rental", books.city, new_id(), books.clock.now()), entries, "EUR")
        with pytest.raises(IntegrityError, match="overdrawn"):
            await session.commit()
    assert await credit(books) == 100


async def refund(books, due, cents):
    return await books.act(service.refund, payment_id=due.id, cents=cents, reason="rain", operator_id=None)


async def test_refunds_go_back_to_where_the_money_came_from(books):
    await books.grant(500)
    due = await books.charge(1990)
    await collect_due(books.sessions, books.clock, LocalGateway())
    assert [(each.amount_cents, each.movement is None) for each in await refund(books, due, 1000)] == [(1000, False)]
    assert [(each.amount_cents, each.movement is None) for each in await refund(books, due, 890)] == [
        (490, False),
        (400, True),
    ]
    with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
        await refund(books, due, 101)
    assert (refused.value.code, refused.value.facts) == ("refund_too_high", {"left_cents": 100})
    await refund(books, due, 100)
    assert await send_refunds(books.sessions, books.clock, LocalGateway()) == 2
    assert {each.state for each in await books.ask(lambda s: list_refunds(s, due.id, limit=10))} == {"done"}
    assert await credit(books) == 500
    for kind, owner in (
        (AccountKind.RIDER, books.rider),
        (AccountKind.GATEWAY, "local"),
        (AccountKind.REVENUE, books.city),
        (AccountKind.VAT, books.city),
    ):
        assert await books.balance(kind, owner) == 0
    assert await books.ask(ledger_imbalances) == []
    assert (await topics(books)).count("payments.refund_done") == 4


async def test_a_ride_that_credit_paid_goes_back_to_credit_without_a_gateway(books):
    await books.grant(2000)
    due = await books.charge(1990)
    (back,) = await refund(books, due, 1990)
    assert (back.state, back.movement) == ("done", None)
    assert await credit(books) == 2000
    assert (await payment_of(books, due)).state == "captured"
