"""Our books beside those of Stripe's emulator: what somebody did by hand is named, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.local import LocalGateway
from mobility.payments.queries import ledger_imbalances, list_differences, list_reconciliations
from mobility.payments.rules.ledger import AccountKind
from mobility.payments.rules.reconciliation import BalanceLine, Matter
from mobility.payments.stripe import StripeGateway
from mobility.payments.tasks import collect_due, reconcile, send_refunds
from tests.support.paying import DISPUTED, SECRET, customer_of, movement_of, movements, save, tell
from tests.support.stripe import emulated


@pytest.fixture
def emulator():
    """An account of its own: its books hold what this test does."""
    with emulated() as running:
        yield running


@pytest.fixture
def gateway(emulator):
    return StripeGateway("sk_test_any", secret=SECRET, base_url=emulator.url)


@pytest.fixture
async def paid(books, emulator, gateway):
    """A ride of 19.90 that was paid, seen an hour and a half later; Stripe's time is the world's."""
    books.clock.advance(datetime.now(UTC) - books.clock.now())
    await save(books, emulator, gateway)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    books.clock.advance(timedelta(minutes=90))
    return due


async def compare(books, gateway, **when):
    books.clock.advance(timedelta(seconds=1))
    return await reconcile(books.sessions, books.clock, gateway, at_once=True, **when)


async def found(books):
    return [
        (each.kind, each.matter, each.reference, each.ours_cents, each.theirs_cents)
        for each in await books.ask(list_differences)
    ]


async def test_books_that_agree_have_no_difference_and_the_fee_is_posted_once(books, emulator, gateway, paid):
    for _ in range(3):
        assert await compare(books, gateway) == 1
    assert await found(books) == []
    assert await books.balance(AccountKind.FEES, "stripe") == 55
    assert await books.balance(AccountKind.GATEWAY, "stripe") == 1935
    assert emulator.stripe.v1.balance.retrieve().available[0].amount == 1935
    assert await books.ask(ledger_imbalances) == []
    assert [each.lines for each in await books.ask(lambda session: list_reconciliations(session, limit=9))] == [1] * 3


async def test_it_is_done_once_a_night_and_days_overlap(books, emulator, gateway, paid):
    assert await reconcile(books.sessions, books.clock, gateway) in (0, 1)
    assert await reconcile(books.sessions, books.clock, gateway) == 0
    books.clock.advance(timedelta(days=1))
    assert await reconcile(books.sessions, books.clock, gateway) == 1
    first, *_ = await books.ask(lambda session: list_reconciliations(session, limit=9))
    assert first.until - first.since >= timedelta(days=2)
    assert (first.until.hour, first.until.minute) == (0, 0)


async def test_a_charge_that_we_never_heard_of_is_named(books, emulator, gateway, paid):
    stray = emulator.stripe.v1.payment_intents.create(
        {"amount": 4200, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
    )
    await compare(books, gateway)
    assert await found(books) == [("missing_here", "charge", stray.id, None, 4200)]
    assert await books.balance(AccountKind.FEES, "stripe") == 55 + 88


async def test_a_refund_made_by_hand_is_named(books, emulator, gateway, paid):
    movement = await movement_of(books, paid)
    by_hand = emulator.stripe.v1.refunds.create({"payment_intent": movement, "amount": 700})
    await compare(books, gateway)
    assert await found(books) == [("missing_here", "refund", by_hand.id, None, -700)]


async def test_a_charge_of_another_amount_is_named_until_it_agrees(books, emulator, gateway, paid):
    await alter(books, "amount_cents = 2000")
    movement = await movement_of(books, paid)
    for _ in range(2):
        await compare(books, gateway)
        assert await found(books) == [("other_amount", "charge", movement, 2000, 1990)]
    await alter(books, "amount_cents = 1990")
    await compare(books, gateway)
    assert await found(books) == []


async def alter(books, change):
    async with transaction(books.sessions) as session:
        await session.execute(text(f"UPDATE movement SET {change}"))


async def test_a_movement_that_stripe_never_made_is_named(books, emulator, gateway, paid):
    movement = await movement_of(books, paid)
    await alter(books, "reference = 'pi_never'")
    await compare(books, gateway)
    assert sorted(await found(books)) == [
        ("missing_here", "charge", movement, None, 1990),
        ("missing_there", "charge", "pi_never", 1990, None),
    ]
    await alter(books, f"reference = '{movement}'")
    await compare(books, gateway)
    assert await found(books) == []


async def test_another_currency_is_named(books, emulator, gateway, paid):
    async with transaction(books.sessions) as session:
        await session.execute(text("UPDATE payment SET currency = 'CHF'"))
    await compare(books, gateway)
    assert [kind for kind, *_ in await found(books)] == ["other_currency"]


async def test_what_we_wrote_down_days_later_is_looked_up_and_agrees(books, emulator, gateway, paid):
    await alter(books, f"at = '{books.clock.now() + timedelta(days=9)}'")
    await compare(books, gateway)
    books.clock.advance(timedelta(days=10))
    await compare(books, gateway)
    assert await found(books) == []


async def test_refunds_and_disputes_of_ours_agree_and_their_fees_are_posted(books, emulator, gateway, paid):
    await books.act(service.refund, payment_id=paid.id, cents=700, reason="rain", operator_id=None)
    await send_refunds(books.sessions, books.clock, gateway)
    await save(books, emulator, gateway, DISPUTED)
    await books.charge(3000)
    await collect_due(books.sessions, books.clock, gateway)
    contested = next(each for each in movements(emulator, await customer_of(books)) if each.amount == 3000)
    (dispute,) = emulator.stripe.v1.disputes.list({"payment_intent": contested.id}).data
    await tell(books, gateway, "charge.dispute.created", dispute.id)
    emulator.stripe.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    )
    await tell(books, gateway, "charge.dispute.closed", dispute.id)
    books.clock.advance(timedelta(minutes=90))
    await compare(books, gateway)
    assert await found(books) == []
    # The till is Stripe's own balance, to the cent.
    theirs = emulator.stripe.v1.balance.retrieve().available[0].amount
    assert await books.balance(AccountKind.GATEWAY, "stripe") == theirs == 1990 - 55 - 700 + 3000 - 70


async def test_money_that_came_twice_and_was_sent_back_is_no_difference(books, emulator, gateway, paid):
    first = emulator.stripe.v1.payment_intents.retrieve(await movement_of(books, paid))
    again = emulator.stripe.v1.payment_intents.create(
        {
            "amount": 1990,
            "currency": "eur",
            "customer": str(first.customer),
            "payment_method": str(first.payment_method),
            "confirm": True,
            "off_session": True,
            "metadata": {"key": f"payment:{paid.id}:9"},
        }
    )
    await tell(books, gateway, "payment_intent.succeeded", again.id)
    await send_refunds(books.sessions, books.clock, gateway)
    await compare(books, gateway)
    assert await found(books) == []


class Books(LocalGateway):
    """A gateway whose own books are these lines."""

    def __init__(self, *lines):
        super().__init__()
        self.lines = lines

    async def list_lines(self, *, since, until):
        return list(self.lines)


async def test_payouts_and_fees_of_their_own_are_posted_and_what_we_do_not_know_is_named(books):
    def line(reference, matter, cents, fee=0):
        return BalanceLine(reference, matter, reference, Money(cents, "EUR"), fee, books.clock.now())

    gateway = Books(
        line("txn_1", Matter.PAYOUT, -5000), line("txn_2", Matter.FEE, -200), line("txn_3", Matter.OTHER, -10)
    )
    for _ in range(2):
        await compare(books, gateway)
    assert await books.balance(AccountKind.PAYOUTS, "local") == 5000
    assert await books.balance(AccountKind.FEES, "local") == 200
    assert await books.balance(AccountKind.GATEWAY, "local") == -5200
    assert await found(books) == [("unknown", "other", "txn_3", None, -10)]
    (difference,) = await books.ask(list_differences)
    explained = {"difference_id": difference.id, "account_id": books.rider, "note": "a correction of Stripe's"}
    await books.act(service.explain_difference, **explained)
    await compare(books, gateway)
    assert await found(books) == []
    for changed, code in (({}, "difference_settled"), ({"difference_id": new_id()}, "unknown_difference")):
        with pytest.raises(Exception) as refused:  # noqa: PT011 the code is what counts
            await books.act(service.explain_difference, **{**explained, **changed})
        assert refused.value.code == code


async def test_a_gateway_without_books_is_compared_with_nothing(books):
    assert await compare(books, LocalGateway()) == 0
    assert await books.ask(lambda session: list_reconciliations(session, limit=9)) == []
