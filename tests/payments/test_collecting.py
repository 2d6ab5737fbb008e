import asyncio
from datetime import timedelta

from sqlalchemy import select

from mobility.base.money import Money
from mobility.db.session import transaction
from mobility.payments.local import LocalGateway
from mobility.payments.ports import Captured
from mobility.payments.queries import balance_of, find_payment, list_movements, unsettled
from mobility.payments.rules.ledger import Account, AccountKind, rider
from mobility.payments.rules.retries import LEASE_S
from mobility.payments.service import lease_due, record_answer
from mobility.payments.tables import LedgerTransaction
from mobility.payments.tasks import GATEWAY_WAIT_S, collect_due

TILL = Account(AccountKind.GATEWAY, "local")
NOTHING, RIDE = Money(0, "EUR"), Money(1990, "EUR")


async def captures(books):
    async with books.sessions() as session:
        kinds = select(LedgerTransaction.key).where(LedgerTransaction.kind == "capture")
        return list(await session.scalars(kinds))


async def movements_of(books, payment):
    return [each.reference for each in await books.ask(list_movements, payment)]


async def test_a_payment_is_collected_and_the_debt_is_gone(books):
    due = await books.charge()
    assert await collect_due(books.sessions, books.clock, LocalGateway()) == 1
    payment = await books.ask(find_payment, due.reference_id)
    assert (payment.state, payment.settled_at, payment.attempts) == ("captured", books.clock.now(), 1)
    assert (await movements_of(books, payment))[0].startswith("local_")
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING
    assert await books.ask(balance_of, TILL, "EUR") == RIDE
    assert await collect_due(books.sessions, books.clock, LocalGateway()) == 0


async def test_a_declined_payment_leaves_the_debt_with_the_rider(books):
    due = await books.charge()
    gateway = LocalGateway({books.rider: "insufficient_funds"})
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    payment = await books.ask(find_payment, due.reference_id)
    assert (payment.state, payment.decline_code) == ("declined", "insufficient_funds")
    assert await books.ask(balance_of, rider(books.rider), "EUR") == RIDE
    assert await captures(books) == []


async def test_a_worker_that_dies_after_its_lease_delays_a_payment_and_loses_nothing(books):
    await books.charge()
    async with transaction(books.sessions) as session:
        assert await lease_due(session, books.clock, gateway="local", minimum_cents={}) is not None
    gateway = LocalGateway()
    assert await collect_due(books.sessions, books.clock, gateway) == 0
    books.clock.advance(timedelta(seconds=LEASE_S))
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    assert await books.ask(balance_of, TILL, "EUR") == RIDE


async def test_money_captured_though_the_answer_was_lost_is_captured_and_posted_once(books, rehearsed):
    due, gateway = await books.charge(), rehearsed("answer lost")
    assert await collect_due(books.sessions, books.clock, gateway) == 0
    assert await books.ask(balance_of, rider(books.rider), "EUR") == RIDE
    books.clock.advance(timedelta(seconds=LEASE_S))
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    assert gateway.asked == [f"payment:{due.id}:0"] * 2
    assert gateway.collected == {f"payment:{due.id}:0": RIDE}
    assert await captures(books) == [f"movement:ref_payment:{due.id}:0"]


async def test_one_failure_does_not_hold_up_the_other_payments(books, rehearsed):
    for _ in range(3):
        await books.charge()
        books.clock.advance(timedelta(seconds=1))
    gateway = rehearsed("down", "bug")
    assert await collect_due(books.sessions, books.clock, gateway) == 1
    assert len(gateway.collected) == 1


async def test_an_unanswered_payment_is_tried_again_after_longer_and_longer_waits(books, rehearsed):
    due, gateway = await books.charge(), rehearsed("down", "down", "down")
    for wait_s in (LEASE_S, 2 * LEASE_S, 4 * LEASE_S):
        await collect_due(books.sessions, books.clock, gateway)
        payment = await books.ask(find_payment, due.reference_id)
        assert payment.due_at == books.clock.now() + timedelta(seconds=wait_s)
        books.clock.advance(timedelta(seconds=wait_s))
    assert await collect_due(books.sessions, books.clock, gateway) == 1


async def test_two_workers_collect_each_payment_once(books, rehearsed):
    due = [await books.charge(100 + n) for n in range(12)]
    gateway = rehearsed()
    counts = await asyncio.gather(*(collect_due(books.sessions, books.clock, gateway) for _ in range(2)))
    assert sum(counts) == len(gateway.asked) == len(due)
    assert sorted(await captures(books)) == sorted(f"movement:ref_payment:{payment.id}:0" for payment in due)


async def test_a_late_second_answer_changes_nothing(books):
    await books.charge()
    async with transaction(books.sessions) as session:
        due = await lease_due(session, books.clock, gateway="local", minimum_cents={})
    for first in (True, False):
        async with transaction(books.sessions) as session:
            answer = Captured("ref_1")
            assert await record_answer(session, books.clock, due, answer, gateway="local") is first
    assert await books.ask(balance_of, TILL, "EUR") == RIDE


async def test_the_local_gateway_names_a_repeated_capture_alike():
    gateway, asked = LocalGateway(), {"key": "payment:1", "amount": RIDE, "account_id": None, "means": None}
    assert await gateway.capture(**asked) == await gateway.capture(**asked)
    assert await gateway.capture(**asked) != await gateway.capture(**{**asked, "key": "payment:2"})


async def test_the_doctor_is_told_what_brought_no_money(books, rehearsed):
    for cents in (100, 200, 300):
        await books.charge(cents)
        books.clock.advance(timedelta(seconds=1))
    await collect_due(books.sessions, books.clock, rehearsed("declined", "down"))
    waiting = await books.ask(unsettled, books.clock.now())
    assert [(each.state, each.payments, each.total.cents) for each in waiting] == [
        ("declined", 1, 100),
        ("pending", 1, 200),
    ]
    assert await books.ask(unsettled, waiting[0].oldest_at) == []


def test_a_lease_outlives_the_wait_for_the_gateway():
    assert LEASE_S > GATEWAY_WAIT_S
