"""When a vehicle was in a rental, told from its events: then its coordinates are nobody's business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

RENTED = frozenset({"on_trip", "stopped"})
UNDECIDED = frozenset({"non_contactable", "missing", "elsewhere"})  # out of sight, a rental goes on

# No states of the vehicle, but steps all the same: its rider has it unlocked, of which we hear later; or it stays shut.
UNLOCKING, NOT_UNLOCKED = "unlocking", "not_unlocked"

# A vehicle's clock may be this far from ours, so that a position of the ride may carry a time beside it.
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`, which is None while the rental lasts."""

    start: datetime
    end: datetime | None
    rental_id: UUID | None = None

    def contains(self, at: datetime) -> bool:
        """Whether `at` lies in the span, by a clock that is right."""
        return self.start <= at and (self.end is None or at < self.end)

    def holds(self, at: datetime) -> bool:
        """Whether `at`, by a clock within the tolerance of ours, may lie in the span."""
        return self.start - CLOCK_TOLERANCE <= at and (self.end is None or at <= self.end + CLOCK_TOLERANCE)


def rental_spans(steps: Iterable[tuple[str, datetime, UUID | None]]) -> list[Span]:
    """The rentals in a vehicle's log.

    Parameters
    ----------
    steps
        The state entered, the instant and the rental it was for, oldest first; the first state tells whether a rental
        was running.
    """
    spans: list[Span] = []
    open_: Span | None = None
    riding = False
    for state, at, rental_id in steps:
        if state in RENTED or state == UNLOCKING:
            open_ = open_ or Span(at, None, rental_id)
            riding = riding or state in RENTED
        # One who rides and only wants to go on after a pause rides all the same.
        elif open_ is not None and state not in UNDECIDED and not (riding and state == NOT_UNLOCKED):
            spans.append(replace(open_, end=at))
            open_, riding = None, False
    return [*spans, open_] if open_ is not None else spans


def in_rental(spans: Sequence[Span], at: datetime) -> bool:
    return any(span.holds(at) for span in spans)
