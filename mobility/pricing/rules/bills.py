from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from mobility.base.money import Money
from mobility.city.rules.words import Names


class LineLabel(StrEnum):
    """What a bill line is for; put into the reader's language at the edge."""

    START = "start"
    PACKAGE = "package"
    TIME = "time"
    RIDING = "riding"
    PAUSE = "pause"
    HOUR_CAP = "hour_cap"
    DAY_CAP = "day_cap"
    WEEK_CAP = "week_cap"
    DISTANCE = "distance"
    BOOKING_AHEAD = "booking_ahead"
    END_FEE = "end_fee"
    MINIMUM = "minimum"
    PASS = "pass"  # noqa: S105  # a season ticket, no password
    REDUCED_FARE = "reduced_fare"
    PROMOTION = "promotion"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` units at `rate_cents` each; the unit is "ride", "min", "km" or a number of such as "15 min".

    `name` is what the plan calls it, by language. `percent` says what of the plan's rate `rate_cents` is: a factor was
    in force.
    """

    label: LineLabel
    quantity: int
    unit: str
    rate_cents: int
    name: Names | None = None
    percent: int = 100

    @property
    def cents(self) -> int:
        return self.quantity * self.rate_cents


@dataclass(frozen=True, slots=True)
class Bill:
    """Lines that sum to the total, tax included; what takes something off is negative."""

    lines: tuple[Line, ...]
    total: Money


def bill_of(lines: Iterable[Line], currency: str) -> Bill:
    kept = tuple(line for line in lines if line.cents)
    return Bill(kept, Money(sum(line.cents for line in kept), currency))


def gathered(lines: Iterable[Line]) -> list[Line]:
    """Lines for the same at the same rate become one, in the order in which they came up."""
    found: dict[tuple[LineLabel, str, int, int], Line] = {}
    for line in lines:
        same = line.label, line.unit, line.rate_cents, line.percent
        found[same] = replace(line, quantity=line.quantity + (found[same].quantity if same in found else 0))
    return list(found.values())
