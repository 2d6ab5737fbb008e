"""Vehicles put on the street, moved through their states, parked and heard."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Required, TypedDict, Unpack
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import CityFile
from mobility.city.tables import Station
from mobility.db import outbox
from mobility.fleet import queries
from mobility.fleet.events import VehicleStateChanged
from mobility.fleet.rules.credentials import SECRET_BYTES, hash_of
from mobility.fleet.rules.deployment import Placement, placements
from mobility.fleet.rules.hearing import Heard, latest, status_columns
from mobility.fleet.rules.modes import FIRST_STATE, MACHINES, RETURNS, RIDE_EVENTS, Mode, Step, events_of
from mobility.fleet.rules.refusals import (
    ChargeTooLow,
    NotForOperators,
    UnknownVehicle,
    VehicleTaken,
    VehicleUnavailable,
)
from mobility.fleet.tables import Vehicle, VehicleEvent, VehicleStatus, VehicleType
from mobility.geo import LonLat


class Actor(StrEnum):
    """Who caused an event."""

    RIDER = "rider"
    OPERATOR = "operator"
    SYSTEM = "system"


class Cause(TypedDict, total=False):
    """Who or what an event comes from."""

    actor: Required[Actor]
    actor_id: UUID | None
    rental_id: UUID | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class NewVehicle:
    """A vehicle just added; `secret` is shown here once and kept nowhere."""

    id: UUID
    plate: str
    type_code: str
    position: LonLat
    secret: str


async def load_types(session: AsyncSession, clock: Clock, city_file: CityFile) -> None:
    """Make the city's vehicle types those of its file; types no longer in it are retired, not deleted."""
    for type_ in city_file.vehicle_types:
        values = {
            "mode": type_.mode,
            "max_range_m": type_.max_range_m,
            "charge_percent_min": type_.charge_percent_min,
            "spec": msgspec.to_builtins(type_),
            "retired_at": None,
        }
        row = insert(VehicleType).values(city_id=city_file.id, code=type_.code, **values)
        await session.execute(row.on_conflict_do_update(index_elements=["city_id", "code"], set_=values))
    await session.execute(
        update(VehicleType)
        .where(VehicleType.city_id == city_file.id, VehicleType.retired_at.is_(None))
        .where(VehicleType.code.not_in([type_.code for type_ in city_file.vehicle_types]))
        .values(retired_at=clock.now())
    )


async def add_vehicles(session: AsyncSession, clock: Clock, city_file: CityFile) -> list[NewVehicle]:
    """Put those vehicles of the file's fleet on the street that are not there yet, fully charged.

    A vehicle is known by its plate: loading the same file again adds nothing.
    """
    known = set(await session.scalars(select(Vehicle.plate).where(Vehicle.city_id == city_file.id)))
    stations = await session.execute(select(Station.code, Station.id).where(Station.city_id == city_file.id))
    station_ids = dict(stations.all())
    return [
        await _add(session, clock, city_file.id, placement, station_ids.get(placement.station or ""))
        for placement in placements(city_file)
        if placement.plate not in known
    ]


# One statement: of any number of riders at once exactly one wins, and nobody waits for a lock. NO KEY, because a report
# being stored holds the row's key, and that must not make the vehicle look taken.
RESERVE = text("""
    WITH free AS (
        SELECT vehicle.id
        FROM vehicle
        JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
        JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
        WHERE vehicle.public_id = :public_id AND vehicle.state = 'available'
            AND type.retired_at IS NULL AND status.charge_percent >= type.charge_percent_min
        FOR NO KEY UPDATE OF vehicle SKIP LOCKED
    ), won AS (
        UPDATE vehicle SET state = 'reserved', state_seq = state_seq + 1, state_since = :now
        FROM free WHERE vehicle.id = free.id
        RETURNING vehicle.*
    ), logged AS (
        INSERT INTO vehicle_event (vehicle_id, seq, event, from_state, to_state, at, actor, actor_id)
        SELECT id, state_seq, 'reservation_start', 'available', 'reserved', :now, 'rider', :actor_id FROM won
    )
    SELECT * FROM won
""")


async def reserve(session: AsyncSession, clock: Clock, public_id: UUID, actor_id: UUID) -> Vehicle:
    """Win the vehicle that residents know as `public_id` for the account `actor_id`.

    Raises
    ------
    UnknownVehicle, VehicleTaken, VehicleUnavailable, ChargeTooLow
    """
    won: Vehicle | None = await session.scalar(
        select(Vehicle).from_statement(RESERVE).execution_options(populate_existing=True),
        {"public_id": public_id, "now": clock.now(), "actor_id": actor_id},
    )
    if won is None:
        raise await _why_not(session, public_id)
    await _tell(session, clock, won)
    return won


async def advance(session: AsyncSession, clock: Clock, vehicle_id: UUID, step: Step, **cause: Unpack[Cause]) -> Vehicle:
    """Take a vehicle through a step of its ride, by the events its mode has for it; see `modes.events_of`.

    Raises
    ------
    UnknownVehicle, TransitionRefused
    """
    vehicle, mode = await queries.lock_vehicle(session, vehicle_id)
    left = await _states_left(session, vehicle)
    events = events_of(mode, step, vehicle.state, left=left)
    return await _walk(session, clock, vehicle, mode, events, left, **cause)


async def apply(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, events: Sequence[str], **cause: Unpack[Cause]
) -> Vehicle:
    """Walk a vehicle through `events`, each a row of its log, and tell the others where it arrived.

    Raises
    ------
    UnknownVehicle, TransitionRefused
    """
    vehicle, mode = await queries.lock_vehicle(session, vehicle_id)
    return await _walk(session, clock, vehicle, mode, events, await _states_left(session, vehicle), **cause)


async def report_event(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, event: str, *, operator_id: UUID, reason: str
) -> Vehicle:
    """What an operator does to a vehicle: out of service, back in service, picked up, dropped off, missing, found.

    Raises
    ------
    NotForOperators, UnknownVehicle, TransitionRefused
    """
    if event in RIDE_EVENTS:
        raise NotForOperators(event=event)
    return await apply(session, clock, vehicle_id, [event], actor=Actor.OPERATOR, actor_id=operator_id, reason=reason)


async def rotate_public_id(session: AsyncSession, vehicle_id: UUID) -> UUID:
    """Give the vehicle a new name for residents and feeds, so that nobody can follow it from ride to ride."""
    public_id = uuid4()
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(public_id=public_id))
    return public_id


async def park(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, position: LonLat, station_id: UUID | None
) -> None:
    """Record where a ride left the vehicle; reports of before, arriving later, do not move it back."""
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(station_id=station_id))
    await session.execute(
        update(VehicleStatus)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .values(lon=position.lon, lat=position.lat, reported_at=func.greatest(VehicleStatus.reported_at, clock.now()))
    )


async def hear(session: AsyncSession, clock: Clock, vehicle_id: UUID, reports: Sequence[Heard]) -> bool:
    """Bring the vehicle's latest state up to date; False when nothing said is newer than what is known.

    The caller has left out what was said twice, and positions made during a rental.
    """
    status, max_range_m = await queries.lock_status(session, vehicle_id)
    status.heard_at = clock.now()
    news = latest(reports, after=(status.reported_at, status.report_seq))
    if news is not None:
        for column, value in status_columns(news, max_range_m=max_range_m).items():
            setattr(status, column, value)
    await session.flush()
    return news is not None


async def _states_left(session: AsyncSession, vehicle: Vehicle) -> list[str]:
    """The states left before, the latest first; only a vehicle that is away can be asked to go back to one."""
    return await queries.list_states_left(session, vehicle.id) if vehicle.state in RETURNS else []


async def _walk(
    session: AsyncSession,
    clock: Clock,
    vehicle: Vehicle,
    mode: Mode,
    events: Sequence[str],
    left: Sequence[str],
    **cause: Unpack[Cause],
) -> Vehicle:
    now = clock.now()
    for event in events:
        before, after = vehicle.state, MACHINES[mode].move(vehicle.state, event, left=left)
        vehicle.state, vehicle.state_seq, vehicle.state_since = after, vehicle.state_seq + 1, now
        left = [before, *left]
        step = {"event": event, "from_state": before, "to_state": after}
        session.add(VehicleEvent(vehicle_id=vehicle.id, seq=vehicle.state_seq, at=now, **step, **cause))
    await session.flush()
    if events:
        await _tell(session, clock, vehicle)
    return vehicle


async def _add(
    session: AsyncSession, clock: Clock, city_id: str, placement: Placement, station_id: UUID | None
) -> NewVehicle:
    now, secret = clock.now(), secrets.token_urlsafe(SECRET_BYTES)
    new = NewVehicle(new_id(), placement.plate, placement.type.code, placement.position, secret)
    session.add(_new_vehicle(new, now, city_id, placement, station_id))
    await session.flush()
    session.add(
        VehicleStatus(
            vehicle_id=new.id,
            lon=placement.position.lon,
            lat=placement.position.lat,
            charge_percent=100.0,
            range_m=placement.type.max_range_m,
            odometer_m=0,
            reported_at=now,
            heard_at=now,
        )
    )
    await advance(session, clock, new.id, Step.DEPLOY, actor=Actor.SYSTEM)
    return new


def _new_vehicle(
    new: NewVehicle, now: datetime, city_id: str, placement: Placement, station_id: UUID | None
) -> Vehicle:
    return Vehicle(
        id=new.id,
        city_id=city_id,
        type_code=placement.type.code,
        plate=new.plate,
        key_hash=hash_of(new.secret),
        state=FIRST_STATE,
        state_seq=0,
        state_since=now,
        station_id=station_id,
        created_at=now,
    )


async def _why_not(
    session: AsyncSession, public_id: UUID
) -> UnknownVehicle | VehicleTaken | VehicleUnavailable | ChargeTooLow:
    """Asked only after the reservation failed; what changed meanwhile counts as taken."""
    found = await queries.find_availability(session, public_id)
    if found is None:
        return UnknownVehicle()
    if found.state not in ("available", "reserved", "on_trip", "stopped") or found.retired_at:
        return VehicleUnavailable()
    if found.state == "available" and found.charge_percent < found.charge_percent_min:
        return ChargeTooLow(charge_percent=found.charge_percent, charge_percent_min=found.charge_percent_min)
    return VehicleTaken()


async def _tell(session: AsyncSession, clock: Clock, vehicle: Vehicle) -> None:
    await outbox.record(
        session,
        clock,
        VehicleStateChanged(
            vehicle_id=vehicle.id,
            city_id=vehicle.city_id,
            seq=vehicle.state_seq,
            state=vehicle.state,
            at=vehicle.state_since,
        ),
    )
