"""What waits to be pushed, and what there is to push."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.booking.tables import Rental
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import LonLat
from mobility.mds.queries.provider import OF_TYPE, of_provider
from mobility.mds.rules.protocol import id_of
from mobility.mds.rules.provider import Point, Provider
from mobility.mds.rules.push import CHANGING, Kind, Target
from mobility.mds.tables import AgencyPush

WAITING = and_(AgencyPush.sent_at.is_(None), AgencyPush.refused_at.is_(None))


async def lock_batch(
    session: AsyncSession, target: Target, kind: Kind, *, known: bool, now: datetime, limit: int
) -> Sequence[AgencyPush]:
    """Records of a kind that are due, oldest first, but none of a vehicle that is still to be registered."""
    vehicle = aliased(AgencyPush)
    unregistered = exists().where(
        vehicle.city_id == target.city_id,
        vehicle.mode == target.mode,
        vehicle.kind == "vehicle",
        vehicle.vehicle_id == AgencyPush.vehicle_id,
        vehicle.known.is_(False),
    )
    due = select(AgencyPush).where(
        AgencyPush.city_id == target.city_id,
        AgencyPush.mode == target.mode,
        AgencyPush.kind == kind,
        AgencyPush.due_at <= now,
        WAITING,
        AgencyPush.known.is_(known) if kind in CHANGING else ~unregistered,
    )
    locked = due.order_by(AgencyPush.id).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(locked)).all()


async def lock_records(session: AsyncSession, ids: Sequence[int]) -> Sequence[AgencyPush]:
    records = select(AgencyPush).where(AgencyPush.id.in_(ids)).order_by(AgencyPush.id).with_for_update()
    return (await session.scalars(records)).all()


async def list_known_stops(session: AsyncSession, provider: Provider) -> Sequence[dict[str, Any]]:
    """The stops that an agency was told of, as it was told last."""
    return (await session.scalars(select(AgencyPush.payload).where(*_kept(provider, "stop")))).all()


async def is_kept(session: AsyncSession, provider: Provider, kind: Kind, record_id: UUID) -> bool:
    kept = select(AgencyPush.id).where(*_kept(provider, kind), AgencyPush.record_id == record_id)
    return await session.scalar(kept) is not None


async def list_moved(session: AsyncSession, provider: Provider, since: datetime) -> list[Point]:
    """Where vehicles that nobody rides were seen since then, if later than what the agency was told of them last."""
    told = (
        select(func.max(cast(AgencyPush.payload["timestamp"].astext, BigInteger)))
        .where(AgencyPush.vehicle_id == Vehicle.id, AgencyPush.kind == "telemetry")
        .correlate(Vehicle)
        .scalar_subquery()
    )
    ridden = exists().where(Rental.vehicle_id == Vehicle.id, Rental.ended_at.is_(None))
    seen_ms = cast(func.floor(func.extract("epoch", VehicleStatus.position_at) * 1000), BigInteger)
    moved = (
        select(VehicleStatus, Vehicle.station_id)
        .join(Vehicle, Vehicle.id == VehicleStatus.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), Vehicle.state != "removed", ~ridden)
        .where(VehicleStatus.position_at >= since, seen_ms > func.coalesce(told, 0))
        .order_by(Vehicle.id)
    )
    return [_point(status, station_id) for status, station_id in await session.execute(moved)]


def _kept(provider: Provider, kind: Kind) -> tuple[ColumnElement[bool], ...]:
    return AgencyPush.city_id == provider.city_id, AgencyPush.mode == provider.mode, AgencyPush.kind == kind


def _point(status: VehicleStatus, station_id: UUID | None) -> Point:
    return Point(
        id=id_of("last", status.vehicle_id, status.position_at.isoformat()),
        vehicle_id=status.vehicle_id,
        at=status.position_at,
        position=LonLat(status.lon, status.lat),
        charge_percent=status.charge_percent,
        stop_id=station_id,
    )
