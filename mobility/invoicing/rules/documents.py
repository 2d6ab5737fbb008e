"""What a document says: lines that are priced with tax, and the VAT in each of them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from mobility.payments.rules.vat import split_vat

Names = Mapping[str, str]
"""A text in each language that documents are written in, by language code."""


class Kind(StrEnum):
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class DocumentLine(Struct, frozen=True, kw_only=True):
    """Something sold, or taken back where `cents` is negative; prices are with tax, in minor units.

    The VAT in it is written down with it, so that it stays what it was when the document was issued; `priced` makes a
    line that is sold.
    """

    label: Names
    quantity: int
    unit: Names
    unit_cents: int
    cents: int
    vat_percent: Decimal
    vat_cents: int


def priced(label: Names, quantity: int, unit: Names, unit_cents: int, vat_percent: Decimal) -> DocumentLine:
    """So many of something at a price with tax; the VAT is rounded once, half a cent away from zero."""
    cents = quantity * unit_cents
    return DocumentLine(
        label=label,
        quantity=quantity,
        unit=unit,
        unit_cents=unit_cents,
        cents=cents,
        vat_percent=vat_percent,
        vat_cents=split_vat(cents, vat_percent).vat_cents,
    )


class VatTotal(Struct, frozen=True, kw_only=True):
    """Everything sold at one rate."""

    percent: Decimal
    net_cents: int
    vat_cents: int


def total_cents(lines: Iterable[DocumentLine]) -> int:
    return sum(line.cents for line in lines)


def vat_cents(lines: Iterable[DocumentLine]) -> int:
    return sum(line.vat_cents for line in lines)


def vat_totals(lines: Iterable[DocumentLine]) -> tuple[VatTotal, ...]:
    """One row a rate, lowest first. VAT is rounded once a line; these are sums of lines."""
    by_rate: dict[Decimal, list[DocumentLine]] = {}
    for line in lines:
        by_rate.setdefault(line.vat_percent, []).append(line)
    return tuple(_vat_total(rate, by_rate[rate]) for rate in sorted(by_rate))


def _vat_total(percent: Decimal, lines: list[DocumentLine]) -> VatTotal:
    return VatTotal(percent=percent, net_cents=total_cents(lines) - vat_cents(lines), vat_cents=vat_cents(lines))
