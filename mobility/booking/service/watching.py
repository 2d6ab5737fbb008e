"""What comes of bookings by the time that passes: reminders, riders who do not come, vehicles that do not."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking import queries
from mobility.booking.rules import booking_letters as letters
from mobility.booking.rules.arrivals import ENDS_SOON, PAY_BEFORE, WARN_BEFORE, Seen, is_at_risk, must_be_back, pay_by
from mobility.booking.rules.bookings import (
    FORESEE,
    REMIND_BEFORE,
    Because,
    BookingState,
    cancel_fee_cents,
    kept_until,
)
from mobility.booking.service import calendars
from mobility.booking.service.booked import terms_of
from mobility.booking.service.booking_letters import place, tell, told
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.rebooking import close, find_substitute, replace
from mobility.booking.tables import Booking, Rental
from mobility.city.service import get_city
from mobility.db.columns import Instant
from mobility.fleet.tables import Vehicle
from mobility.payments.tables import Authorisation
from mobility.riders.service import notify

# One look leaves room for the worker's other jobs; the next one comes a few seconds later.
LOOK_MAX = 100
IN_USE = frozenset({"reserved", "on_trip", "stopped"})
CONFIRMED = Booking.state == BookingState.CONFIRMED
STARTED = Booking.state == BookingState.STARTED
BUFFER = Booking.blocked_until - Booking.ends_at


def to_remind(now: datetime) -> ColumnElement[bool]:
    """Bookings that begin within the hour, and rides whose booking ends in a few minutes."""
    begins = CONFIRMED & Booking.reminded_at.is_(None) & (Booking.starts_at <= now + REMIND_BEFORE)
    return begins | (STARTED & (Booking.ends_at > now) & (Booking.ends_at <= now + ENDS_SOON))


async def remind(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    about = await told(session, clock, booking)
    if booking.state == BookingState.STARTED:
        await tell(session, clock, booking, letters.ends_soon(about), what=f"ends:{booking.ends_at.isoformat()}")
        return
    booking.reminded_at = clock.now()
    # Who books for the next hour has just read the same.
    if booking.created_at < booking.starts_at - REMIND_BEFORE:
        await tell(session, clock, booking, letters.reminder(about), what="reminder")


def to_close(now: datetime) -> ColumnElement[bool]:
    """Bookings that have begun and that nobody has started."""
    return CONFIRMED & (Booking.starts_at <= now)


async def close_missed(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    """Release what was not started in time: the rider did not come, or the vehicle did not."""
    now, terms = clock.now(), terms_of(booking)
    if now < kept_until(terms, starts_at=booking.starts_at, ends_at=booking.ends_at):
        return
    vehicle = await session.get_one(Vehicle, booking.vehicle_id)
    if booking.at_risk_at is not None or vehicle.state != "available":
        await close(session, clock, booking, BookingState.UNSERVED)
        return
    fee_cents = cancel_fee_cents(terms, starts_at=booking.starts_at, now=now)
    await close(session, clock, booking, BookingState.NO_SHOW, fee_cents=fee_cents)


def to_guarantee(now: datetime) -> ColumnElement[bool]:
    """Bookings soon to begin that no card guarantees."""
    declined = exists().where(Authorisation.reference_id == Booking.id, Authorisation.state == "declined")
    return CONFIRMED & declined & (Booking.starts_at <= now + PAY_BEFORE)


async def close_unpaid(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    """Cancel, free of charge, what no card guarantees by its deadline."""
    if pay_by(starts_at=booking.starts_at, created_at=booking.created_at) <= clock.now():
        await close(session, clock, booking, BookingState.CANCELLED, because=Because.PAYMENT)


async def tell_declined(session: AsyncSession, clock: Clock, booking_id: UUID) -> None:
    """The bank does not guarantee a booking: tell its rider until when another card will do."""
    booking = await session.get(Booking, booking_id)
    if booking is None or booking.state != BookingState.CONFIRMED:
        return
    city = await get_city(session, booking.city_id)
    until = city.local(pay_by(starts_at=booking.starts_at, created_at=booking.created_at))
    await tell(session, clock, booking, letters.card_declined(await told(session, clock, booking), until), what="card")


def to_foresee(now: datetime) -> ColumnElement[bool]:
    """Bookings soon to begin whose vehicle is not standing free in its place."""
    near = or_(Booking.starts_at <= now + FORESEE, Booking.starts_at <= literal(now + WARN_BEFORE, Instant) + BUFFER)
    elsewhere = Vehicle.station_id.is_distinct_from(Booking.start_station_id)
    unsure = exists().where(Vehicle.id == Booking.vehicle_id, or_(Vehicle.state != "available", elsewhere))
    return CONFIRMED & Booking.at_risk_at.is_(None) & near & unsure


async def foresee(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    """If the vehicle may not be there in time, give the booking another one or tell its rider.

    Whoever rides a vehicle that is booked afterwards is told before it is late.
    """
    promise, seen = calendars.promise_of(booking), await _look(session, booking)
    if seen.is_ridden and seen.previous is None and must_be_back(promise) - WARN_BEFORE <= clock.now():
        await _ask_back(session, clock, booking)
    if is_at_risk(promise, seen, clock.now()):
        await _help(session, clock, booking)


Due = Callable[[datetime], ColumnElement[bool]]
Act = Callable[[AsyncSession, Clock, Booking], Awaitable[None]]
WATCHES: Sequence[tuple[Due, Act]] = (
    (to_foresee, foresee),
    (to_remind, remind),
    (to_guarantee, close_unpaid),
    (to_close, close_missed),
)
"""Each booking is looked at in a transaction of its own: of two vehicles that wait for each other, none is locked."""


async def list_due(session: AsyncSession, due: ColumnElement[bool]) -> Sequence[UUID]:
    """Live bookings to look at, those that begin first first."""
    return (
        await session.scalars(select(Booking.id).where(LIVE, due).order_by(Booking.starts_at).limit(LOOK_MAX))
    ).all()


async def _look(session: AsyncSession, booking: Booking) -> Seen:
    vehicle = await session.get_one(Vehicle, booking.vehicle_id)
    before = select(Booking).where(LIVE, Booking.vehicle_id == vehicle.id, Booking.starts_at < booking.starts_at)
    previous = await session.scalar(before.order_by(Booking.starts_at.desc()).limit(1))
    return Seen(
        is_ridden=vehicle.state in IN_USE,
        is_out=vehicle.state not in calendars.USABLE,
        station_id=vehicle.station_id,
        previous=None if previous is None else calendars.promise_of(previous),
    )


async def _ask_back(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    """Tell whoever rides the booking's vehicle by when, and where, somebody else needs it."""
    riding = select(Rental).where(Rental.vehicle_id == booking.vehicle_id, queries.ACTIVE_RENTAL)
    rental = await session.scalar(riding)
    if rental is not None:
        city = await get_city(session, booking.city_id)
        until = city.local(must_be_back(calendars.promise_of(booking)))
        message = letters.bring_back(until, await place(session, booking.start_station_id))
        await notify(session, clock, rental.account_id, message, key=f"bring_back:{rental.id}:{booking.id}")


async def _help(session: AsyncSession, clock: Clock, booking: Booking) -> None:
    """A class means any of its vehicles; who was promised one very vehicle decides for themselves."""
    booking.at_risk_at = clock.now()
    await session.flush()
    if booking.by_class and await replace(session, clock, booking):
        return
    can_change = not booking.by_class and await find_substitute(session, clock, booking) is not None
    message = letters.may_be_late(await told(session, clock, booking), substitutes=can_change)
    await tell(session, clock, booking, message, what=f"at_risk:{booking.vehicle_id}")
