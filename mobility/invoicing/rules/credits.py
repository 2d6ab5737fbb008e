"""What a credit note takes back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from mobility.invoicing.rules.documents import DocumentLine, VatTotal, total_cents, vat_totals
from mobility.payments.rules.vat import vat_part

PARTIAL = {"fr": "Remboursement partiel", "en": "Partial refund"}
ONCE = {"fr": "fois", "en": "time"}


def credit_lines(lines: Sequence[DocumentLine], cents: int, *, credited_cents: int = 0) -> tuple[DocumentLine, ...]:
    """The lines of a credit note of `cents` (positive) on a document with these lines.

    The whole document is taken back line by line; a part of it is one line a VAT rate, in proportion to what was sold
    at each. `credited_cents` were taken back before: all credit notes together are what was sold, to the cent of VAT.
    """
    if cents == total_cents(lines):
        return tuple(_reversed(line) for line in lines)
    sold = {rate.percent: rate for rate in vat_totals(lines)}
    before, after = _shares(credited_cents, sold), _shares(credited_cents + cents, sold)
    parts = (_part(rate, before[percent], after[percent]) for percent, rate in sold.items())
    return tuple(part for part in parts if part.cents)


def _reversed(line: DocumentLine) -> DocumentLine:
    return DocumentLine(
        label=line.label,
        quantity=-line.quantity,
        unit=line.unit,
        unit_cents=line.unit_cents,
        cents=-line.cents,
        vat_percent=line.vat_percent,
        vat_cents=-line.vat_cents,
    )


def _part(sold: VatTotal, before_cents: int, after_cents: int) -> DocumentLine:
    """What is taken back of one rate, from so much of it to so much."""
    total = sold.net_cents + sold.vat_cents
    vat_before, vat_after = (vat_part(sold.vat_cents, cents, total) for cents in (before_cents, after_cents))
    return DocumentLine(
        label=PARTIAL,
        quantity=-1,
        unit=ONCE,
        unit_cents=after_cents - before_cents,
        cents=before_cents - after_cents,
        vat_percent=sold.percent,
        vat_cents=vat_before - vat_after,
    )


def _shares(cents: int, sold: Mapping[Decimal, VatTotal]) -> dict[Decimal, int]:
    """Cents in proportion to what was sold at each rate; rounded as running sums, so that they add up."""
    total = sum(rate.net_cents + rate.vat_cents for rate in sold.values())
    seen, given, shares = 0, 0, {}
    for percent, rate in sold.items():
        seen += rate.net_cents + rate.vat_cents
        shares[percent] = cents * seen // total - given
        given += shares[percent]
    return shares
