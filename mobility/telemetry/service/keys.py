from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.credentials import NO_HASH, matches, read_credential
from mobility.fleet.tables import Vehicle
from mobility.telemetry.rules.reports import WrongVehicleKey


async def authenticate(session: AsyncSession, authorization: str | None) -> Vehicle:
    """The vehicle that a request's header speaks for; raises `WrongVehicleKey`."""
    vehicle_id, secret = read_credential(authorization) or (None, "")
    vehicle = await session.get(Vehicle, vehicle_id) if vehicle_id else None
    if not matches(secret, vehicle.key_hash if vehicle else NO_HASH) or vehicle is None:
        raise WrongVehicleKey
    return vehicle
