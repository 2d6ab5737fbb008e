"""Children's rides: what the parent who pays is told of them, and what becomes of bookings when the consent ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking.rules.bookings import Because, BookingState
from mobility.booking.rules.rides import RentalState
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.eligibility import refuse_not_eligible
from mobility.booking.service.rebooking import withdraw
from mobility.booking.tables import Booking, Rental
from mobility.city.service import get_city
from mobility.riders.rules.eligibility import NotEligible
from mobility.riders.service import get_agreement


@dataclass(frozen=True, slots=True)
class PaidRide:
    """A child's ride on a day of its city."""

    rental_id: UUID
    on: date
    total: Money


async def list_paid_rides(
    session: AsyncSession, *, guardian_id: UUID, child_id: UUID, limit: int, after: UUID | None
) -> Sequence[PaidRide]:
    """Ended rides begun under the parent's agreement, the newest first, older than the ride `after`.

    Raises
    ------
    UnknownGuardianship
    """
    agreement = await get_agreement(session, guardian_id=guardian_id, child_id=child_id)
    older = [] if after is None else [Rental.id < after]
    mine = (
        Rental.account_id == child_id,
        Rental.state == RentalState.ENDED,
        Rental.started_at >= agreement.accepted_at,
    )
    rentals = await session.scalars(select(Rental).where(*mine, *older).order_by(Rental.id.desc()).limit(limit))
    return [await _paid(session, rental) for rental in rentals]


async def cancel_not_allowed(session: AsyncSession, clock: Clock, account_id: UUID) -> int:
    """Cancel, free of charge, the bookings to come that their rider may not drive any more; how many."""
    coming = (LIVE, Booking.account_id == account_id, Booking.state == BookingState.CONFIRMED)
    bookings = (await session.scalars(select(Booking).where(*coming).order_by(Booking.id))).all()
    refused = [booking for booking in bookings if not await _may_drive(session, clock, booking)]
    for booking in refused:
        await withdraw(session, clock, booking_id=booking.id, because=Because.OPERATOR)
    return len(refused)


async def _may_drive(session: AsyncSession, clock: Clock, booking: Booking) -> bool:
    city = await get_city(session, booking.city_id)
    on = city.date_of(booking.starts_at)
    try:
        await refuse_not_eligible(session, clock, city, booking.type_code, booking.account_id, on=on)
    except NotEligible:
        return False
    return True


async def _paid(session: AsyncSession, rental: Rental) -> PaidRide:
    city = await get_city(session, rental.city_id)
    began = city.date_of(rental.started_at or rental.requested_at)
    return PaidRide(rental.id, began, Money(rental.total_cents or 0, city.file.currency))
