from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.eligibility import licence_requirements
from mobility.city.rules.in_force import in_force
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.riders import queries as riders
from mobility.riders.rules import eligibility
from mobility.riders.rules.eligibility import LicenceRequirement, Reason


async def reasons_by_type(
    session: AsyncSession, clock: Clock, city_id: str, account_id: UUID
) -> dict[str, list[Reason]]:
    """For each class of the city, why the account may not drive it today; an empty list when it may.

    Raises
    ------
    UnknownCity, NotInForce
    """
    city, rider = await get_city(session, city_id), await riders.get_rider(session, account_id)
    today = city.date_of(clock.now())
    return {
        vehicle_type.code: eligibility.reasons(rider, _requirement(city, clock, vehicle_type), today)
        for vehicle_type in city.file.vehicle_types
    }


async def refuse_not_eligible(
    session: AsyncSession, clock: Clock, city: PreparedCity, type_code: str, account_id: UUID
) -> None:
    """Raise `NotEligible` unless the account may drive the class today."""
    rider = await riders.get_rider(session, account_id)
    requirement = _requirement(city, clock, city.vehicle_type(type_code))
    eligibility.refuse_not_eligible(rider, requirement, city.date_of(clock.now()))


def _requirement(city: PreparedCity, clock: Clock, vehicle_type: VehicleType) -> LicenceRequirement:
    return in_force(licence_requirements(vehicle_type), city.date_of(clock.now()))
