from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in integer minor units (cents) of one ISO 4217 currency."""

    cents: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.cents + self._same(other).cents, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.cents - self._same(other).cents, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.cents, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other


def cents_from_decimal(amount: Decimal) -> int:
    """Cents of an amount in major units, half a cent rounded away from zero."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_words(amount: Money, locale: str) -> str:
    """As people write it: "1 234,50 €" in French, "€1,234.50" in English; other currencies by their code."""
    sign = "€" if amount.currency == "EUR" else amount.currency
    number = f"{abs(amount.cents) // 100:,}.{abs(amount.cents) % 100:02}"
    minus = "\N{MINUS SIGN}" if amount.cents < 0 else ""
    if locale == "en":
        return f"{minus}{sign}{number}" if sign == "€" else f"{minus}{sign}\N{NO-BREAK SPACE}{number}"
    french = number.translate({ord(","): "\N{NARROW NO-BREAK SPACE}", ord("."): ","})
    return f"{minus}{french}\N{NO-BREAK SPACE}{sign}"
