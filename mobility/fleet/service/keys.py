"""Keys of vehicles: who may speak as which vehicle, over HTTP and at the message broker."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.credentials import CHOSEN_ROUNDS, NO_HASH, SECRET_BYTES, broker_hash_of, hash_of, matches
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.tables import Vehicle


async def renew_key(session: AsyncSession, vehicle_id: UUID) -> str:
    """A new secret, shown here once; the one before it lets nobody in any more.

    Raises
    ------
    UnknownVehicle
    """
    vehicle, secret = await _get(session, vehicle_id), secrets.token_urlsafe(SECRET_BYTES)
    vehicle.key_hash, vehicle.broker_hash = hash_of(secret), broker_hash_of(secret)
    await session.flush()
    return secret


async def revoke_key(session: AsyncSession, vehicle_id: UUID) -> None:
    """Let nobody speak as this vehicle until its key is renewed; raises `UnknownVehicle`."""
    vehicle = await _get(session, vehicle_id)
    vehicle.key_hash, vehicle.broker_hash = NO_HASH, None
    await session.flush()


async def enrol_at_broker(session: AsyncSession, vehicle_id: UUID, secret: str) -> bool:
    """Let a vehicle in at the broker that was added before there was one; False when the secret is not its own."""
    vehicle = await session.get(Vehicle, vehicle_id, with_for_update=True)
    if vehicle is None or not matches(secret, vehicle.key_hash):
        return False
    vehicle.broker_hash = vehicle.broker_hash or broker_hash_of(secret)
    await session.flush()
    return True


async def broker_passwords(session: AsyncSession, others: Mapping[str, str]) -> str:
    """Mosquitto's password file: the users that are no vehicles, with their passwords, then every vehicle."""
    rows = await session.execute(
        select(Vehicle.id, Vehicle.broker_hash).where(Vehicle.broker_hash.is_not(None)).order_by(Vehicle.id)
    )
    users = [(user, broker_hash_of(password, rounds=CHOSEN_ROUNDS)) for user, password in others.items()]
    return "".join(f"{user}:{hashed}\n" for user, hashed in [*users, *rows])


async def _get(session: AsyncSession, vehicle_id: UUID) -> Vehicle:
    vehicle = await session.get(Vehicle, vehicle_id, with_for_update=True)
    if vehicle is None:
        raise UnknownVehicle
    return vehicle
