"""Our books beside the gateway's own: what stands in one and not in the other, or otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mobility.base.money import Money


class Matter(StrEnum):
    """What a line of the gateway's books is about."""

    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    FEE = "fee"
    """A fee of its own, not of one movement."""
    OTHER = "other"


class Kind(StrEnum):
    """In what way the books differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_AMOUNT = "other_amount"
    OTHER_CURRENCY = "other_currency"
    UNKNOWN = "unknown"
    """A line of a kind that we do not know how to book."""


COMPARED = frozenset({Matter.CHARGE, Matter.REFUND, Matter.DISPUTE})
"""What both sides write down; the rest only the gateway does."""


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """A line of the gateway's books, `amount` before its fee; negative: money left our till.

    `reference` is the line's own name, `about` that of the movement, refund or dispute as our books name it.
    """

    reference: str
    matter: Matter
    about: str
    amount: Money
    fee_cents: int
    at: datetime


Name = tuple[Matter, str]
"""What both books call the same thing by."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    kind: Kind
    matter: Matter
    reference: str
    ours: Money | None
    theirs: Money | None


def differences(
    theirs: Iterable[BalanceLine], ours: Mapping[Name, Money], expected: Iterable[Name]
) -> list[Difference]:
    """Every difference between the books, by name.

    Parameters
    ----------
    theirs
        The gateway's lines.
    ours
        What our books say of each thing that `theirs` names, and of all that is `expected` there; never negative.
    expected
        What must be among `theirs` if it is among `ours`.
    """
    found, seen = [], set()
    for line in theirs:
        name = line.matter, line.about
        seen.add(name)
        if line.matter is Matter.OTHER:
            found.append(Difference(Kind.UNKNOWN, line.matter, line.reference, None, line.amount))
        elif line.matter in COMPARED and (kind := _compare(line, ours.get(name))):
            found.append(Difference(kind, line.matter, line.about, ours.get(name), line.amount))
    missing = [name for name in expected if name not in seen and name in ours]
    found += [Difference(Kind.MISSING_THERE, *name, ours[name], None) for name in missing]
    return found


def _compare(line: BalanceLine, ours: Money | None) -> Kind | None:
    if ours is None:
        return Kind.MISSING_HERE
    if ours.currency != line.amount.currency:
        return Kind.OTHER_CURRENCY
    return None if ours.cents == abs(line.amount.cents) else Kind.OTHER_AMOUNT
