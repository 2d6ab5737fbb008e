"""What the draft of a city's zones and stations would touch if it were published; nothing of it is kept."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules import ground_effect as rules
from mobility.booking.service.bookings import LIVE
from mobility.booking.tables import Booking
from mobility.city import queries as city_queries
from mobility.city.rules.ground import Ground, faults_of, with_ground
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.refusals import GroundRefused
from mobility.city.service import get_city, ground
from mobility.city.tables import Station
from mobility.fleet.queries import list_fleet
from mobility.fleet.rules.live_map import FleetVehicle

# The rules of an ordinary moment of the day: night bans begin at midnight.
NOON = timedelta(hours=12)
BOOKINGS_MAX = 100


@dataclass(frozen=True, slots=True)
class TouchedBooking:
    booking: Booking
    station: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What would be otherwise, at noon of the first day or now."""

    at: datetime
    vehicles: Sequence[rules.TouchedVehicle]
    stations: Sequence[rules.TouchedStation]
    bookings: Sequence[TouchedBooking]
    rooms: Sequence[rules.Room]


async def effect(session: AsyncSession, clock: Clock, city_id: str, effective_from: date | None) -> Effect:
    """The draft beside what is in force.

    Raises
    ------
    UnknownCity, UnknownGroundDraft, GroundRefused, GroundStartsTooEarly
    """
    city = await get_city(session, city_id)
    after = city_queries.ground_in(await city_queries.get_draft(session, city_id))
    if faults := await asyncio.to_thread(faults_of, city.file, after):
        raise GroundRefused(faults)
    before = city_queries.ground_in(await city_queries.get_edition_in_force(session, city_id))
    begins_at = ground.start_of(city, effective_from, clock.now())
    at = begins_at if effective_from is None else begins_at + NOON
    vehicles = await list_fleet(session, city_id)
    stations = await _stations(session, city_id)
    parked = Counter(stations[each.station_id] for each in vehicles if each.station_id is not None)
    bookings = await _bookings(session, city_id, at, rules.lost_classes(before, after), stations)
    touched, rooms = await asyncio.to_thread(_on_the_ground, city, before, after, at, vehicles)
    return Effect(
        at=at,
        vehicles=touched,
        stations=rules.touched_stations(before, after, parked),
        bookings=bookings,
        rooms=rooms,
    )


def _on_the_ground(
    city: PreparedCity, before: Ground, after: Ground, at: datetime, vehicles: Sequence[FleetVehicle]
) -> tuple[list[rules.TouchedVehicle], list[rules.Room]]:
    drafted = PreparedCity(with_ground(city.file, after), "")
    touched = rules.touched_vehicles(vehicles, city.vehicle_types, city.zones_at(at), drafted.zones_at(at))
    return touched, rules.rooms(list(city.vehicle_types.values()), before, after)


async def _stations(session: AsyncSession, city_id: str) -> dict[UUID, str]:
    rows = await session.execute(select(Station.id, Station.code).where(Station.city_id == city_id))
    return dict(rows.all())


async def _bookings(
    session: AsyncSession,
    city_id: str,
    at: datetime,
    lost: Mapping[str, frozenset[str]],
    stations: Mapping[UUID, str],
) -> list[TouchedBooking]:
    """Bookings that are not over by then and begin or end where their class is no longer accepted."""
    here: list[ColumnElement[bool]] = [
        and_(column == station_id, Booking.type_code.in_(lost[code]))
        for station_id, code in stations.items()
        if code in lost
        for column in (Booking.start_station_id, Booking.end_station_id)
    ]
    if not here:
        return []
    live = select(Booking).where(Booking.city_id == city_id, LIVE, Booking.ends_at > at, or_(*here))
    found = await session.scalars(live.order_by(Booking.starts_at).limit(BOOKINGS_MAX))
    return [TouchedBooking(each, _where(each, lost, stations)) for each in found]


def _where(booking: Booking, lost: Mapping[str, frozenset[str]], stations: Mapping[UUID, str]) -> str:
    named = [stations[each] for each in (booking.start_station_id, booking.end_station_id) if each is not None]
    return next(code for code in named if booking.type_code in lost.get(code, ()))
