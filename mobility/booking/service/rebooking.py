"""Bookings made longer, shorter, cancelled, or given another vehicle."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.rules import booking_letters as letters
from mobility.booking.rules.availability import Promise, latest_end
from mobility.booking.rules.bookable import BookableClass, Idle
from mobility.booking.rules.bookings import (
    Because,
    BookingStarted,
    BookingState,
    ChargeForecastTooLow,
    NoSubstitute,
    SlotTaken,
    cancel_fee_cents,
    refuse_length,
)
from mobility.booking.service import calendars
from mobility.booking.service.availability import Choice, refuse_full
from mobility.booking.service.booked import lock_live, lock_rider, terms_of
from mobility.booking.service.booking_letters import tell, told
from mobility.booking.service.booking_money import charge_fee, quote_by
from mobility.booking.service.reserving import refuse_busy, win_of_class
from mobility.booking.service.towns import Town, get_town
from mobility.booking.tables import Booking
from mobility.fleet.tables import Vehicle


async def change_end(
    session: AsyncSession, clock: Clock, *, account_id: UUID, booking_id: UUID, ends_at: datetime
) -> Booking:
    """Make a booking longer or shorter, also on the way; its price is quoted anew.

    Raises
    ------
    UnknownBooking, BookingOver, TimeTooFar, TimeMissing, TimeRepeated, NotOnTheQuarter, BookingWithoutLength,
    BookingTooLong, AlreadyBooked, SlotTaken, ChargeForecastTooLow, DestinationFull
    """
    await lock_rider(session, account_id)
    booking = await lock_live(session, booking_id, Booking.account_id == account_id)
    town, now = await get_town(session, booking.city_id), clock.now()
    ends_at = town.quarter(ends_at, now)
    if ends_at == booking.ends_at:
        return booking
    refuse_length(terms_of(booking), starts_at=booking.starts_at, ends_at=ends_at, now=now)
    if ends_at > booking.ends_at:
        await refuse_busy(session, account_id, booking.starts_at, ends_at, besides=booking.id)
        await _refuse_longer(session, town, booking, ends_at, now)
    buffer = booking.blocked_until - booking.ends_at
    booking.ends_at, booking.blocked_until = ends_at, ends_at + buffer
    await _quote_again(session, town, booking)
    message = letters.changed(await told(session, clock, booking))
    await tell(session, clock, booking, message, what=f"ends:{now.isoformat()}")
    return booking


async def cancel(session: AsyncSession, clock: Clock, *, account_id: UUID, booking_id: UUID) -> Booking:
    """Give a booking back: free in time, for the fee afterwards; free also when its vehicle may not come.

    Raises
    ------
    UnknownBooking, BookingOver, BookingStarted
    """
    booking = await _lock_unstarted(session, booking_id, Booking.account_id == account_id)
    fee = cancel_fee_cents(terms_of(booking), starts_at=booking.starts_at, now=clock.now())
    fee_cents = 0 if booking.at_risk_at is not None else fee
    return await close(session, clock, booking, BookingState.CANCELLED, because=Because.RIDER, fee_cents=fee_cents)


async def withdraw(session: AsyncSession, clock: Clock, *, booking_id: UUID, because: Because) -> Booking:
    """Cancel a booking for the service, free of charge; raises `UnknownBooking`, `BookingOver`, `BookingStarted`."""
    booking = await _lock_unstarted(session, booking_id)
    return await close(session, clock, booking, BookingState.CANCELLED, because=because)


async def substitute(session: AsyncSession, clock: Clock, *, account_id: UUID, booking_id: UUID) -> Booking:
    """Another vehicle of the class at the same station, at the same price, for a rider whose own may not come.

    Raises
    ------
    UnknownBooking, BookingOver, BookingStarted, NoSubstitute
    """
    booking = await _lock_unstarted(session, booking_id, Booking.account_id == account_id)
    if booking.at_risk_at is None or not await replace(session, clock, booking):
        raise NoSubstitute
    return booking


async def replace(session: AsyncSession, clock: Clock, booking: Booking) -> bool:
    """Give a booking another free vehicle of its class at its station, and tell the rider; False when there is none.

    The caller keeps the booking locked.
    """
    choice = await find_substitute(session, clock, booking)
    if choice is None:
        return False
    booking.vehicle_id, booking.at_risk_at = choice.planned.vehicle_id, None
    await session.flush()
    message = letters.vehicle_changed(await told(session, clock, booking))
    await tell(session, clock, booking, message, what=f"vehicle:{booking.vehicle_id}")
    return True


async def find_substitute(session: AsyncSession, clock: Clock, booking: Booking) -> Choice | None:
    """A vehicle that could take the place of the booking's own, kept from others until the transaction ends."""
    town = await get_town(session, booking.city_id)
    of = await _class_of(session, town, booking)
    if not of.is_docked:
        return None
    return await win_of_class(session, town, of, calendars.promise_of(booking), now=clock.now())


async def close(
    session: AsyncSession,
    clock: Clock,
    booking: Booking,
    state: BookingState,
    *,
    because: Because | None = None,
    fee_cents: int = 0,
) -> Booking:
    """End a booking that nobody rode, and tell its rider."""
    await release(session, clock, booking, state, because=because, fee_cents=fee_cents)
    about, fee = await told(session, clock, booking), await _fee(session, booking)
    message = {
        BookingState.CANCELLED: lambda: letters.cancelled(about, because or Because.RIDER, fee),
        BookingState.NO_SHOW: lambda: letters.missed(about, fee),
        BookingState.UNSERVED: lambda: letters.unserved(about),
    }[state]()
    await tell(session, clock, booking, message, what="closed")
    return booking


async def release(
    session: AsyncSession,
    clock: Clock,
    booking: Booking,
    state: BookingState,
    *,
    because: Because | None = None,
    fee_cents: int = 0,
) -> None:
    """Untold: the vehicle is free, the fee is charged, the rest of the money let go."""
    booking.state, booking.closed_at, booking.closed_because = state, clock.now(), because
    booking.fee_cents = fee_cents
    await session.flush()
    await charge_fee(session, clock, booking, authorised=True)


async def _lock_unstarted(session: AsyncSession, booking_id: UUID, *which: ColumnElement[bool]) -> Booking:
    booking = await lock_live(session, booking_id, *which)
    if booking.state == BookingState.STARTED:
        raise BookingStarted
    return booking


async def _class_of(session: AsyncSession, town: Town, booking: Booking) -> BookableClass:
    """The booking's class by the terms it was booked on, also when the city file has others by now, or none."""
    return town.on_terms(await queries.get_type(session, booking.vehicle_id), terms_of(booking))


async def _refuse_longer(session: AsyncSession, town: Town, booking: Booking, ends_at: datetime, now: datetime) -> None:
    is_one_way = booking.end_station_id is not None and booking.end_station_id != booking.start_station_id
    if booking.end_station_id is not None and is_one_way:
        await queries.lock_stations(session, [booking.end_station_id])
    await calendars.lock_vehicles(session, [booking.vehicle_id])
    of = await _class_of(session, town, booking)
    longer = of.promise(booking.starts_at, ends_at, booking.start_station_id, booking.end_station_id)
    others = await calendars.list_promises(session, [booking.vehicle_id], since=now, without=booking.id)
    promises = others.get(booking.vehicle_id, ())
    if any(promise.collides(longer) for promise in promises):
        raise SlotTaken(latest_end=latest_end(promises, longer))
    await _refuse_flat(session, of, booking, promises, longer, now)
    if booking.end_station_id is not None and is_one_way:
        await refuse_full(session, town, booking.end_station_id, ends_at, now, without=booking.vehicle_id)


async def _refuse_flat(
    session: AsyncSession,
    of: BookableClass,
    booking: Booking,
    promises: tuple[Promise, ...],
    longer: Promise,
    now: datetime,
) -> None:
    """Unless the battery is expected to last for the bookings after a longer one."""
    for vehicle in await calendars.list_planned(session, Vehicle.id == booking.vehicle_id, since=now):
        idle = Idle(charge_percent=vehicle.charge_percent, station_id=vehicle.station_id, promises=promises)
        if not of.lasts(idle, longer, now=now):
            raise ChargeForecastTooLow


async def _quote_again(session: AsyncSession, town: Town, booking: Booking) -> None:
    """Quote the changed time by the tariff that it was booked on; what the bank keeps ready stays the first quote."""
    due = await quote_by(
        session,
        town,
        booking.tariff_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        end_station_id=booking.end_station_id,
        account_id=booking.account_id,
    )
    booking.quoted_cents = due.total.cents
    await session.flush()


async def _fee(session: AsyncSession, booking: Booking) -> Money:
    return Money(booking.fee_cents, (await get_town(session, booking.city_id)).city.file.currency)
