from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.rules.rides import RentalState
from mobility.booking.rules.usual import Ridden, Usual, usual_rides
from mobility.booking.tables import Rental
from mobility.pricing.tables import Tariff

# Of all classes together: who rides two of them has twenty of each.
LATEST = 60


async def usual_of(session: AsyncSession, account_id: UUID, city_id: str) -> list[Usual]:
    """What somebody's rides in a city are usually like, by class."""
    ended = (
        select(Tariff.type_code, Rental.started_at, Rental.ended_at, Rental.distance_m)
        .join(Tariff, Tariff.id == Rental.tariff_id)
        .where(Rental.account_id == account_id, Rental.city_id == city_id, Rental.state == RentalState.ENDED)
        .order_by(Rental.id.desc())
        .limit(LATEST)
    )
    rows = await session.execute(ended)
    return usual_rides(
        Ridden(type_code, over - began, metres or 0) for type_code, began, over, metres in rows if began and over
    )
