"""Bookings as their riders and the desk see them, and as they are locked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, UnaryExpression, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.booking.rules.bookings import BookingOver, BookingState, UnknownBooking
from mobility.booking.service.bookings import LIVE
from mobility.booking.tables import Booking
from mobility.city.rules.city_file import BookableAhead
from mobility.city.tables import City, Station
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat
from mobility.riders.tables import Account


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking, the vehicle meant at the moment, and the stations it begins and ends at."""

    booking: Booking
    vehicle: Vehicle
    stands_at: LonLat
    start: Station | None
    end: Station | None
    currency: str

    @property
    def position(self) -> LonLat:
        """Where it begins: at its station, or where a free-floating vehicle stands."""
        return self.stands_at if self.start is None else LonLat(self.start.lon, self.start.lat)

    @property
    def terms(self) -> BookableAhead:
        return terms_of(self.booking)


def terms_of(booking: Booking) -> BookableAhead:
    return msgspec.convert(booking.terms, BookableAhead)


async def get_own(session: AsyncSession, booking_id: UUID, account_id: UUID) -> Booked:
    """An account's own booking; raises `UnknownBooking`, for anybody else's too."""
    return await _one(session, Booking.id == booking_id, Booking.account_id == account_id)


async def get_booked(session: AsyncSession, booking_id: UUID) -> Booked:
    """Raises `UnknownBooking`."""
    return await _one(session, Booking.id == booking_id)


async def list_own(
    session: AsyncSession, account_id: UUID, *, only_live: bool, limit: int, after: UUID | None
) -> list[Booked]:
    """An account's bookings, the one made last first, those made before the booking `after`."""
    live = [LIVE] if only_live else []
    older = [] if after is None else [Booking.id < after]
    return await _list(session, Booking.account_id == account_id, *live, *older, order=Booking.id.desc(), limit=limit)


async def list_of_city(
    session: AsyncSession,
    city_id: str,
    *,
    since: datetime,
    until: datetime,
    vehicle_id: UUID | None,
    limit: int,
    after: UUID | None,
) -> list[Booked]:
    """A city's bookings that lie in a time, in the order they were made, from the first one made after `after`."""
    within = Booking.starts_at < until, Booking.blocked_until > since
    of_vehicle = [] if vehicle_id is None else [Booking.vehicle_id == vehicle_id]
    newer = [] if after is None else [Booking.id > after]
    which = Booking.city_id == city_id, *within, *of_vehicle, *newer
    return await _list(session, *which, order=Booking.id.asc(), limit=limit)


async def lock_rider(session: AsyncSession, account_id: UUID) -> None:
    """Of one rider's bookings one is made or changed at a time. Taken first, before any booking."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


async def lock_live(session: AsyncSession, booking_id: UUID, *which: ColumnElement[bool]) -> Booking:
    """A booking that is not over, kept from other changes; raises `UnknownBooking`, `BookingOver`."""
    booking = await session.scalar(_locked(select(Booking).where(Booking.id == booking_id, *which)))
    if booking is None:
        raise UnknownBooking
    if booking.closed_at is not None:
        raise BookingOver(state=booking.state)
    return booking


async def lock_of_rental(session: AsyncSession, rental_id: UUID) -> Booking | None:
    """The booking that a ride was started from, if it was; taken before the rental."""
    return await session.scalar(_locked(select(Booking).where(Booking.rental_id == rental_id)))


def fail(booking: Booking | None, now: datetime) -> None:
    """The vehicle did not unlock: the rider may try again, take another one or cancel free of charge."""
    if booking is not None and booking.state == BookingState.STARTED:
        booking.state, booking.rental_id, booking.at_risk_at = BookingState.CONFIRMED, None, now


async def lock_if(session: AsyncSession, booking_id: UUID, *which: ColumnElement[bool]) -> Booking | None:
    """A live booking, if it still is as asked; None too while somebody else is changing it."""
    wanted = select(Booking).where(Booking.id == booking_id, LIVE, *which)
    return await session.scalar(_locked(wanted, skip_locked=True))


def _locked(rows: Select[Booking], *, skip_locked: bool = False) -> Select[Booking]:
    return rows.with_for_update(key_share=True, skip_locked=skip_locked).execution_options(populate_existing=True)


async def _one(session: AsyncSession, *which: ColumnElement[bool]) -> Booked:
    found = await _list(session, *which, order=Booking.id.asc(), limit=1)
    if not found:
        raise UnknownBooking
    return found[0]


async def _list(
    session: AsyncSession, *which: ColumnElement[bool], order: UnaryExpression[UUID], limit: int
) -> list[Booked]:
    start, end = aliased(Station), aliased(Station)
    rows = await session.execute(
        select(Booking, Vehicle, VehicleStatus.lon, VehicleStatus.lat, start, end, City.currency)
        .join(Vehicle, Vehicle.id == Booking.vehicle_id)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .join(City, City.id == Booking.city_id)
        .outerjoin(start, start.id == Booking.start_station_id)
        .outerjoin(end, end.id == Booking.end_station_id)
        .where(*which)
        .order_by(order)
        .limit(limit)
    )
    return [Booked(row[0], row[1], LonLat(row[2], row[3]), row[4], row[5], row[6]) for row in rows]
