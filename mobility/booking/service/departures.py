"""From a booking to its ride and back: the vehicle is unlocked by the way of every ride, on the booking's tariff."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking import queries
from mobility.booking.rules.bookings import (
    BookingOver,
    BookingStarted,
    BookingState,
    TooEarlyToStart,
    VehicleNotBack,
    VehicleStillPromised,
    late_fee_cents,
    starts_from,
)
from mobility.booking.rules.holds import HoldState, free_until
from mobility.booking.rules.refusals import AlreadyHolding, AlreadyRiding
from mobility.booking.service import unlocking
from mobility.booking.service.booked import lock_live, terms_of
from mobility.booking.service.booking_money import charge_fee
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.holds import release_stale
from mobility.booking.tables import Booking, Hold, Rental
from mobility.city.rules.city_file import Holding
from mobility.city.service import get_city
from mobility.fleet import service as fleet
from mobility.fleet.rules.refusals import VehicleTaken
from mobility.fleet.tables import Vehicle


async def depart(session: AsyncSession, clock: Clock, *, account_id: UUID, booking_id: UUID) -> Rental:
    """Tell the booked vehicle to unlock; the ride begins when it says that it has.

    Raises
    ------
    UnknownBooking, BookingOver, BookingStarted, TooEarlyToStart, AlreadyHolding, AlreadyRiding, VehicleNotBack,
    VehicleStillPromised, VehicleUnavailable, ChargeTooLow, NotEligible
    """
    booked = select(Booking.vehicle_id).where(Booking.id == booking_id).scalar_subquery()
    await release_stale(session, clock, or_(Hold.account_id == account_id, Hold.vehicle_id == booked))
    booking = await lock_live(session, booking_id, Booking.account_id == account_id)
    _refuse_now(booking, clock.now())
    await _refuse_busy(session, clock, account_id)
    vehicle = await session.get_one(Vehicle, booking.vehicle_id)
    try:
        vehicle = await fleet.reserve(session, clock, vehicle.public_id, account_id)
    except VehicleTaken:
        raise VehicleNotBack from None
    await _refuse_still_promised(session, booking, clock.now())
    kept = await _keep(session, clock, booking, vehicle)
    rental = await unlocking.start(session, clock, account_id=account_id, hold_id=kept.id)
    booking.state, booking.rental_id = BookingState.STARTED, rental.id
    await session.flush()
    return rental


async def arrive(session: AsyncSession, clock: Clock, booking: Booking, ended_at: datetime) -> None:
    """The booking's ride has ended: its vehicle is free from now on, and coming back late costs the agreed fee.

    The caller keeps the booking locked.
    """
    booking.state, booking.closed_at = BookingState.COMPLETED, clock.now()
    booking.fee_cents = late_fee_cents(terms_of(booking), ends_at=booking.ends_at, ended_at=ended_at)
    await session.flush()
    if booking.fee_cents:
        await charge_fee(session, clock, booking, authorised=False)


def _refuse_now(booking: Booking, now: datetime) -> None:
    if booking.state == BookingState.STARTED:
        raise BookingStarted
    terms = terms_of(booking)
    opens = starts_from(terms, booking.starts_at)
    if now < opens:
        raise TooEarlyToStart(start_early_minutes=terms.start_early_minutes, starts_from=opens)
    if now >= booking.ends_at:
        raise BookingOver(state=BookingState.NO_SHOW)


async def _refuse_busy(session: AsyncSession, clock: Clock, account_id: UUID) -> None:
    is_holding, is_riding = await queries.busy_with(session, account_id, clock.now())
    if is_holding:
        raise AlreadyHolding
    if is_riding:
        raise AlreadyRiding


async def _refuse_still_promised(session: AsyncSession, booking: Booking, now: datetime) -> None:
    """Who may start early starts no earlier than the booking before is over, or its rider has not come."""
    before = Booking.starts_at < booking.starts_at, Booking.ends_at > now
    theirs = Booking.vehicle_id == booking.vehicle_id, Booking.account_id != booking.account_id
    until = await session.scalar(select(func.max(Booking.ends_at)).where(LIVE, *theirs, *before))
    if until is not None:
        city = await get_city(session, booking.city_id)
        raise VehicleStillPromised(until=until, until_local=f"{city.local(until):%H:%M}")


async def _keep(session: AsyncSession, clock: Clock, booking: Booking, vehicle: Vehicle) -> Hold:
    now = clock.now()
    # Who comes late has the vehicle until the booking ends: the next one may begin soon after.
    until = min(free_until(now, Holding()), booking.ends_at)
    row = insert(Hold).values(
        id=new_id(),
        account_id=booking.account_id,
        vehicle_id=vehicle.id,
        city_id=booking.city_id,
        tariff_id=booking.tariff_id,
        vehicle_public_id=vehicle.public_id,
        state=HoldState.ACTIVE,
        created_at=now,
        free_until=until,
        expires_at=until,
    )
    made: Hold | None = None
    with suppress(IntegrityError):
        async with session.begin_nested():
            made = await session.scalar(row.on_conflict_do_nothing().returning(Hold))
    if made is None:
        # The rider took another vehicle in this very moment, or the last hold of this one is about to be withdrawn.
        await _refuse_busy(session, clock, booking.account_id)
        raise VehicleNotBack
    return made
