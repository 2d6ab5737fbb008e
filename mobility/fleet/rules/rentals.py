"""When a vehicle was in a rental, told from its events: then its coordinates are nobody's business."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

RENTED = frozenset({"on_trip", "stopped"})
UNDECIDED = frozenset({"non_contactable", "missing", "elsewhere"})  # out of sight, a rental goes on

# A vehicle's clock may be this far from ours, so that a position of the ride may carry a time beside it.
CLOCK_TOLERANCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`, which is None while the rental lasts."""

    start: datetime
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether `at`, by a clock within the tolerance of ours, may lie in the span."""
        return self.start - CLOCK_TOLERANCE <= at and (self.end is None or at <= self.end + CLOCK_TOLERANCE)


def rental_spans(steps: Iterable[tuple[str, datetime]]) -> list[Span]:
    """The rentals in a vehicle's log.

    Parameters
    ----------
    steps
        Pairs of the state entered and the instant, oldest first; the first state tells whether a rental was running.
    """
    spans: list[Span] = []
    start: datetime | None = None
    for state, at in steps:
        if state in RENTED:
            start = start or at
        elif start is not None and state not in UNDECIDED:
            spans.append(Span(start, at))
            start = None
    return [*spans, Span(start, None)] if start is not None else spans


def in_rental(spans: Sequence[Span], at: datetime) -> bool:
    return any(span.holds(at) for span in spans)
