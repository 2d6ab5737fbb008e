"""The figures' own queries: what the definitions document shows is what runs."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, RowMapping, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.tables import City, Station
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat
from mobility.oversight.tables import PublishedCell, PublishedWeek, ServiceHour

# Rides of a week that is over. Nothing of it is published before `rules.anonymity.publish` has counted its riders.
RIDES = """
SELECT rental.account_id, rental.started_at, rental.start_lon, rental.start_lat, vehicle.type_code,
    extract(epoch FROM rental.ended_at - rental.started_at)::bigint / 60 AS minutes,
    coalesce(rental.distance_m, 0) AS distance_m
FROM rental JOIN vehicle ON vehicle.id = rental.vehicle_id
WHERE rental.city_id = :city_id AND rental.state = 'ended'
    AND rental.ended_at >= :since AND rental.ended_at < :until
"""
UNSERVED = """
SELECT coalesce(sum(searches), 0) FROM unserved_search
WHERE city_id = :city_id AND quarter_at >= :since AND quarter_at < :until
"""
# From each event of a vehicle to its next one it was in the state that the event led to.
HOURS = """
WITH stay AS (
    SELECT vehicle.type_code, event.to_state AS state, greatest(event.at, :since) AS begins,
        least(coalesce(lead(event.at) OVER (PARTITION BY event.vehicle_id ORDER BY event.seq), :until), :until) AS ends
    FROM vehicle_event AS event JOIN vehicle ON vehicle.id = event.vehicle_id
    WHERE vehicle.city_id = :city_id AND event.at < :until
), hour AS (
    SELECT begins, begins + interval '1 hour' AS ends, extract(hour FROM begins AT TIME ZONE :zone)::int AS hour
    FROM generate_series(CAST(:since AS timestamptz), CAST(:until AS timestamptz) - interval '1 hour', '1 hour')
        AS begins
), piece AS (
    SELECT hour.hour, stay.type_code, stay.state,
        extract(epoch FROM least(stay.ends, hour.ends) - greatest(stay.begins, hour.begins)) / 60 AS minutes
    FROM stay JOIN hour ON stay.begins < hour.ends AND stay.ends > hour.begins
    WHERE stay.begins < stay.ends
)
SELECT hour, type_code,
    round(coalesce(sum(minutes) FILTER (WHERE state <> 'removed'), 0))::int AS fleet_minutes,
    round(coalesce(sum(minutes) FILTER (WHERE state = 'available'), 0))::int AS available_minutes,
    round(coalesce(sum(minutes) FILTER (WHERE state = 'non_operational'), 0))::int AS broken_minutes
FROM piece GROUP BY hour, type_code ORDER BY hour, type_code
"""
WEEKS = """
SELECT week, trips, minutes, distance_m, energy_wh, unserved, cells, suppressed FROM published_week
WHERE city_id = :city_id AND week BETWEEN :first_week AND :last_week ORDER BY week
"""
AVAILABLE_BY_HOUR = """
SELECT hour, sum(available_minutes)::float8 / nullif(sum(fleet_minutes), 0) AS available,
    sum(broken_minutes)::float8 / nullif(sum(fleet_minutes), 0) AS broken
FROM service_hour WHERE city_id = :city_id AND week BETWEEN :first_week AND :last_week
GROUP BY hour ORDER BY hour
"""
TRIPS_BY_PLACE = """
SELECT place, sum(trips)::int AS trips FROM published_cell
WHERE city_id = :city_id AND week BETWEEN :first_week AND :last_week
GROUP BY place ORDER BY trips DESC, place
"""


async def list_city_ids(session: AsyncSession) -> Sequence[str]:
    return (await session.scalars(select(City.id).order_by(City.id))).all()


async def list_published_weeks(session: AsyncSession, city_id: str, since: date) -> set[date]:
    known = select(PublishedWeek.week).where(PublishedWeek.city_id == city_id, PublishedWeek.week >= since)
    return set(await session.scalars(known))


async def lock_publishing(session: AsyncSession, city_id: str) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"oversight:{city_id}"))))


async def list_rides(session: AsyncSession, city_id: str, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    return (await session.execute(text(RIDES), _span(city_id, since, until))).all()


async def count_unserved(session: AsyncSession, city_id: str, since: datetime, until: datetime) -> int:
    return int(await session.scalar(text(UNSERVED), _span(city_id, since, until)) or 0)


async def list_hours(
    session: AsyncSession, city_id: str, since: datetime, until: datetime, zone: str
) -> Sequence[RowMapping]:
    return (await session.execute(text(HOURS), _span(city_id, since, until) | {"zone": zone})).mappings().all()


async def read_figure(
    session: AsyncSession, query: str, city_id: str, first_week: date, last_week: date
) -> Sequence[RowMapping]:
    """The rows of one of the figures' queries."""
    given = {"city_id": city_id, "first_week": first_week, "last_week": last_week}
    return (await session.execute(text(query), given)).mappings().all()


async def list_cells(session: AsyncSession, city_id: str, first_week: date, last_week: date) -> Sequence[PublishedCell]:
    cell = PublishedCell
    told = select(cell).where(cell.city_id == city_id, cell.week.between(first_week, last_week))
    return (await session.scalars(told.order_by(cell.week, cell.part, cell.place, cell.type_code))).all()


async def list_service_hours(
    session: AsyncSession, city_id: str, first_week: date, last_week: date
) -> Sequence[ServiceHour]:
    hour = ServiceHour
    told = select(hour).where(hour.city_id == city_id, hour.week.between(first_week, last_week))
    return (await session.scalars(told.order_by(hour.week, hour.hour, hour.type_code))).all()


async def list_stations_at(session: AsyncSession, city_id: str) -> list[LonLat]:
    at = select(Station.lon, Station.lat).where(Station.city_id == city_id, Station.retired_at.is_(None))
    return [LonLat(lon, lat) for lon, lat in await session.execute(at)]


async def list_available_at(session: AsyncSession, city_id: str) -> list[LonLat]:
    """Where vehicles stand that can be taken now."""
    at = select(VehicleStatus.lon, VehicleStatus.lat).join(Vehicle, Vehicle.id == VehicleStatus.vehicle_id)
    free = at.where(Vehicle.city_id == city_id, Vehicle.state == "available")
    return [LonLat(lon, lat) for lon, lat in await session.execute(free)]


async def count_states(session: AsyncSession, city_id: str) -> dict[str, int]:
    in_service = select(Vehicle.state, func.count()).where(Vehicle.city_id == city_id, Vehicle.state != "removed")
    return dict((await session.execute(in_service.group_by(Vehicle.state))).all())


def _span(city_id: str, since: datetime, until: datetime) -> dict[str, Any]:
    return {"city_id": city_id, "since": since, "until": until}
