"""What a plan is made of, as the database knows it: one read, then nothing is asked any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.service.bookings import LIVE
from mobility.booking.tables import Booking
from mobility.city import queries as city_queries
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.geo import LonLat
from mobility.rebalancing.rules.forecast import Demand
from mobility.rebalancing.rules.places import Places, places_of
from mobility.rebalancing.rules.work import OPEN, WorkState
from mobility.rebalancing.service.forecast import demand_for
from mobility.rebalancing.service.published import list_tasks
from mobility.rebalancing.service.restrictions import list_restrictions
from mobility.rebalancing.tables import Night, NightPlan, NightRestriction, NightTask

BOOKINGS_AHEAD = timedelta(hours=6)
"""After the night's end: a car that is driven off later is seen to by day."""

CHARGE_TOLD_AFTER = timedelta(minutes=10)

# Vehicles that the night counts with: on the street and in service, out of it for their charge or for this night's own
# work alone, or on one of its vans.
STANDING = text("""
    SELECT vehicle.id, plate, type_code, vehicle.state, vehicle.station_id, status.lon, status.lat,
        status.charge_percent, coalesce(status.charging, false) AS charging, status.reported_at
    FROM vehicle
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    LEFT JOIN LATERAL (
        SELECT event, reason FROM vehicle_event WHERE vehicle_id = vehicle.id ORDER BY seq DESC LIMIT 1
    ) AS last ON true
    WHERE vehicle.city_id = :city_id AND type.retired_at IS NULL AND (
        vehicle.state IN ('available', 'reserved')
        OR vehicle.state = 'non_operational' AND (last.event = 'battery_low' OR last.reason = 'night_plan')
        OR vehicle.state = 'removed' AND last.reason = 'night_plan'
    )
    ORDER BY plate
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A vehicle where it stands; `crew` is whose van it is on."""

    id: UUID
    plate: str
    type_code: str
    state: str
    station: str | None
    position: LonLat
    charge_percent: int
    charging: bool
    reported_at: datetime
    crew: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingAhead:
    """A booking that the night's work must leave its vehicle ready for."""

    id: UUID
    vehicle_id: UUID
    station: str | None
    starts_at: datetime
    hours: float


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that a plan depends on; `tasks` are those published before, `goes_around` the restrictions that stand."""

    city: PreparedCity
    night: Night
    plan: NightPlan
    places: Places
    demand: Demand
    vehicles: Sequence[Standing]
    bookings: Sequence[BookingAhead]
    tasks: Sequence[NightTask]
    goes_around: Sequence[NightRestriction]


async def take(session: AsyncSession, night: Night, plan: NightPlan) -> Picture:
    """What is known now of a night."""
    city = await get_city(session, night.city_id)
    stations = {each.id: each.code for each in await city_queries.list_stations(session, night.city_id)}
    tasks = await list_tasks(session, night.id)
    vehicles = [_standing(row, stations) for row in await session.execute(STANDING, {"city_id": night.city_id})]
    return Picture(
        city=city,
        night=night,
        plan=plan,
        places=places_of(city),
        demand=await demand_for(session, city, city.date_of(night.ends_at)),
        vehicles=_as_worked(vehicles, tasks),
        bookings=await _bookings(session, night, stations),
        tasks=tasks,
        goes_around=await list_restrictions(session, night.id),
    )


async def _bookings(session: AsyncSession, night: Night, stations: Mapping[UUID, str]) -> list[BookingAhead]:
    """The first of each vehicle."""
    ahead = (
        select(Booking)
        .where(LIVE, Booking.city_id == night.city_id, Booking.starts_at < night.ends_at + BOOKINGS_AHEAD)
        .order_by(Booking.vehicle_id, Booking.starts_at)
        .ext(distinct_on(Booking.vehicle_id))
    )
    return [
        BookingAhead(
            id=each.id,
            vehicle_id=each.vehicle_id,
            station=stations.get(each.start_station_id) if each.start_station_id else None,
            starts_at=each.starts_at,
            hours=(each.ends_at - each.starts_at) / timedelta(hours=1),
        )
        for each in await session.scalars(ahead)
    ]


def _standing(row: Row[Any], stations: Mapping[UUID, str]) -> Standing:
    return Standing(
        id=row.id,
        plate=row.plate,
        type_code=row.type_code,
        state=row.state,
        station=stations.get(row.station_id),
        position=LonLat(row.lon, row.lat),
        charge_percent=round(row.charge_percent),
        charging=row.charging,
        reported_at=row.reported_at,
    )


def _as_worked(vehicles: Sequence[Standing], tasks: Sequence[NightTask]) -> list[Standing]:
    """The vehicles as they will be when what crews have begun is done: full, on board, or where they are brought."""
    by_id = {each.id: each for each in vehicles}
    worked = [each for each in tasks if each.state in (WorkState.DONE, WorkState.STARTED)]
    for task in sorted(worked, key=lambda each: each.closed_at or each.ends_at):
        for vehicle_id in (UUID(each["id"]) for each in task.content["vehicles"]):
            if vehicle_id in by_id:
                by_id[vehicle_id] = _after(by_id[vehicle_id], task)
    return [each for each in by_id.values() if each.state != "removed" or each.crew is not None]


def _after(vehicle: Standing, task: NightTask) -> Standing:
    """Where and how what is done has left it is known from the vehicle; what is begun is taken as done."""
    if task.kind == "load":
        return replace(vehicle, crew=task.crew_code)
    if task.kind == "swap":
        is_told = task.closed_at is not None and vehicle.reported_at > task.closed_at + CHARGE_TOLD_AFTER
        return vehicle if is_told else replace(vehicle, charge_percent=100)
    if task.kind == "plug":
        return replace(vehicle, charging=True)
    if task.closed_at is not None:
        return replace(vehicle, crew=None)
    stop = task.content["to_place"] or task.content["place"]
    station = stop["code"] if task.kind == "drive" else None
    position = LonLat(**stop["position"])
    return replace(vehicle, crew=None, state="available", charging=False, position=position, station=station)


def open_tasks(picture: Picture) -> list[NightTask]:
    return [task for task in picture.tasks if task.state in OPEN]
