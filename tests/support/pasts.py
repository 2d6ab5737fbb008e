"""Rides, searches and states of vehicles as if they had happened in Lakeport, written straight into the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.ids import new_id
from mobility.booking.rules.unserved import CELL_M
from mobility.booking.tables import Hold, Rental, UnservedSearch
from mobility.fleet.tables import VehicleEvent
from mobility.geo import LonLat
from mobility.geo.lattice import cell_centre
from mobility.pricing.tables import Tariff


@dataclass(frozen=True)
class Ridden:
    """A ride that is over; of a station's where one is named."""

    vehicle_id: UUID
    begins: datetime
    ends: datetime
    start: LonLat
    end: LonLat
    start_station: UUID | None = None
    end_station: UUID | None = None


async def write_rides(session: AsyncSession, account_id: UUID, rides: Sequence[Ridden]) -> None:
    tariff_id = (await session.scalars(select(Tariff.id).limit(1))).one()
    whose = {"account_id": account_id, "city_id": "lakeport", "tariff_id": tariff_id, "vehicle_public_id": new_id()}
    for ride in rides:
        hold_id = new_id()
        times = {"created_at": ride.begins, "free_until": ride.begins, "expires_at": ride.begins}
        hold = {"id": hold_id, "vehicle_id": ride.vehicle_id, "state": "used", "released_at": ride.begins}
        await session.execute(insert(Hold).values(**hold, **times, **whose))
        await session.execute(insert(Rental).values(**_rental(ride, hold_id), **whose))


async def write_state(session: AsyncSession, vehicle_id: UUID, state: str, at: datetime) -> None:
    latest = await session.scalar(select(func.max(VehicleEvent.seq)).where(VehicleEvent.vehicle_id == vehicle_id))
    step = {"event": "maintenance", "from_state": "available", "to_state": state, "actor": "operator"}
    await session.execute(insert(VehicleEvent).values(vehicle_id=vehicle_id, seq=(latest or 0) + 1, at=at, **step))


async def write_searches(session: AsyncSession, at: LonLat, type_code: str, when: datetime, searches: int) -> None:
    cell = cell_centre(at, size_m=CELL_M)
    quarter_at = when.replace(minute=when.minute // 15 * 15, second=0, microsecond=0)
    row = {"city_id": "lakeport", "type_code": type_code, "lon": round(cell.lon, 6), "lat": round(cell.lat, 6)}
    await session.execute(insert(UnservedSearch).values(quarter_at=quarter_at, searches=searches, **row))


def _rental(ride: Ridden, hold_id: UUID) -> dict[str, Any]:
    return {
        "hold_id": hold_id,
        "id": new_id(),
        "vehicle_id": ride.vehicle_id,
        "state": "ended",
        "requested_at": ride.begins - timedelta(seconds=5),
        "started_at": ride.begins,
        "ended_at": ride.ends,
        "start_lon": ride.start.lon,
        "start_lat": ride.start.lat,
        "end_lon": ride.end.lon,
        "end_lat": ride.end.lat,
        "start_station_id": ride.start_station,
        "end_station_id": ride.end_station,
        "total_cents": 100,
    }
