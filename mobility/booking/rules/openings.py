"""When vehicles stand free at a station: the bar of quarter-hours from which a booking is drawn."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.booking.rules.bookable import Idle
from mobility.booking.rules.quarters import QUARTER


@dataclass(frozen=True, slots=True)
class Opening:
    """A quarter-hour, and how many vehicles could be booked there and back for it alone."""

    starts_at: datetime
    free: int


def openings(
    idles: Iterable[Idle],
    station_id: UUID,
    quarters: Sequence[datetime],
    *,
    since: datetime,
    until: datetime,
    buffer: timedelta,
) -> list[Opening]:
    """How many of the vehicles are free at the station in each quarter-hour that begins from `since` up to `until`."""
    free = [0] * len(quarters)
    for idle in idles:
        for begins, ends in _stays(idle, station_id, since, buffer):
            first, last = bisect_left(quarters, begins), bisect_left(quarters, min(ends - QUARTER, until)) + 1
            for number in range(first, min(last, len(quarters))):
                free[number] += quarters[number] + QUARTER <= ends and quarters[number] <= until
    return [Opening(quarter, number) for quarter, number in zip(quarters, free, strict=True)]


def _stays(idle: Idle, station_id: UUID, since: datetime, buffer: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """From when until when a booking at the station may last, for each time that the vehicle stands there."""
    place, begins = idle.station_id, since
    for promise in idle.promises:
        if place == station_id:
            yield begins, promise.starts_at - buffer
        place, begins = promise.end_station_id, max(since, promise.blocked_until)
    if place == station_id:
        yield begins, datetime.max.replace(tzinfo=since.tzinfo)
