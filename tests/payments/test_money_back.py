"""Refunds and disputes at Stripe's emulator, and what the books say of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from mobility.base.money import Money
from mobility.db.session import transaction
from mobility.payments import service
from mobility.payments.queries import (
    balance_of,
    ledger_imbalances,
    list_refunds,
)
from mobility.payments.rules.ledger import Account, AccountKind, rider
from mobility.payments.rules.refusals import PaymentDisputed
from mobility.payments.service import credit_of
from mobility.payments.tables import Dispute, Refund
from mobility.payments.tasks import collect_due, send_refunds
from tests.support.paying import (
    DISPUTED,
    movement_of,
    payment_of,
    save,
    tell,
)

TILL = Account(AccountKind.GATEWAY, "stripe")
NOTHING = Money(0, "EUR")
REFUND = "POST /v1/refunds"


@pytest.mark.parametrize("fault", [None, "refused", "broken", "limited"])
async def test_refunds_reach_the_card_once_and_the_books_with_their_tax(books, emulator, gateway, fault):
    await save(books, emulator, gateway)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    for cents in (990, 400):
        async with transaction(books.sessions) as session:
            await service.refund(
                session,
                books.clock,
                payment_id=due.id,
                cents=cents,
                reason="the vehicle stood in the rain",
                operator_id=books.rider,
            )
    if fault:
        emulator.plan(REFUND, fault)
    await send_refunds(books.sessions, books.clock, gateway)
    books.clock.advance(timedelta(minutes=2))
    await send_refunds(books.sessions, books.clock, gateway)
    payment = await payment_of(books, due)
    given = emulator.stripe.v1.refunds.list({"payment_intent": await movement_of(books, payment)}).data
    assert sorted(refund.amount for refund in given) == [400, 990]
    assert {each.state for each in await books.ask(lambda s: list_refunds(s, due.id, limit=10))} == {"done"}
    assert await books.ask(balance_of, TILL, "EUR") == Money(600, "EUR")
    assert await books.ask(balance_of, Account(AccountKind.VAT, books.city), "EUR") == Money(-100, "EUR")
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING
    assert await books.ask(ledger_imbalances) == []


@pytest.mark.parametrize("is_asked_first", [True, False])
@pytest.mark.parametrize(
    ("evidence", "credit", "losses"), [("winning_evidence", 100, 0), ("", 0, 1890)], ids=["won", "lost"]
)
async def test_a_refund_of_a_disputed_payment_is_owed_until_the_bank_decides(
    books, emulator, gateway, evidence, credit, losses, is_asked_first
):
    """Then the bank has given it to the rider, or it is credit; whether the gateway is asked before or after that."""
    await save(books, emulator, gateway, DISPUTED)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    await ask_back(books, due)
    if is_asked_first:
        assert await send_refunds(books.sessions, books.clock, gateway) == 1
        assert (await only_refund(books)).refusal_code == "charge_disputed"
    assert await books.ask(balance_of, rider(books.rider), "EUR") == Money(-100, "EUR")
    movement = await movement_of(books, await payment_of(books, due))
    (dispute,) = emulator.stripe.v1.disputes.list({"payment_intent": movement}).data
    await tell(books, gateway, "charge.dispute.created", dispute.id)
    with pytest.raises(PaymentDisputed):
        await ask_back(books, due)
    emulator.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}, "submit": True})
    await tell(books, gateway, "charge.dispute.closed", dispute.id)
    await send_refunds(books.sessions, books.clock, gateway)
    assert (await only_refund(books)).state == "done"
    assert await books.ask(balance_of, rider(books.rider), "EUR") == NOTHING
    assert await books.ask(credit_of, books.rider, "EUR") == Money(credit, "EUR")
    assert await books.ask(balance_of, Account(AccountKind.LOSSES, books.city), "EUR") == Money(losses, "EUR")


async def ask_back(books, due):
    async with transaction(books.sessions) as session:
        await service.refund(session, books.clock, payment_id=due.id, cents=100, reason="rain", operator_id=books.rider)


async def only_refund(books):
    async with books.sessions() as session:
        return (await session.scalars(select(Refund))).one()


@pytest.mark.parametrize(
    ("evidence", "state", "till", "losses"), [("winning_evidence", "won", 1990, 0), ("", "lost", 0, 1990)]
)
async def test_a_dispute_moves_money_until_it_is_decided(books, emulator, gateway, evidence, state, till, losses):
    await save(books, emulator, gateway, DISPUTED)
    due = await books.charge()
    await collect_due(books.sessions, books.clock, gateway)
    payment = await payment_of(books, due)
    (dispute,) = emulator.stripe.v1.disputes.list({"payment_intent": await movement_of(books, payment)}).data
    await tell(books, gateway, "charge.dispute.created", dispute.id)
    assert await books.ask(balance_of, TILL, "EUR") == NOTHING
    emulator.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}, "submit": True})
    # Twice, and the opening once more after the end: only how it stands counts.
    for type_ in ("charge.dispute.closed", "charge.dispute.closed", "charge.dispute.created"):
        await tell(books, gateway, type_, dispute.id)
    async with books.sessions() as session:
        assert (await session.get(Dispute, dispute.id)).state == state
    assert await books.ask(balance_of, TILL, "EUR") == Money(till, "EUR")
    assert await books.ask(balance_of, Account(AccountKind.LOSSES, books.city), "EUR") == Money(losses, "EUR")
    assert await books.ask(balance_of, Account(AccountKind.DISPUTED, "stripe"), "EUR") == NOTHING
