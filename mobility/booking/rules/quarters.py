"""Quarter-hours of a city's clocks: what bookings begin and end on, also in the nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mobility.base.errors import Invalid

QUARTER = timedelta(minutes=15)


class NotOnTheQuarter(Invalid):
    code = "not_on_the_quarter"
    fr = "On réserve de quart d'heure en quart d'heure : 17 h 00, 17 h 15, 17 h 30, 17 h 45."
    en = "Bookings go from quarter-hour to quarter-hour: 17:00, 17:15, 17:30, 17:45."


class TimeMissing(Invalid):
    code = "time_missing"
    fr = "Cette heure n'existe pas ce jour-là : les horloges avancent."
    en = "There is no such time on that day: the clocks go forward."


class TimeRepeated(Invalid):
    code = "time_repeated"
    fr = "Cette heure vient deux fois ce jour-là : dites laquelle, par son décalage à UTC."
    en = "This time comes twice on that day: say which one, by its offset from UTC."


def instant_of(told: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, that somebody told; without an offset, by the clocks of `zone`.

    Raises
    ------
    TimeMissing, TimeRepeated
    """
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    first, second = (told.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    instant = first.astimezone(UTC)
    if first.utcoffset() != second.utcoffset():
        raise TimeRepeated if instant.astimezone(zone).replace(tzinfo=None) == told else TimeMissing
    return instant


def on_the_quarter(told: datetime, zone: ZoneInfo) -> datetime:
    """Like `instant_of`; raises `NotOnTheQuarter` where the clocks show no full quarter-hour."""
    instant = instant_of(told, zone)
    local = instant.astimezone(zone)
    if local.minute % 15 or local.second or local.microsecond:
        raise NotOnTheQuarter
    return instant


def quarters_of(day: date, zone: ZoneInfo) -> list[datetime]:
    """The instants, in UTC, at which the quarter-hours of a day begin: 92 or 100 of them when the clocks change."""
    begins, ends = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return [begins + number * QUARTER for number in range((ends - begins) // QUARTER)]


def quarter_after(instant: datetime) -> datetime:
    """The first full quarter-hour that is not before `instant`; offsets from UTC are whole quarters everywhere."""
    begun = datetime.min.replace(tzinfo=UTC)
    return begun + -((begun - instant) // QUARTER) * QUARTER
