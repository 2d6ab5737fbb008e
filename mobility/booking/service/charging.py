from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.tables import Rental
from mobility.city.rules.parking import StationBays
from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.tables import VehicleStatus
from mobility.pricing import service as pricing


async def promise_reward(
    session: AsyncSession, clock: Clock, city: PreparedCity, rental: Rental, station: StationBays | None, payer_id: UUID
) -> None:
    """Whoever left an empty vehicle at a station with a charger is promised the city's reward for plugging it in."""
    with_charger = {each.code for each in city.file.stations if each.chargers}
    if station is None or station.code not in with_charger:
        return
    status = await session.get_one(VehicleStatus, rental.vehicle_id)
    await pricing.promise_reward(
        session,
        clock,
        city,
        account_id=payer_id,
        vehicle_id=rental.vehicle_id,
        type_code=rental.tariff.type_code,
        charge_percent=status.charge_percent,
        reference_id=rental.id,
    )
