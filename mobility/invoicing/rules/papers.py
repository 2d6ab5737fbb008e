"""What is set on paper: every text as it is read. Whoever typesets it works nothing out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from mobility.base.money import Money, in_words
from mobility.invoicing.rules.documents import DocumentLine, Kind, Names, total_cents, vat_cents, vat_totals
from mobility.invoicing.rules.words import (
    NBSP,
    WORDS,
    day_in_words,
    month_in_words,
    quantity_in_words,
    rate_in_words,
    said,
    siret_in_words,
    span_in_words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A numbered document as plain values; numbers are as written, `corrects` that of the document it corrects."""

    kind: Kind
    number: str
    issued_at: datetime
    issued_on: date
    time_zone: str
    served_from: datetime
    served_until: datetime
    place: Names
    provider: Mapping[str, Any]
    client: Mapping[str, Any]
    lines: Sequence[DocumentLine]
    currency: str
    corrects: str | None = None


class Paper(Struct, frozen=True, kw_only=True):
    """One page or more, in one language. The last of `totals` is the one that counts; each row has as many cells as
    there are `columns`, of which all but the first are numbers."""

    language: str
    title: str
    heading: str
    reference: str
    author: str
    at: datetime
    provider_word: str
    provider: Sequence[str]
    client_word: str
    client: Sequence[str]
    facts: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    totals: Sequence[tuple[str, str]]
    notes: Sequence[str]


def paper_of(document: Issued, language: str) -> Paper:
    """A receipt or a credit note."""
    words = WORDS[language]
    heading = words[document.kind]
    return Paper(
        language=language,
        title=f"{heading} {document.number}",
        heading=heading,
        reference=f"{words['number']} {document.number}",
        author=document.provider["legal_name"],
        at=document.issued_at,
        provider_word=words["provider"],
        provider=_provider(document.provider, language),
        client_word=words["client"],
        client=_client(document.client),
        facts=_facts(document, language),
        columns=[words[each] for each in ("what", "quantity", "unit_price", "rate", "amount")],
        rows=[_row(line, document.currency, language) for line in document.lines],
        totals=_totals(document.lines, document.currency, language),
        notes=[words["paid" if document.kind == Kind.RECEIPT else "repaid"], words["not_stored"]],
    )


def statement_of(documents: Sequence[Issued], month: date, city: Names, at: datetime, language: str) -> Paper:
    """A month's documents of one client and city, at least one, in the order of their issue."""
    words, last = WORDS[language], documents[-1]
    name = month_in_words(month, language)
    return Paper(
        language=language,
        title=f"{words['statement']} {name}",
        heading=words["statement"],
        reference=name,
        author=last.provider["legal_name"],
        at=at,
        provider_word=words["provider"],
        provider=_provider(last.provider, language),
        client_word=words["client"],
        client=_client(last.client),
        facts=[(words["city"], said(city, language)), (words["documents"], str(len(documents)))],
        columns=[words[each] for each in ("document", "day", "net", "vat", "amount")],
        rows=[_document_row(document, language) for document in documents],
        totals=_totals([line for each in documents for line in each.lines], last.currency, language),
        notes=[words["stated"]],
    )


def _provider(provider: Mapping[str, Any], language: str) -> list[str]:
    siret, vat_number = provider["siret"], provider["vat_number"]
    lines = [provider["legal_name"], *provider["address"]]
    if siret is not None:
        lines.append(f"SIRET{NBSP}{siret_in_words(siret)}")
    if vat_number is not None:
        lines.append(f"{WORDS[language]['vat_number']}{NBSP}{vat_number}")
    return lines


def _client(client: Mapping[str, Any]) -> list[str]:
    return [text for text in (client["name"], client["contact"]) if text]


def _facts(document: Issued, language: str) -> list[tuple[str, str]]:
    words, zone = WORDS[language], ZoneInfo(document.time_zone)
    served = document.served_from.astimezone(zone), document.served_until.astimezone(zone)
    facts = [
        (words["issued"], day_in_words(document.issued_on, language)),
        (words["service"], span_in_words(*served, language)),
        (words["place"], said(document.place, language)),
    ]
    return facts if document.corrects is None else [*facts, (words["corrects"], document.corrects)]


def _row(line: DocumentLine, currency: str, language: str) -> tuple[str, ...]:
    return (
        said(line.label, language),
        quantity_in_words(line.quantity, said(line.unit, language)),
        in_words(Money(line.unit_cents, currency), language),
        rate_in_words(line.vat_percent, language),
        in_words(Money(line.cents, currency), language),
    )


def _document_row(document: Issued, language: str) -> tuple[str, ...]:
    vat, total = vat_cents(document.lines), total_cents(document.lines)
    amounts = [in_words(Money(cents, document.currency), language) for cents in (total - vat, vat, total)]
    return (
        f"{WORDS[language][document.kind]} {document.number}",
        day_in_words(document.issued_on, language),
        *amounts,
    )


def _totals(lines: Sequence[DocumentLine], currency: str, language: str) -> list[tuple[str, str]]:
    words, by_rate = WORDS[language], vat_totals(lines)

    def amount(cents: int) -> str:
        return in_words(Money(cents, currency), language)

    return [
        (words["total_net"], amount(sum(rate.net_cents for rate in by_rate))),
        *((f"{words['vat']} {rate_in_words(rate.percent, language)}", amount(rate.vat_cents)) for rate in by_rate),
        (words["total"], amount(total_cents(lines))),
    ]
