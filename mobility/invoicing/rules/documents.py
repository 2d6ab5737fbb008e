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

    `cents` is what counts: quantity times `unit_cents` unless a cap or a benefit took something off.
    """

    label: Names
    quantity: int
    unit: Names
    unit_cents: int
    cents: int
    vat_percent: Decimal

    @property
    def vat_cents(self) -> int:
        """The VAT in the line, half a cent rounded away from zero."""
        return split_vat(self.cents, self.vat_percent).vat_cents


class VatTotal(Struct, frozen=True, kw_only=True):
    """Everything sold at one rate."""

    percent: Decimal
    net_cents: int
    vat_cents: int


def total_cents(lines: Iterable[DocumentLine]) -> int:
    return sum(line.cents for line in lines)


def vat_totals(lines: Iterable[DocumentLine]) -> tuple[VatTotal, ...]:
    """One row a rate, lowest first. VAT is rounded once a line; these are sums of lines."""
    by_rate: dict[Decimal, list[DocumentLine]] = {}
    for line in lines:
        by_rate.setdefault(line.vat_percent, []).append(line)
    return tuple(_vat_total(rate, by_rate[rate]) for rate in sorted(by_rate))


def _vat_total(percent: Decimal, lines: list[DocumentLine]) -> VatTotal:
    vat = sum(line.vat_cents for line in lines)
    return VatTotal(percent=percent, net_cents=total_cents(lines) - vat, vat_cents=vat)
