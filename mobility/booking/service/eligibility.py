from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.riders import queries as riders
from mobility.riders.rules import eligibility
from mobility.riders.rules.reasons import Reason


async def reasons_by_type(
    session: AsyncSession, clock: Clock, city_id: str, account_id: UUID
) -> dict[str, list[Reason]]:
    """For each class of the city, why the account may not drive it today; an empty list when it may.

    Raises
    ------
    UnknownCity, NotInForce
    """
    city = await get_city(session, city_id)
    today = city.date_of(clock.now())
    rider = await riders.get_rider(session, account_id)
    return {
        vehicle_type.code: eligibility.reasons(rider, city.requirement_on(vehicle_type.code, today), today)
        for vehicle_type in city.file.vehicle_types
    }


async def refuse_not_eligible(
    session: AsyncSession, clock: Clock, city: PreparedCity, type_code: str, account_id: UUID, on: date | None = None
) -> None:
    """Raise `NotEligible` unless the account may drive the class on that day of the city; by default, today.

    What the account is (blocked, of age, its papers, its parent's agreement) is asked as it is now.
    """
    day = city.date_of(clock.now()) if on is None else on
    rider = await riders.get_rider(session, account_id)
    eligibility.refuse_not_eligible(rider, city.requirement_on(type_code, day), day)
