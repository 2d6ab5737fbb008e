"""Nothing issued is edited: credit notes, for refunds too, and receipts that stand for others."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import and_, func, select

from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.db.session import transaction
from mobility.invoicing import service
from mobility.invoicing.queries import lines_of
from mobility.invoicing.rules.documents import total_cents, vat_cents
from mobility.invoicing.rules.refusals import CreditTooHigh, NotAReceipt, UnknownDocument
from mobility.invoicing.tables import Document
from mobility.payments import service as payments
from mobility.payments.local import LocalGateway
from mobility.payments.queries import find_payment
from mobility.payments.tables import LedgerAccount, LedgerEntry
from mobility.payments.tasks import collect_due, send_refunds
from tests.invoicing.conftest import CITY, Till, line


async def credit(till: Till, document: Document, cents: int) -> Document:
    async with transaction(till.sessions) as session:
        return await service.credit(session, till.clock, document.id, cents=cents)


async def test_a_receipt_taken_back_whole_is_taken_back_line_by_line(till: Till) -> None:
    sold = await till.sell(lines=[line(50), line(1200)])
    note = await credit(till, sold, 1250)
    assert [each.cents for each in lines_of(note)] == [-50, -1200]
    assert (note.corrects_id, note.reference_id, note.total_cents) == (sold.id, sold.reference_id, -1250)


async def test_credits_never_exceed_their_receipt(till: Till) -> None:
    sold = await till.sell(1000)
    await credit(till, sold, 600)
    for cents in (401, 0, -1):
        with pytest.raises(CreditTooHigh) as refused:
            await credit(till, sold, cents)
        assert (refused.value.code, refused.value.facts) == ("credit_too_high", {"left_cents": 400})
    await credit(till, sold, 400)


async def test_two_credits_at_once_do_not_exceed_their_receipt(till: Till) -> None:
    sold = await till.sell(1000)
    answers = await asyncio.gather(*(credit(till, sold, 600) for _ in range(2)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["CreditTooHigh", "Document"]


async def test_a_credit_note_is_not_credited_and_what_does_not_exist_neither(till: Till) -> None:
    note = await credit(till, await till.sell(1000), 1000)
    with pytest.raises(NotAReceipt) as refused:
        await credit(till, note, 1)
    assert refused.value.code == "not_a_receipt"
    with pytest.raises(UnknownDocument):
        await credit(till, Document(id=new_id()), 1)


async def test_a_correction_takes_the_whole_back_and_issues_another_receipt(till: Till) -> None:
    sold = await till.sell(1000)
    till.clock.advance(timedelta(days=1))
    async with transaction(till.sessions) as session:
        correction = await service.correct(session, till.clock, sold.id, lines=[line(700)])
    note, receipt = correction.credit_note, correction.receipt
    assert receipt is not None
    assert (note.total_cents, receipt.total_cents) == (-1000, 700)
    assert note.corrects_id == receipt.corrects_id == sold.id
    assert receipt.served_until == sold.served_until
    await till.number()
    assert await till.numbers() == ["2026-000001", "A2026-000001", "2026-000002"]


async def test_a_correction_to_nothing_is_a_credit_note_alone(till: Till) -> None:
    sold = await till.sell(1000)
    async with transaction(till.sessions) as session:
        correction = await service.correct(session, till.clock, sold.id, lines=[])
    assert (correction.credit_note.total_cents, correction.receipt) == (-1000, None)


async def test_nothing_sold_is_nothing_issued(till: Till) -> None:
    assert await till.sell(lines=[line(100), line(-100)]) is None


async def paid(till: Till, cents: int) -> UUID:
    """A ride that was sold and paid; its id."""
    reference_id = new_id()
    await till.sell(cents, reference_id=reference_id)
    async with transaction(till.sessions) as session:
        await payments.charge(
            session,
            till.clock,
            account_id=till.rider,
            city_id=CITY,
            reference_id=reference_id,
            total=Money(cents, "NZD"),
            vat_percent=Decimal(15),
        )
    await collect_due(till.sessions, till.clock, LocalGateway())
    return reference_id


async def refund(till: Till, reference_id: UUID, cents: int) -> UUID:
    async with transaction(till.sessions) as session:
        payment = await find_payment(session, reference_id)
        assert payment is not None
        (asked,) = await payments.refund(
            session, till.clock, payment_id=payment.id, cents=cents, reason="rain inside", operator_id=None
        )
        return asked.id


async def send(till: Till) -> None:
    await send_refunds(till.sessions, till.clock, LocalGateway())
    await till.tell()


async def test_each_refund_has_its_credit_note_once_the_money_is_back(till: Till) -> None:
    reference_id = await paid(till, 1150)
    for cents in (150, 1000):
        await refund(till, reference_id, cents)
        await send(till)
    receipt, *notes = await till.documents()
    assert [note.total_cents for note in notes] == [-150, -1000]
    assert {note.corrects_id for note in notes} == {receipt.id}


async def test_a_refund_told_twice_is_credited_once(till: Till) -> None:
    reference_id = await paid(till, 1150)
    refund_id = await refund(till, reference_id, 500)
    await send(till)
    async with transaction(till.sessions) as session:
        again = await service.credit_refund(
            session, till.clock, refund_id=refund_id, reference_id=reference_id, cents=500
        )
    assert again is None
    assert len(await till.documents()) == 2


async def test_a_correction_that_names_its_refund_is_not_credited_again(till: Till) -> None:
    reference_id = await paid(till, 1150)
    (sold,) = await till.documents()
    refund_id = await refund(till, reference_id, 150)
    async with transaction(till.sessions) as session:
        await service.correct(session, till.clock, sold.id, lines=[line(1000)], cause_id=refund_id)
    await send(till)
    assert [document.total_cents for document in await till.documents()] == [1150, -1150, 1000]


async def test_money_that_came_twice_and_went_back_has_no_credit_note(till: Till) -> None:
    reference_id = await paid(till, 1150)
    async with transaction(till.sessions) as session:
        surplus = await service.credit_refund(
            session, till.clock, refund_id=new_id(), reference_id=reference_id, cents=1150
        )
    assert surplus is None
    assert len(await till.documents()) == 1


async def test_a_refund_of_what_has_no_document_changes_nothing(till: Till) -> None:
    async with transaction(till.sessions) as session:
        none = await service.credit_refund(session, till.clock, refund_id=new_id(), reference_id=new_id(), cents=100)
    assert none is None


async def test_all_documents_of_a_sale_have_the_vat_of_the_books(till: Till) -> None:
    reference_id = await paid(till, 1150)
    for cents in (333, 1, 7, 809):
        await refund(till, reference_id, cents)
        await send(till)
        booked = select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).join(
            LedgerAccount, and_(LedgerAccount.id == LedgerEntry.account_id, LedgerAccount.kind == "vat")
        )
        async with till.sessions() as session:
            owed = -((await session.execute(booked)).scalar_one())
        assert sum(vat_cents(lines_of(each)) for each in await till.documents()) == owed
    assert owed == 0


async def test_all_documents_of_a_sale_sum_to_what_it_earned(till: Till) -> None:
    reference_id = await paid(till, 1150)
    await refund(till, reference_id, 333)
    await send(till)
    assert sum(total_cents(lines_of(each)) for each in await till.documents()) == 1150 - 333
