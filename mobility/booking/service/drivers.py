"""Who had a vehicle at an instant: for traffic fines, from the rentals alone; positions are long gone by then."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.looks import NobodyDrove, refuse_unclear
from mobility.booking.tables import AccessLogEntry, Rental
from mobility.db.session import own_transaction
from mobility.fleet.tables import Vehicle
from mobility.riders.tables import Account


@dataclass(frozen=True, slots=True)
class Driver:
    rental: Rental
    account: Account


async def who_had(
    session: AsyncSession, clock: Clock, *, vehicle: Vehicle, at: datetime, operator_id: UUID, reason: str
) -> Driver:
    """Whose ride the vehicle was in; the question is written down before it is answered, also when nobody rode.

    Raises
    ------
    InstantUnclear, NobodyDrove
    """
    refuse_unclear(at, clock.now())
    found = await _find_driver(session, vehicle.id, at)
    async with own_transaction(session) as beside:
        beside.add(
            AccessLogEntry(
                at=clock.now(),
                account_id=operator_id,
                city_id=vehicle.city_id,
                kind="driver",
                vehicle_id=vehicle.id,
                rental_id=found and found.rental.id,
                about=at,
                reason=reason,
            )
        )
    if found is None:
        raise NobodyDrove
    return found


async def _find_driver(session: AsyncSession, vehicle_id: UUID, at: datetime) -> Driver | None:
    rides = (
        select(Rental, Account)
        .join(Account, Account.id == Rental.account_id)
        # A ride is over at the instant of its end: who starts at that instant has the vehicle.
        .where(Rental.vehicle_id == vehicle_id, Rental.started_at <= at)
        .where(or_(Rental.ended_at.is_(None), Rental.ended_at > at))
        .order_by(Rental.started_at.desc())
        .limit(1)
    )
    found = (await session.execute(rides)).one_or_none()
    return None if found is None else Driver(*found)
