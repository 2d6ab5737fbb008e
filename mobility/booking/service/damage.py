from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking import queries
from mobility.booking.rules.refusals import RideLongAgo
from mobility.fleet.rules.damages import Said
from mobility.fleet.service import damages
from mobility.fleet.tables import DamageReport

# After a week of other riders nobody can tell any more who found what.
REPORT_WITHIN = timedelta(days=7)


async def report_damage(
    session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID, said: Said
) -> DamageReport:
    """Keep what a rider says of the vehicle of a ride of theirs, in it or soon after.

    Raises
    ------
    UnknownRental, RideLongAgo
    """
    rental = (await queries.get_ride(session, rental_id, account_id)).rental
    if rental.ended_at is not None and clock.now() - rental.ended_at > REPORT_WITHIN:
        raise RideLongAgo(days=REPORT_WITHIN.days)
    return await damages.report(
        session, clock, rental.vehicle_id, said, role="rider", reporter_id=account_id, rental_id=rental_id
    )
