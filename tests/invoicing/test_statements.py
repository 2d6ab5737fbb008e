"""Documents on their way to riders: notes from the city's amount on, and each month's statement."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from mobility.db.session import transaction
from mobility.invoicing import service
from mobility.invoicing.queries import get_document
from mobility.invoicing.tasks import send_statements
from mobility.invoicing.typst import TypstTypesetter
from mobility.riders.tables import Account
from tests.invoicing.conftest import Till
from tests.support.papers import read

FIRST_OF_JULY = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)  # midnight in Auckland
AUGUST = datetime(2026, 8, 10, tzinfo=UTC)


async def state(till: Till) -> int:
    async with transaction(till.sessions) as session:
        return await send_statements(session, till.clock, TypstTypesetter())


async def choose(till: Till, *, wanted: bool) -> None:
    async with transaction(till.sessions) as session:
        await service.choose_statements(session, till.clock, till.rider, wanted=wanted)


async def test_a_note_that_is_due_goes_to_its_rider_with_the_number(till: Till) -> None:
    await till.sell(1000)  # lakeport's amount
    await till.number()
    await till.tell()
    (letter,) = await till.letters()
    assert letter.message.subject == "Your receipt 2026-000001"
    (attached,) = letter.attachments
    assert (attached.name, attached.media_type) == ("receipt-2026-000001.pdf", "application/pdf")
    assert "Total incl. VAT NZD 10.00" in read(attached.content).text


async def test_below_the_amount_a_receipt_waits_to_be_asked_for(till: Till) -> None:
    await till.sell(999)
    await till.number()
    await till.tell()
    assert await till.letters() == []


async def test_a_document_told_twice_is_sent_once(till: Till) -> None:
    sold = await till.sell(1000)
    await till.number()
    await till.tell()
    async with transaction(till.sessions) as session:
        assert not await service.hand_over(session, till.clock, TypstTypesetter(), sold.id)
    assert len(await till.letters()) == 1


async def test_the_month_is_stated_once_from_the_citys_first_of_the_next_on(till: Till) -> None:
    for cents in (520, 230):
        await till.sell(cents)
    await till.number()
    till.clock.instant = FIRST_OF_JULY - timedelta(seconds=1)
    assert await state(till) == 0
    till.clock.instant = FIRST_OF_JULY
    assert await state(till) == 1
    assert await state(till) == 0
    (letter,) = await till.letters()
    assert letter.message.subject == "Your statement of June 2026"
    (attached,) = letter.attachments
    assert attached.name == "statement-2026-06.pdf"
    stated = read(attached.content)
    for said in ("2026-000001", "2026-000002", "NZD 7.50", "Ada Lovelace", "Lakeport Rides Limited"):
        assert said in stated.text


async def test_two_workers_state_a_month_once(till: Till) -> None:
    await till.sell()
    await till.number()
    till.clock.instant = FIRST_OF_JULY
    assert sorted(await asyncio.gather(state(till), state(till))) == [0, 1]
    assert len(await till.letters()) == 1


async def test_a_worker_that_was_away_on_the_first_states_the_month_later(till: Till) -> None:
    await till.sell()
    await till.number()
    till.clock.instant = FIRST_OF_JULY + timedelta(days=20)
    assert await state(till) == 1


async def test_a_month_without_documents_is_not_stated(till: Till) -> None:
    await till.sell()
    await till.number()
    till.clock.instant = AUGUST
    assert await state(till) == 0


async def test_a_month_waits_for_its_last_number(till: Till) -> None:
    await till.sell()
    await till.number()
    till.clock.instant = FIRST_OF_JULY - timedelta(seconds=1)
    await till.sell()
    till.clock.instant = FIRST_OF_JULY
    assert await state(till) == 0
    await till.number()
    assert await state(till) == 1


async def test_who_wants_no_statement_gets_none_until_they_do(till: Till) -> None:
    await choose(till, wanted=False)
    await till.sell()
    await till.number()
    till.clock.instant = FIRST_OF_JULY
    assert await state(till) == 0
    await choose(till, wanted=True)
    assert await state(till) == 1


async def test_who_has_no_email_address_gets_no_statement(till: Till) -> None:
    async with transaction(till.sessions) as session:
        phone = Account(phone="+64211234567", created_at=till.clock.now())
        session.add(phone)
    await till.sell(account_id=phone.id)
    await till.number()
    till.clock.instant = FIRST_OF_JULY
    assert await state(till) == 0


async def test_a_month_of_many_rides_has_as_many_pages_as_it_needs(till: Till) -> None:
    async with transaction(till.sessions) as session:
        for _ in range(80):
            await till.sell(session=session)
    await till.number()
    till.clock.instant = FIRST_OF_JULY
    assert await state(till) == 1
    (letter,) = await till.letters()
    stated = read(letter.attachments[0].content)
    assert stated.pages == 3
    assert "2026-000080" in stated.text


@pytest.mark.parametrize("locale", ["fr", "en"])
async def test_a_paper_is_tagged_named_and_carries_its_fonts(till: Till, locale: str) -> None:
    sold = await till.sell(1150)
    await till.number()
    pdf = await set_on_paper(till, sold.id, locale)
    paper = read(pdf)
    assert paper.title == {"fr": "Reçu 2026-000001", "en": "Receipt 2026-000001"}[locale]
    assert (paper.author, paper.language, paper.pages) == ("Lakeport Rides Limited", locale, 1)
    assert paper.is_tagged
    assert paper.fonts_embedded
    assert pdf == await set_on_paper(till, sold.id, locale)


async def set_on_paper(till: Till, document_id: UUID, locale: str) -> bytes:
    async with till.sessions() as session:
        document = await get_document(session, document_id)
        return await TypstTypesetter().pdf(await service.paper(session, document, locale))


async def test_no_column_of_documents_could_hold_a_position(till: Till) -> None:
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name IN ('document', 'statement')"
    async with till.sessions() as session:
        names = set(await session.scalars(text(columns)))
    assert not names & {"lon", "lat", "position", "start_lon", "end_lon"}
