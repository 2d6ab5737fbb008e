"""Which days of reports are open, and what their partitions are called."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mobility.base.errors import Invalid

# Enough for a week without a worker.
DAYS_AHEAD = 7
# What comes late is of yesterday at most (`sifting.AGE_MAX`).
DAYS_BACK = 1

# Nothing is kept for as long; what is asked for beyond is a slip of the keyboard.
REACH = timedelta(days=3_660)


class DayOutOfReach(Invalid):
    code = "day_out_of_reach"
    fr = "Le jour demandé ({day}) est à plus de dix ans d'aujourd'hui."
    en = "The day asked for ({day}) is more than ten years away."


def days_needed(today: date) -> list[date]:
    return [today + timedelta(days=away) for away in range(-DAYS_BACK, DAYS_AHEAD + 1)]


def days_outlived(days: Iterable[date], today: date, *, kept_days: int) -> list[date]:
    """Days of which the youngest report is older than `kept_days`."""
    return [day for day in days if day < today - timedelta(days=kept_days)]


def days_closed(days: Iterable[date], today: date) -> list[date]:
    """Days for which no report is believed any more, the newest first."""
    return sorted((day for day in days if day < today - timedelta(days=DAYS_BACK)), reverse=True)


def partition_of(day: date) -> str:
    return f"day_{day:%Y%m%d}"


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The first instant of the day and of the next, UTC."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def bounds_in(zone: ZoneInfo, day: date, *, now: datetime) -> tuple[datetime, datetime]:
    """The first instant of a local day and of the next.

    Raises
    ------
    DayOutOfReach
    """
    if abs(day - now.date()) > REACH:
        raise DayOutOfReach(day=day.isoformat())
    start, end = (datetime.combine(local, time(), zone) for local in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)
