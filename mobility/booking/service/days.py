"""The bar of quarter-hours from which a booking is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.openings import Opening, openings
from mobility.booking.rules.quarters import QUARTER, quarters_of
from mobility.booking.service import calendars
from mobility.booking.service.towns import get_town
from mobility.city.rules.prepared import TimeTooFar


@dataclass(frozen=True, slots=True)
class Slot:
    """A quarter-hour at a station, and whether rides may start then."""

    opening: Opening
    is_open: bool


@dataclass(frozen=True, slots=True)
class Day:
    zone: ZoneInfo
    slots: Sequence[Slot]


async def day_of(
    session: AsyncSession, clock: Clock, city_id: str, *, day: date, station_id: UUID, type_code: str
) -> Day:
    """The quarter-hours of a day at a station, for round trips of one class.

    Raises
    ------
    UnknownCity, UnknownVehicleType, NotBookableAhead, UnknownStation, StationNotForClass, TimeTooFar
    """
    town, now = await get_town(session, city_id), clock.now()
    of = town.bookable(type_code)
    town.station(station_id, of)
    if abs(day.year - now.year) > 1:
        raise TimeTooFar
    quarters = quarters_of(day, town.zone)
    # A booking after that day shortens a stay of that day by the buffer, no more.
    until = quarters[-1] + QUARTER + of.buffer
    free = openings(
        await calendars.list_idle(session, station_id, of.code, since=now, begins=quarters[0], until=until),
        station_id,
        quarters,
        since=now + timedelta(minutes=of.terms.lead_minutes),
        until=now + timedelta(hours=of.terms.ahead_hours_max),
        buffer=of.buffer,
    )
    return Day(town.zone, [Slot(each, town.city.is_open_at(each.starts_at)) for each in free])
