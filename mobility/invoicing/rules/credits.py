"""What a credit note takes back."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from mobility.invoicing.rules.documents import DocumentLine, total_cents

PARTIAL = {"fr": "Remboursement partiel", "en": "Partial refund"}
ONCE = {"fr": "fois", "en": "time"}


def credit_lines(lines: Sequence[DocumentLine], cents: int) -> tuple[DocumentLine, ...]:
    """The lines of a credit note of `cents` (positive) on a document with these lines.

    The whole document is taken back line by line; a part of it is one line a VAT rate, in proportion to what was sold
    at each.
    """
    if cents == total_cents(lines):
        return tuple(_reversed(line) for line in lines)
    sold: dict[Decimal, int] = {}
    for line in lines:
        sold[line.vat_percent] = sold.get(line.vat_percent, 0) + line.cents
    return tuple(_part(rate, share) for rate, share in _shares(cents, sold).items() if share)


def _reversed(line: DocumentLine) -> DocumentLine:
    return DocumentLine(
        label=line.label,
        quantity=-line.quantity,
        unit=line.unit,
        unit_cents=line.unit_cents,
        cents=-line.cents,
        vat_percent=line.vat_percent,
    )


def _part(rate: Decimal, cents: int) -> DocumentLine:
    return DocumentLine(label=PARTIAL, quantity=-1, unit=ONCE, unit_cents=cents, cents=-cents, vat_percent=rate)


def _shares(cents: int, weights: Mapping[Decimal, int]) -> dict[Decimal, int]:
    """Cents in proportion to the weights; rounded as running sums, so that they add up."""
    total, seen, given, shares = sum(weights.values()), 0, 0, {}
    for rate, weight in weights.items():
        seen += weight
        shares[rate] = cents * seen // total - given
        given += shares[rate]
    return shares
