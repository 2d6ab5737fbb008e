from collections.abc import Sequence
from dataclasses import dataclass

CHARGE_DISPUTED = "charge_disputed"
"""A gateway sends nothing back to a card whose holder's bank is deciding about the payment, or has decided."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where money of a payment came from, and how much of it can still go back; no reference: the rider's credit."""

    reference: str | None
    left_cents: int


def ways_back(cents: int, sources: Sequence[Source]) -> list[Source]:
    """Share `cents` over the sources in their order, each up to what it has left: what each one gets back.

    Raises
    ------
    ValueError
        They have less left than that.
    """
    ways = []
    for source in sources:
        part = min(cents, source.left_cents)
        if part > 0:
            ways.append(Source(source.reference, part))
            cents -= part
    if cents:
        raise ValueError(f"{cents} cents more than what is left")
    return ways
