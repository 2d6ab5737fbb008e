from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct, convert

from mobility.base.money import Money
from mobility.invoicing.queries import lines_of
from mobility.invoicing.rules.documents import DocumentLine, Kind, vat_totals
from mobility.invoicing.rules.numbers import written
from mobility.invoicing.rules.words import said
from mobility.invoicing.tables import Document

Number = Annotated[
    str | None,
    Meta(description="As written; null for the seconds until it is given", examples=["2026-000123", "A2026-000007"]),
]


def number_written(document: Document) -> str | None:
    if document.number is None:
        return None
    return written(Kind(document.kind), document.year, document.number)


class DocumentRow(Struct, kw_only=True):
    """One document of a list."""

    id: UUID
    number: Number
    kind: Literal["receipt", "credit_note"]
    reference_id: Annotated[UUID, Meta(description="What was sold: a ride, a pass")]
    corrects_id: Annotated[UUID | None, Meta(description="The document that this one corrects or stands for")]
    issued_on: Annotated[date, Meta(description="The day of issue where the city is")]
    total: Annotated[Money, Meta(description="Tax included; negative on a credit note")]

    @classmethod
    def of(cls, document: Document) -> Self:
        return cls(
            id=document.id,
            number=number_written(document),
            kind=document.kind,  # type: ignore[arg-type]  # the table's check constraint
            reference_id=document.reference_id,
            corrects_id=document.corrects_id,
            issued_on=document.issued_on,
            total=Money(document.total_cents, document.currency),
        )


class DocumentList(Struct, kw_only=True):
    """Newest first."""

    items: Sequence[DocumentRow]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class DocumentProvider(Struct, kw_only=True):
    """Who sold, at that time."""

    legal_name: str
    address: Sequence[str]
    country: Annotated[str, Meta(description="ISO 3166, two letters", examples=["FR"])]
    siret: str | None
    vat_number: str | None


class DocumentClient(Struct, kw_only=True):
    """Who bought, at that time."""

    name: str
    contact: Annotated[str | None, Meta(description="E-mail address or phone number")]


class DocumentLineView(Struct, kw_only=True):
    label: Annotated[str, Meta(description="In the language of Accept-Language", examples=["Conduite"])]
    quantity: int
    unit: Annotated[str, Meta(description="What is counted", examples=["min"])]
    unit_price: Annotated[Money, Meta(description="Tax included")]
    amount: Annotated[Money, Meta(description="Tax included")]
    vat_percent: Annotated[float, Meta(examples=[20])]
    vat: Annotated[Money, Meta(description="The VAT in the amount, rounded once, half up")]

    @classmethod
    def of(cls, line: DocumentLine, currency: str, language: str) -> Self:
        return cls(
            label=said(line.label, language),
            quantity=line.quantity,
            unit=said(line.unit, language),
            unit_price=Money(line.unit_cents, currency),
            amount=Money(line.cents, currency),
            vat_percent=float(line.vat_percent),
            vat=Money(line.vat_cents, currency),
        )


class RateTotal(Struct, kw_only=True):
    """Everything at one rate: sums of lines."""

    rate_percent: float
    net: Money
    vat: Money


class DocumentView(DocumentRow, kw_only=True):
    """A document as it was issued."""

    city: str
    issued_at: datetime
    served_from: datetime
    served_until: datetime
    place: Annotated[str, Meta(description="Name of a station or of the city; documents know no positions")]
    provider: DocumentProvider
    client: DocumentClient
    lines: Sequence[DocumentLineView]
    rates: Sequence[RateTotal]

    @classmethod
    def told(cls, document: Document, language: str) -> Self:
        lines, currency, row = lines_of(document), document.currency, DocumentRow.of(document)
        return cls(
            **{field: getattr(row, field) for field in row.__struct_fields__},
            city=document.city_id,
            issued_at=document.issued_at,
            served_from=document.served_from,
            served_until=document.served_until,
            place=said(document.place, language),
            provider=convert(document.provider, DocumentProvider),
            client=convert(document.client, DocumentClient),
            lines=[DocumentLineView.of(line, currency, language) for line in lines],
            rates=[
                RateTotal(
                    rate_percent=float(rate.percent),
                    net=Money(rate.net_cents, currency),
                    vat=Money(rate.vat_cents, currency),
                )
                for rate in vat_totals(lines)
            ],
        )


class StatementChoiceView(Struct, kw_only=True):
    wanted: Annotated[bool, Meta(description="Whether a statement of each month comes by e-mail")]


class StatementChoiceRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    wanted: bool
