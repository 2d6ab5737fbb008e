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
