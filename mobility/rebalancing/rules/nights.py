"""When a night is: its evening, its hours, its minutes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mobility.city.rules.hours import minute_of_day
from mobility.city.rules.night import Night

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A night's work, of its evening's date; half open."""

    day: date
    begins_at: datetime
    ends_at: datetime


def hours_of(night: Night, day: date, zone: ZoneInfo) -> Hours:
    """The night of that evening, by the city's clocks on both of its days."""
    begins_at = instant(day, night.begins, zone)
    ends_at = instant(day, night.ends, zone)
    return Hours(day, begins_at, ends_at if ends_at > begins_at else instant(day + DAY, night.ends, zone))


def next_night(night: Night, now: datetime, zone: ZoneInfo) -> Hours:
    """The night that goes on, or else the next."""
    today = now.astimezone(zone).date()
    running = hours_of(night, today - DAY, zone)
    return running if now < running.ends_at else hours_of(night, today, zone)


def is_due(night: Night, hours: Hours, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the night's first plan should be there: from the evening's hour until the work ends."""
    return instant(hours.day, night.plans_at, zone) <= now < hours.ends_at


def first_minute(hours: Hours, now: datetime) -> datetime:
    """Minute 0 of a plan asked for now: the night's beginning, or the quarter-hour that has begun."""
    if now <= hours.begins_at:
        return hours.begins_at
    return hours.begins_at + (now - hours.begins_at) // QUARTER * QUARTER


def instant(day: date, time_of_day: str, zone: ZoneInfo) -> datetime:
    """What the city's clocks show then; the first of two where an hour comes twice."""
    local = datetime.combine(day, time()) + MINUTE * minute_of_day(time_of_day)
    return local.replace(tzinfo=zone).astimezone(UTC)


def minutes_between(begins: datetime, ends: datetime) -> int:
    """Whole minutes, rounded down."""
    return (ends - begins) // MINUTE
