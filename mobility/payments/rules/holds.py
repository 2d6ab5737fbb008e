"""How an amount is taken from money that a bank keeps ready, and what is too small to be taken at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WRITTEN_OFF_AFTER: Final = timedelta(days=180)
"""An amount too small to be collected alone waits so long for the rider's next payment."""


@dataclass(frozen=True, slots=True)
class Split:
    """What is captured from a hold, and what is collected beside it; cents."""

    held_cents: int
    rest_cents: int


def split_hold(total_cents: int, *, held_cents: int, minimum_cents: int) -> Split:
    """Take as much of `total_cents` from a hold as leaves a rest that can be collected: nothing, or the minimum."""
    rest = max(total_cents - held_cents, 0)
    if 0 < rest < minimum_cents:
        rest = min(minimum_cents, total_cents)
    return Split(total_cents - rest, rest)


def renew_at(now: datetime, *, expires_at: datetime | None, needed_until: datetime) -> datetime | None:
    """When a hold placed now is looked at again; None: it stays as long as we like.

    One that ends too early is placed anew in the last seventh of its life (a day, at Stripe): its rider may be asked.
    """
    if expires_at is None or expires_at >= needed_until:
        return expires_at
    return expires_at - (expires_at - now) / 7
