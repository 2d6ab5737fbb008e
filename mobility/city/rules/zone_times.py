"""Since when and until when the same zones are in force, as instants: what feeds tell beside a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from mobility.city.rules.city_file import CityFile, Zone
from mobility.city.rules.geofences import in_force
from mobility.city.rules.hours import lines_of, moments_of

# Hours come again after a week; what only holds on public holidays may change later than is looked ahead.
LOOK = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Span:
    """From `since` up to, and without, `until`; None is farther away than anybody looked."""

    since: datetime | None = None
    until: datetime | None = None


def span(city: CityFile, zones: Sequence[Zone], instant: datetime) -> Span:
    """Around `instant`, the time in which the same of the `zones` are in force."""
    timed = [zone for zone in zones if zone.hours]
    if not timed:
        return Span()
    zone_info, holidays = ZoneInfo(city.time_zone), {holiday.date for holiday in city.public_holidays}

    def holding(at: datetime) -> tuple[int, ...]:
        return in_force(timed, at.astimezone(zone_info), holidays)

    now, moments = holding(instant), sorted(_moments(timed, instant, zone_info, holidays))
    until = next((at for at in moments if at > instant and holding(at) != now), None)
    past = [at for at in reversed(moments) if at <= instant]
    since = next((at for at, before in pairwise(past) if holding(before) != now), None)
    return Span(since, until)


def _moments(zones: Sequence[Zone], instant: datetime, zone_info: ZoneInfo, holidays: set[date]) -> set[datetime]:
    """Every instant near `instant` at which a zone may begin or end; between two of them none does."""
    first, last = ((instant + away).astimezone(zone_info).date() for away in (-LOOK, LOOK))
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return {
        at for day in days for zone in zones for at in moments_of(lines_of(zone.hours, day, holidays), day, zone_info)
    }
