"""Vehicles, events, rides and positions of one mode of a city."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.booking.tables import Rental
from mobility.city.tables import Station
from mobility.fleet.tables import Vehicle, VehicleEvent, VehicleStatus, VehicleType
from mobility.geo import LonLat
from mobility.mds.rules.protocol import id_of
from mobility.mds.rules.provider import Happened, Point, Provider, Ridden
from mobility.mds.tables import MdsEvent, VehicleRegistration
from mobility.telemetry.queries import THESE_DAYS_ONLY
from mobility.telemetry.tables import TelemetryReport

OF_TYPE = and_(VehicleType.city_id == Vehicle.city_id, VehicleType.code == Vehicle.type_code)
PAPERS = ("year", "make", "model", "color", "vin", "license_plate")
EventKey = tuple[datetime, UUID, int]
ReportKey = tuple[UUID, int, int]


def of_provider(provider: Provider) -> tuple[ColumnElement[bool], ...]:
    return Vehicle.city_id == provider.city_id, VehicleType.mode == provider.mode


async def began_at(session: AsyncSession, provider: Provider) -> datetime | None:
    """When the first vehicle of the mode came on the street."""
    first = select(func.min(MdsEvent.at)).where(MdsEvent.city_id == provider.city_id, MdsEvent.mode == provider.mode)
    return await session.scalar(first)


async def is_untold(session: AsyncSession, provider: Provider, since: datetime, until: datetime) -> bool:
    """Whether an event of that time has not come to MDS yet."""
    told = exists().where(MdsEvent.vehicle_id == VehicleEvent.vehicle_id, MdsEvent.seq == VehicleEvent.seq)
    untold = (
        select(VehicleEvent.seq)
        .join(Vehicle, Vehicle.id == VehicleEvent.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), VehicleEvent.at >= since, VehicleEvent.at < until, ~told)
    )
    return await session.scalar(untold.limit(1)) is not None


async def list_vehicles(
    session: AsyncSession,
    provider: Provider,
    *,
    seen_since: datetime,
    after: UUID | None,
    limit: int,
    only: UUID | None,
) -> list[Any]:
    """Vehicles on the street since then, by id: id, plate, type, registration."""
    vehicles = (
        select(Vehicle.id, Vehicle.plate, VehicleType.spec, VehicleRegistration)
        .join(VehicleType, OF_TYPE)
        .outerjoin(VehicleRegistration, VehicleRegistration.vehicle_id == Vehicle.id)
        .where(*of_provider(provider), _deployed(seen_since))
    )
    return list(await session.execute(_page(vehicles, after, limit, only)))


async def list_states(
    session: AsyncSession,
    provider: Provider,
    *,
    seen_since: datetime,
    after: UUID | None,
    limit: int,
    only: UUID | None,
) -> list[tuple[Happened, Point]]:
    """The last event of each vehicle that MDS has been told of, and where it was seen last.

    In a rental that is where the rental began.
    """
    told, trip, riding = aliased(MdsEvent), aliased(Rental), aliased(Rental)
    last = select(func.max(told.seq)).where(told.vehicle_id == Vehicle.id).correlate(Vehicle).scalar_subquery()
    rides = riding.vehicle_id == Vehicle.id, riding.ended_at.is_(None), riding.started_at.is_not(None)
    states = (
        select(VehicleEvent, MdsEvent, trip, VehicleStatus, Vehicle.station_id, riding.hold_id, riding.started_at)
        .select_from(Vehicle)
        .join(VehicleType, OF_TYPE)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .join(MdsEvent, and_(MdsEvent.vehicle_id == Vehicle.id, MdsEvent.seq == last))
        .join(VehicleEvent, and_(VehicleEvent.vehicle_id == MdsEvent.vehicle_id, VehicleEvent.seq == MdsEvent.seq))
        .outerjoin(trip, trip.hold_id == MdsEvent.trip_id)
        .outerjoin(riding, and_(*rides))
        .where(*of_provider(provider), _deployed(seen_since))
    )
    rows: Any = await session.execute(_page(states, after, limit, only))
    return [
        (_happened(event, told, ridden), _last_seen(status, station_id, trip_id, started_at))
        for event, told, ridden, status, station_id, trip_id, started_at in rows
    ]


async def list_events(
    session: AsyncSession,
    provider: Provider,
    *,
    since: datetime,
    until: datetime,
    after: EventKey | None = None,
    limit: int | None = None,
) -> list[Happened]:
    """Events from `since` up to `until` in the order of time."""
    key = (MdsEvent.at, MdsEvent.vehicle_id, MdsEvent.seq)
    events = (
        select(VehicleEvent, MdsEvent, Rental)
        .select_from(MdsEvent)
        .join(VehicleEvent, and_(VehicleEvent.vehicle_id == MdsEvent.vehicle_id, VehicleEvent.seq == MdsEvent.seq))
        .outerjoin(Rental, Rental.hold_id == MdsEvent.trip_id)
        .where(MdsEvent.city_id == provider.city_id, MdsEvent.mode == provider.mode)
        .where(MdsEvent.at >= since, MdsEvent.at < until)
    )
    if after is not None:
        events = events.where(tuple_(*key) > after)
    rows = await session.execute(events.order_by(*key).limit(limit))
    return [_happened(*row) for row in rows]


async def find_events(session: AsyncSession, vehicle_id: UUID, seqs: Sequence[int]) -> list[Happened]:
    """Some of a vehicle's events."""
    events = (
        select(VehicleEvent, MdsEvent, Rental)
        .select_from(MdsEvent)
        .join(VehicleEvent, and_(VehicleEvent.vehicle_id == MdsEvent.vehicle_id, VehicleEvent.seq == MdsEvent.seq))
        .outerjoin(Rental, Rental.hold_id == MdsEvent.trip_id)
        .where(MdsEvent.vehicle_id == vehicle_id, MdsEvent.seq.in_(seqs))
    )
    return [_happened(*row) for row in await session.execute(events.order_by(MdsEvent.seq))]


async def list_trips(session: AsyncSession, provider: Provider, *which: ColumnElement[bool]) -> list[Ridden]:
    """Rides that are over, in the order of their ends."""
    trips = (
        select(Rental)
        .join(Vehicle, Vehicle.id == Rental.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), Rental.city_id == provider.city_id, Rental.state == "ended", *which)
        .order_by(Rental.ended_at, Rental.id)
    )
    return [_ridden(rental) for rental in await session.scalars(trips)]


async def list_points(
    session: AsyncSession, provider: Provider, *, since: datetime, until: datetime, after: ReportKey | None, limit: int
) -> list[tuple[ReportKey, Point]]:
    """Where vehicles stood by their own word; what they said in rentals has no position."""
    key = (TelemetryReport.vehicle_id, TelemetryReport.boot, TelemetryReport.seq)
    reports = (
        select(TelemetryReport)
        .join(Vehicle, Vehicle.id == TelemetryReport.vehicle_id)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), TelemetryReport.at >= since, TelemetryReport.at < until)
        .where(TelemetryReport.lon.is_not(None), TelemetryReport.lat.is_not(None))
    )
    if after is not None:
        reports = reports.where(tuple_(*key) > after)
    await session.execute(THESE_DAYS_ONLY)
    return [_point(report) for report in await session.scalars(reports.order_by(*key).limit(limit))]


async def list_stops(session: AsyncSession, city_id: str) -> Sequence[Station]:
    stations = select(Station).where(Station.city_id == city_id, Station.retired_at.is_(None))
    return (await session.scalars(stations.order_by(Station.code))).all()


async def list_parked(session: AsyncSession, provider: Provider) -> Sequence[Row[UUID, UUID, str, str, datetime]]:
    """Vehicles at stations that nobody rides: station, id, type, state and since when."""
    parked = (
        select(Vehicle.station_id, Vehicle.id, Vehicle.type_code, Vehicle.state, Vehicle.state_since)
        .join(VehicleType, OF_TYPE)
        .where(*of_provider(provider), Vehicle.station_id.is_not(None))
        .where(Vehicle.state.in_(("available", "reserved", "non_operational", "non_contactable", "missing")))
    )
    return (await session.execute(parked.order_by(Vehicle.id))).all()  # type: ignore[return-value]


def _deployed(since: datetime) -> ColumnElement[bool]:
    """On the street now, or at some time since then."""
    event = aliased(VehicleEvent)
    return or_(Vehicle.state != "removed", exists().where(event.vehicle_id == Vehicle.id, event.at >= since))


def _page(asked: Any, after: UUID | None, limit: int, only: UUID | None) -> Any:
    if only is not None:
        asked = asked.where(Vehicle.id == only)
    if after is not None:
        asked = asked.where(Vehicle.id > after)
    return asked.order_by(Vehicle.id).limit(limit)


def _happened(event: VehicleEvent, told: MdsEvent, trip: Rental | None) -> Happened:
    return Happened(
        vehicle_id=event.vehicle_id,
        seq=event.seq,
        event=event.event,
        state=event.to_state,
        at=event.at,
        recorded_at=told.recorded_at,
        stood=_place(told.lon, told.lat),
        charge_percent=told.charge_percent,
        trip_id=told.trip_id,
        start=None if trip is None else LonLat(trip.start_lon, trip.start_lat),
        end=None if trip is None else _place(trip.end_lon, trip.end_lat),
    )


def _last_seen(
    status: VehicleStatus, station_id: UUID | None, trip_id: UUID | None, started_at: datetime | None
) -> Point:
    at = started_at or status.position_at
    return Point(
        id=id_of("last", status.vehicle_id, at.isoformat()),
        vehicle_id=status.vehicle_id,
        at=at,
        position=LonLat(status.lon, status.lat),
        charge_percent=status.charge_percent,
        trip_id=trip_id,
        stop_id=station_id if trip_id is None else None,
    )


def _ridden(rental: Rental) -> Ridden:
    assert rental.started_at is not None and rental.ended_at is not None  # noqa: PT018, S101  # the table's check
    assert rental.end_lon is not None and rental.end_lat is not None  # noqa: PT018, S101
    return Ridden(
        trip_id=rental.hold_id,
        vehicle_id=rental.vehicle_id,
        started_at=rental.started_at,
        ended_at=rental.ended_at,
        start=LonLat(rental.start_lon, rental.start_lat),
        end=LonLat(rental.end_lon, rental.end_lat),
        distance_m=rental.distance_m,
        total_cents=rental.total_cents or 0,
        vat_percent=float(rental.vat_percent or 0),
    )


def _point(report: TelemetryReport) -> tuple[ReportKey, Point]:
    key = (report.vehicle_id, report.boot, report.seq)
    point = Point(
        id=id_of("report", *key),
        vehicle_id=report.vehicle_id,
        at=report.at,
        position=LonLat(report.lon or 0.0, report.lat or 0.0),
        charge_percent=report.charge_percent,
    )
    return key, point


def _place(lon: float | None, lat: float | None) -> LonLat | None:
    return None if lon is None or lat is None else LonLat(lon, lat)
