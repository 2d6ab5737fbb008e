from typing import Annotated, Self

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.pricing.rules.bills import Bill, Line
from mobility.pricing.rules.labels import label_of, unit_of

Total = Annotated[Money, Meta(description="Tax included, in cents")]


class BillLine(Struct, kw_only=True):
    label: Annotated[str, Meta(description="In the language of Accept-Language", examples=["Conduite"])]
    quantity: Annotated[int, Meta(description="How many units", examples=[12])]
    unit: Annotated[str, Meta(description="What is counted", examples=["min", "15 min", "trajet"])]
    unit_price: Annotated[Money, Meta(description="Tax included, in cents")]
    amount: Annotated[Money, Meta(description="Quantity times unit price; negative where a cap takes something off")]

    @classmethod
    def of(cls, line: Line, currency: str, language: str) -> Self:
        return cls(
            label=label_of(line, language),
            quantity=line.quantity,
            unit=unit_of(line, language),
            unit_price=Money(line.rate_cents, currency),
            amount=Money(line.cents, currency),
        )


def bill_lines(due: Bill, language: str) -> list[BillLine]:
    return [BillLine.of(line, due.total.currency, language) for line in due.lines]


class Price(Struct, kw_only=True):
    lines: Annotated[list[BillLine], Meta(description="They sum to the total")]
    total: Total

    @classmethod
    def of(cls, due: Bill, language: str) -> Self:
        return cls(lines=bill_lines(due, language), total=due.total)
