"""Hours of days of the week, as a city's clocks show them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from mobility.city.rules.words import Day

WEEKDAYS: tuple[Day, ...] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class OfDays(Protocol):
    @property
    def days(self) -> tuple[Day, ...]: ...


class OfHours(Protocol):
    @property
    def begins(self) -> str: ...

    @property
    def ends(self) -> str: ...


Line = TypeVar("Line", bound=OfDays)
MINUTE = timedelta(minutes=1)


def minute_of_day(time_of_day: str) -> int:
    """Minutes since midnight of "HH:MM"; "24:00" is 1440."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)


def is_within(begins: str, ends: str, local: datetime) -> bool:
    """Whether the clock shows a time from `begins` up to, and without, `ends`."""
    return minute_of_day(begins) <= local.hour * 60 + local.minute < minute_of_day(ends)


def lines_of(lines: Sequence[Line], day: date, holidays: Collection[date]) -> Sequence[Line]:
    """The lines of that day; on a public holiday those of `PH`, if there are any."""
    of_holidays = [line for line in lines if "PH" in line.days]
    if day in holidays and of_holidays:
        return of_holidays
    return [line for line in lines if WEEKDAYS[day.weekday()] in line.days]


def moments_of(lines: Iterable[OfHours], day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Every instant of a day at which one of its lines may begin or end; between two of them none does."""
    midnight, next_midnight = (_instant(day, minute, zone, fold=0) for minute in (0, 24 * 60))
    yield midnight
    if midnight.astimezone(zone).utcoffset() != next_midnight.astimezone(zone).utcoffset():
        yield _clock_change(midnight, next_midnight, zone)
    for line in lines:
        for told in (line.begins, line.ends):
            # The hour that comes twice has two of each.
            yield from (_instant(day, minute_of_day(told), zone, fold=fold) for fold in (0, 1))


def _instant(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the clocks change, to the minute."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after
