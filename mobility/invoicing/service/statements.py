from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money, in_words
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.invoicing import queries
from mobility.invoicing.ports import Typesetter
from mobility.invoicing.rules.papers import statement_of
from mobility.invoicing.rules.words import WORDS, month_in_words
from mobility.invoicing.service.papers import PDF, issued
from mobility.invoicing.tables import Document, Statement, StatementChoice
from mobility.riders.queries import get_account
from mobility.riders.rules.messages import Attachment, Message, Said
from mobility.riders.service import notify

# One transaction's worth of papers, at some 20 ms each.
TURN_MAX = 50


async def send_statements(session: AsyncSession, clock: Clock, typesetter: Typesetter) -> int:
    """Send riders their documents of last month, once, from the city's first day of this month on; how many were sent.

    A month waits until all of a rider's documents have numbers; a worker that was away on the first catches up.
    """
    if not await queries.is_stating_alone(session):
        return 0
    sent = 0
    for city_id in await queries.list_selling_cities(session):
        sent += await _send_in_city(session, clock, typesetter, await get_city(session, city_id))
    return sent


async def choose_statements(session: AsyncSession, clock: Clock, account_id: UUID, *, wanted: bool) -> None:
    choice = insert(StatementChoice).values(account_id=account_id, wanted=wanted, chosen_at=clock.now())
    changed = {"wanted": wanted, "chosen_at": clock.now()}
    await session.execute(choice.on_conflict_do_update(index_elements=["account_id"], set_=changed))


async def _send_in_city(session: AsyncSession, clock: Clock, typesetter: Typesetter, city: PreparedCity) -> int:
    month = (city.date_of(clock.now()).replace(day=1) - timedelta(days=1)).replace(day=1)
    due = await queries.list_without_statement(session, city.file.id, month, limit=TURN_MAX)
    for account_id in due:
        await _send(session, clock, typesetter, city, account_id, month)
    return len(due)


async def _send(
    session: AsyncSession, clock: Clock, typesetter: Typesetter, city: PreparedCity, account_id: UUID, month: date
) -> None:
    documents = await queries.list_of_month(session, account_id, city.file.id, month)
    language = (await get_account(session, account_id)).locale
    papers = [await issued(session, document) for document in documents]
    stated = statement_of(papers, month, city.file.name, clock.now(), language)
    name = f"{WORDS[language]['statement'].lower().replace('é', 'e')}-{month:%Y-%m}.pdf"
    attached = Attachment(name=name, media_type=PDF, content=await typesetter.pdf(stated))
    session.add(Statement(account_id=account_id, city_id=city.file.id, month=month, created_at=clock.now()))
    told = _message(documents, month, attached)
    await notify(session, clock, account_id, told, key=f"statement:{city.file.id}:{month}")


def _message(documents: Sequence[Document], month: date, attached: Attachment) -> Message:
    total = Money(sum(document.total_cents for document in documents), documents[0].currency)
    fr, en = month_in_words(month, "fr"), month_in_words(month, "en")
    return Message(
        subject=Said(fr=f"Votre relevé de {fr}", en=f"Your statement of {en}"),
        text=Said(
            fr=f"Vos documents de {fr}\N{NO-BREAK SPACE}: {len(documents)}, en tout {in_words(total, 'fr')}. Le relevé "
            "est joint. Vous n'en voulez plus\N{NO-BREAK SPACE}? Dites-le dans l’application, sous Mes trajets.",
            en=f"Your documents of {en}: {len(documents)}, {in_words(total, 'en')} in all. The statement is attached. "
            "You want no more of them? Say so in the app, under My rides.",
        ),
        attachments=(attached,),
        opens="rides",
    )
