"""Who may report damage to which vehicle."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.damages import (
    BESIDE_M,
    DamageReportedTooOften,
    NotBesideVehicle,
    PlatesAskedTooOften,
    VehicleNotNamed,
)
from mobility.fleet.rules.off_road import IN_USE
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat, distance_m
from mobility.riders.ports import Limiter
from mobility.riders.rules.codes import HOUR_S, Count, Rate, SignInUnavailable

# A person who walks down a street of broken vehicles; refused attempts count, so that nobody searches for a plate.
REPORTS_PER_PERSON = Rate(20, HOUR_S)
# Some mistyped, some in a row of vehicles that are all taken.
PLATES_PER_PERSON = Rate(30, HOUR_S)


async def refuse_too_often(limiter: Limiter, account_id: UUID) -> None:
    """Raises `DamageReportedTooOften`. When nothing can be counted everything passes: a danger must be told."""
    try:
        wait_s = await limiter.hit(Count(REPORTS_PER_PERSON, f"damage:{account_id}"))
    except SignInUnavailable:
        return
    if wait_s:
        raise DamageReportedTooOften(retry_after_s=wait_s)


async def refuse_plates_too_often(limiter: Limiter, account_id: UUID) -> None:
    """Raises `PlatesAskedTooOften`; while nothing can be counted everybody may, as a vehicle must be near anyway."""
    try:
        wait_s = await limiter.hit(Count(PLATES_PER_PERSON, f"plates:{account_id}"))
    except SignInUnavailable:
        return
    if wait_s:
        raise PlatesAskedTooOften(retry_after_s=wait_s)


async def find_beside(
    session: AsyncSession, city_id: str, *, plate: str | None, public_id: UUID | None, position: LonLat
) -> UUID:
    """The id of the vehicle that somebody at `position` names, by its plate or by its public id.

    Raises
    ------
    VehicleNotNamed, NotBesideVehicle
    """
    found = await session.execute(
        select(Vehicle.id, VehicleStatus.lon, VehicleStatus.lat)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .where(Vehicle.city_id == city_id, _named(plate, public_id), Vehicle.state.not_in(IN_USE | {"removed"}))
    )
    row = found.one_or_none()
    if row is None or distance_m(position, LonLat(row.lon, row.lat)) > BESIDE_M:
        raise NotBesideVehicle
    vehicle_id: UUID = row.id
    return vehicle_id


def _named(plate: str | None, public_id: UUID | None) -> ColumnElement[bool]:
    if (plate is None) == (public_id is None):
        raise VehicleNotNamed
    return Vehicle.plate == plate if plate is not None else Vehicle.public_id == public_id
