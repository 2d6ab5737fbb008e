from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.rules.hearing import KNOWN_COLUMNS, Heard, Known, newest
from mobility.fleet.service.riding import end_notices
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat


async def rotate_public_id(session: AsyncSession, vehicle_id: UUID) -> UUID:
    """Give the vehicle a new name for residents and feeds, so that nobody can follow it from ride to ride."""
    public_id = uuid4()
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(public_id=public_id))
    return public_id


async def park(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, position: LonLat, station_id: UUID | None
) -> None:
    """Record where a ride left the vehicle; reports of before, arriving later, do not move it back."""
    await end_notices(session, clock, vehicle_id)
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(station_id=station_id))
    await session.execute(
        update(VehicleStatus)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .values(
            lon=position.lon,
            lat=position.lat,
            accuracy_m=None,
            position_at=clock.now(),
            reported_at=func.greatest(VehicleStatus.reported_at, clock.now()),
            parked_lon=position.lon,
            parked_lat=position.lat,
            parked_by="phone",
        )
    )


# One statement for all the vehicles of a batch; their rows are locked, so nothing newer can have come between.
UPDATE_STATUS = text("""
    UPDATE vehicle_status AS status SET
        lon = news.lon, lat = news.lat, accuracy_m = news.accuracy_m, position_at = news.position_at,
        speed_kmh = news.speed_kmh, charge_percent = news.charge_percent, charge_said = news.charge_said,
        range_m = news.range_m, odometer_m = news.odometer_m,
        locked = news.locked, ignition = news.ignition, charging = news.charging,
        alarms = string_to_array(news.alarms, ','), network_technology = news.network_technology,
        signal_dbm = news.signal_dbm, report_boot = news.report_boot, report_seq = news.report_seq,
        reported_at = news.reported_at, heard_at = :heard_at
    FROM unnest(
        CAST(:vehicle_id AS uuid[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]), CAST(:accuracy_m AS float8[]),
        CAST(:position_at AS timestamptz[]), CAST(:speed_kmh AS float8[]), CAST(:charge_percent AS float8[]),
        CAST(:charge_said AS float8[]), CAST(:range_m AS int[]), CAST(:odometer_m AS bigint[]), CAST(:locked AS bool[]),
        CAST(:ignition AS bool[]), CAST(:charging AS bool[]), CAST(:alarms AS text[]),
        CAST(:network_technology AS text[]), CAST(:signal_dbm AS int2[]), CAST(:report_boot AS bigint[]),
        CAST(:report_seq AS bigint[]), CAST(:reported_at AS timestamptz[])
    ) AS news (
        vehicle_id, lon, lat, accuracy_m, position_at, speed_kmh, charge_percent, charge_said, range_m, odometer_m,
        locked, ignition, charging, alarms, network_technology, signal_dbm, report_boot, report_seq, reported_at
    )
    WHERE status.vehicle_id = news.vehicle_id
""")
SAID = ("vehicle_id", *KNOWN_COLUMNS[KNOWN_COLUMNS.index("lon") :])


async def hear(
    session: AsyncSession, clock: Clock, known: Mapping[UUID, Known], heard: Mapping[UUID, Sequence[Heard]]
) -> list[UUID]:
    """Bring the latest states of all `known` vehicles up to date; the vehicles of which something newer was heard.

    The caller holds them by `queries.lock_known`, and has left out what was said before and positions made in a rental.
    A vehicle of `known` that said nothing new was heard all the same.
    """
    states = {vehicle_id: newest(vehicle, heard.get(vehicle_id, ())) for vehicle_id, vehicle in known.items()}
    rows = [state for state, _ in states.values()]
    columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in rows] for name in SAID}
    columns["alarms"] = [",".join(alarms) for alarms in columns["alarms"]]
    await session.execute(UPDATE_STATUS, {**columns, "heard_at": clock.now()})
    return [vehicle_id for vehicle_id, (_, has_news) in states.items() if has_news]
