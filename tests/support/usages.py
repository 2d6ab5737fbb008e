"""Rides as pricing sees them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mobility.pricing.rules.usage import Usage

# A Monday, noon in UTC, when no clock of these zones changes.
MONDAY = datetime(2026, 6, 15, 12, tzinfo=UTC)


def ridden(
    riding: timedelta, paused: timedelta = timedelta(0), *, started_at: datetime = MONDAY, distance_m: int = 0
) -> Usage:
    """A ride on UTC's clocks whose only pause, if any, comes last."""
    resting = started_at + riding
    return Usage(
        started_at=started_at,
        ended_at=resting + paused,
        zone=ZoneInfo("UTC"),
        pauses=((resting, resting + paused),) if paused else (),
        distance_m=distance_m,
    )
