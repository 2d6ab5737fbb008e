from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class VatSplit:
    """A tax-inclusive price taken apart; `net_cents + vat_cents` is the price."""

    net_cents: int
    vat_cents: int


def split_vat(total_cents: int, vat_percent: Decimal) -> VatSplit:
    """Take the VAT out of a tax-inclusive price, half a cent rounded away from zero.

    The VAT is rounded and the net is the rest, so that no cent is lost between them.
    """
    if vat_percent < 0:
        raise ValueError(f"VAT of {vat_percent} %")
    vat = (Decimal(total_cents) * vat_percent / (100 + vat_percent)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return VatSplit(total_cents - int(vat), int(vat))


def vat_part(vat_cents: int, cents: int, total_cents: int) -> int:
    """The VAT in a part of a price with so much VAT in it, half a cent rounded away from zero; 0 of nothing."""
    if not total_cents:
        return 0
    return int((Decimal(vat_cents) * cents / total_cents).quantize(Decimal(1), rounding=ROUND_HALF_UP))
