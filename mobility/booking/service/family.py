"""What a parent is told of the rides they pay for: when and how much, never where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.booking.rules.rides import RentalState
from mobility.booking.tables import Rental
from mobility.city.service import get_city
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


async def _paid(session: AsyncSession, rental: Rental) -> PaidRide:
    city = await get_city(session, rental.city_id)
    began = city.date_of(rental.started_at or rental.requested_at)
    return PaidRide(rental.id, began, Money(rental.total_cents or 0, city.file.currency))
