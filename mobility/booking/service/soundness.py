"""What must never be of holds, rentals and vehicles, for the doctor and the tests to ask."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking import queries
from mobility.booking.rules.rides import RentalState
from mobility.booking.tables import Hold, Rental
from mobility.fleet.tables import Vehicle


@dataclass(frozen=True, slots=True)
class Violation:
    """A vehicle whose holds, rentals and state contradict each other."""

    vehicle_id: UUID
    sentence: str


async def violations(session: AsyncSession) -> list[Violation]:
    """What must never be: empty when all is well.

    Out of sight a vehicle may be in any story, so `non_contactable`, `missing` and `elsewhere` contradict nothing. For
    the second that it takes to withdraw the hold of a vehicle that an operator took, the vehicle is held all the same.
    """
    holds = _count_on_vehicle(Hold, queries.ACTIVE_HOLD)
    unlocking = _count_on_vehicle(Rental, queries.ACTIVE_RENTAL & ~queries.BEGUN)
    rides = _count_on_vehicle(Rental, queries.ACTIVE_RENTAL & queries.BEGUN)
    wrong: dict[str, ColumnElement[bool]] = {
        "has more than one active hold or rental": holds + unlocking + rides > 1,
        "is reserved, and nobody holds it": and_(Vehicle.state == "reserved", holds + unlocking == 0),
        "is held, and not reserved": and_(Vehicle.state.in_(("available", "on_trip", "stopped")), holds > 0),
        "unlocks, and is not reserved": and_(Vehicle.state.in_(("available", "on_trip", "stopped")), unlocking > 0),
        "is on a trip that nobody rides": and_(Vehicle.state.in_(("on_trip", "stopped")), rides == 0),
        "is ridden, and not on a trip": and_(Vehicle.state.in_(("available", "reserved")), rides > 0),
    }
    return [
        Violation(vehicle_id, sentence)
        for sentence, is_wrong in wrong.items()
        for vehicle_id in await session.scalars(select(Vehicle.id).where(is_wrong).order_by(Vehicle.id))
    ]


def _count_on_vehicle(table: type[Hold] | type[Rental], active: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count()).where(table.vehicle_id == Vehicle.id, active)
    return counted.correlate(Vehicle).scalar_subquery()


async def count_stuck_unlocks(session: AsyncSession, before: datetime) -> int:
    """How many riders who asked for their vehicle before that instant have not been told whether they have it."""
    stuck = select(func.count()).where(Rental.state == RentalState.UNLOCKING, Rental.requested_at < before)
    return (await session.execute(stuck)).scalar_one()
