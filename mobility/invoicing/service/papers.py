"""Documents on paper, and on their way to riders."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money, in_words
from mobility.invoicing import queries
from mobility.invoicing.ports import Typesetter
from mobility.invoicing.rules.documents import Kind
from mobility.invoicing.rules.numbers import written
from mobility.invoicing.rules.papers import Issued, Paper, paper_of
from mobility.invoicing.rules.refusals import DocumentNotNumbered
from mobility.invoicing.rules.words import WORDS
from mobility.invoicing.tables import Document
from mobility.riders.queries import get_account
from mobility.riders.rules.messages import Attachment, Message, Said
from mobility.riders.service import notify


def number_of(document: Document) -> str:
    """As written; raises `DocumentNotNumbered`."""
    if document.number is None:
        raise DocumentNotNumbered
    return written(Kind(document.kind), document.year, document.number)


async def issued(session: AsyncSession, document: Document) -> Issued:
    """Raises `DocumentNotNumbered`, also while the one that it corrects has none."""
    corrected = document.corrects_id and await queries.get_document(session, document.corrects_id)
    return Issued(
        kind=Kind(document.kind),
        number=number_of(document),
        issued_at=document.issued_at,
        issued_on=document.issued_on,
        time_zone=document.time_zone,
        served_from=document.served_from,
        served_until=document.served_until,
        place=document.place,
        provider=document.provider,
        client=document.client,
        lines=queries.lines_of(document),
        currency=document.currency,
        corrects=number_of(corrected) if corrected else None,
    )


async def paper(session: AsyncSession, document: Document, language: str) -> Paper:
    """What a document reads like. Raises `DocumentNotNumbered`."""
    return paper_of(await issued(session, document), language)


def file_name(document: Document, language: str) -> str:
    """ "recu-2026-000123.pdf"."""
    word = WORDS[language][document.kind].lower().replace("ç", "c").replace(" ", "-")
    return f"{word}-{number_of(document)}.pdf"


async def hand_over(session: AsyncSession, clock: Clock, typesetter: Typesetter, document_id: UUID) -> bool:
    """Send a document to its rider if the city sends those of its amount by themselves; False if not, or already."""
    document = await queries.get_document(session, document_id)
    note_from_cents = document.provider["note_from_cents"]
    if note_from_cents is None or abs(document.total_cents) < note_from_cents:
        return False
    language = (await get_account(session, document.account_id)).locale
    content = await typesetter.pdf(await paper(session, document, language))
    told = _message(document, Attachment(name=file_name(document, language), media_type=PDF, content=content))
    return await notify(session, clock, document.account_id, told, key=f"document:{document.id}")


PDF = "application/pdf"


def _message(document: Document, attached: Attachment) -> Message:
    number, total = number_of(document), Money(abs(document.total_cents), document.currency)
    fr, en = WORDS["fr"][document.kind].lower(), WORDS["en"][document.kind].lower()
    return Message(
        subject=Said(fr=f"Votre {fr} {number}", en=f"Your {en} {number}"),
        text=Said(
            fr=f"Votre {fr} {number} de {in_words(total, 'fr')} est prêt. Vous le retrouvez aussi dans l’application.",
            en=f"Your {en} {number} of {in_words(total, 'en')} is ready. You also find it in the app.",
        ),
        attachments=(attached,),
        opens="rides",
    )
