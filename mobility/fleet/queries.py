"""Selects that lock, join or are used twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.fleet.rules.commands import Kind
from mobility.fleet.rules.commands import State as CommandState
from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.rules.modes import FIRST_STATE, MACHINES, Mode, StateName
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.rules.rentals import UNDECIDED, Span, Unlocking, rental_spans
from mobility.fleet.tables import Vehicle, VehicleCommand, VehicleEvent, VehicleStatus, VehicleType
from mobility.geo import Bounds, LonLat


async def get_vehicle(session: AsyncSession, vehicle_id: UUID) -> Vehicle:
    vehicle = await session.get(Vehicle, vehicle_id)
    if vehicle is None:
        raise UnknownVehicle
    return vehicle


async def lock_vehicle(session: AsyncSession, vehicle_id: UUID) -> tuple[Vehicle, Mode]:
    """The vehicle, kept from other changes of state until the transaction ends, and its mode."""
    locked = await session.execute(
        select(Vehicle, VehicleType.mode)
        .join(VehicleType)
        .where(Vehicle.id == vehicle_id)
        # Not FOR UPDATE: that would wait for every report being stored, whose foreign key holds the row's key.
        .with_for_update(of=Vehicle, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = locked.one_or_none()
    if row is None:
        raise UnknownVehicle
    return row[0], Mode(row[1])


async def lock_status(session: AsyncSession, vehicle_id: UUID) -> tuple[VehicleStatus, int]:
    """The vehicle's latest state, kept from others until the transaction ends, and how many metres it goes at most."""
    locked = await session.execute(
        select(VehicleStatus, VehicleType.max_range_m)
        .join(Vehicle, Vehicle.id == VehicleStatus.vehicle_id)
        .join(VehicleType)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .with_for_update(of=VehicleStatus, key_share=True)
        .execution_options(populate_existing=True)
    )
    status, max_range_m = locked.one()
    return status, max_range_m


async def list_states_left(session: AsyncSession, vehicle_id: UUID) -> list[str]:
    """The states the vehicle has ever left, each once, the latest left first."""
    latest = func.max(VehicleEvent.seq)
    states = (
        select(VehicleEvent.from_state)
        .where(VehicleEvent.vehicle_id == vehicle_id)
        .group_by(VehicleEvent.from_state)
        .order_by(latest.desc())
    )
    return list(await session.scalars(states))


async def list_rental_spans(session: AsyncSession, vehicle_id: UUID, since: datetime) -> list[Span]:
    """The vehicle's rentals that were running at `since` or began later, each from its unlock on."""
    decided = select(func.max(VehicleEvent.seq)).where(
        VehicleEvent.vehicle_id == vehicle_id, VehicleEvent.at < since, VehicleEvent.to_state.not_in(UNDECIDED)
    )
    steps = (
        select(VehicleEvent.to_state, VehicleEvent.at)
        .where(VehicleEvent.vehicle_id == vehicle_id, VehicleEvent.seq >= func.coalesce(decided.scalar_subquery(), 0))
        .order_by(VehicleEvent.seq)
    )
    logged = (await session.execute(steps)).all()
    last_step_at = logged[-1].at if logged else None
    unlockings = await _list_unlockings(session, vehicle_id, since)
    return [*rental_spans(logged), *(each.span(last_step_at) for each in unlockings)]


async def _list_unlockings(session: AsyncSession, vehicle_id: UUID, since: datetime) -> list[Unlocking]:
    """The unlocks for riders that had no answer at `since`, the latest one before, and those of later."""
    riders = (
        VehicleCommand.vehicle_id == vehicle_id,
        VehicleCommand.kind == Kind.UNLOCK,
        VehicleCommand.rental_id.is_not(None),
    )
    first = select(func.max(VehicleCommand.issued_at)).where(*riders, VehicleCommand.issued_at < since)
    found = await session.execute(
        select(VehicleCommand.issued_at, VehicleCommand.settled_at, VehicleCommand.state)
        .where(*riders, VehicleCommand.issued_at >= func.coalesce(first.scalar_subquery(), LONG_AGO))
        .order_by(VehicleCommand.issued_at)
    )
    return [Unlocking(asked_at, settled_at, state == CommandState.CONFIRMED) for asked_at, settled_at, state in found]


async def is_in_use(session: AsyncSession, vehicle_id: UUID, now: datetime) -> bool:
    """Whether somebody rides the vehicle, or is just unlocking it."""
    return any(span.end is None for span in await list_rental_spans(session, vehicle_id, now))


async def find_availability(session: AsyncSession, public_id: UUID) -> Row[str, float, int, datetime | None] | None:
    """State, charge, least charge and retirement of the type of the vehicle that residents know as `public_id`."""
    found = await session.execute(
        select(Vehicle.state, VehicleStatus.charge_percent, VehicleType.charge_percent_min, VehicleType.retired_at)
        .join(VehicleType)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .where(Vehicle.public_id == public_id)
    )
    return found.one_or_none()


def _fleet() -> Select[Vehicle, VehicleStatus]:
    return select(Vehicle, VehicleStatus).join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)


async def list_fleet(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None = None,
    type_code: str | None = None,
    box: Bounds | None = None,
    after_plate: str | None = None,
    limit: int | None = None,
) -> list[FleetVehicle]:
    """A city's vehicles by plate, from the first one after `after_plate`."""
    inside = () if box is None else (_in_box(box),)
    asked = {Vehicle.state: state, Vehicle.type_code: type_code}
    found = await session.execute(
        _fleet()
        .where(Vehicle.city_id == city_id, *(column == value for column, value in asked.items() if value is not None))
        .where(Vehicle.plate > (after_plate or ""), *inside)
        .order_by(Vehicle.plate)
        .limit(limit)
    )
    return [_fleet_vehicle(vehicle, status) for vehicle, status in found]


def _in_box(box: Bounds) -> ColumnElement[bool]:
    return VehicleStatus.lon.between(box.west, box.east) & VehicleStatus.lat.between(box.south, box.north)


async def get_fleet_vehicle(session: AsyncSession, vehicle_id: UUID) -> tuple[str, FleetVehicle]:
    """City and picture of one vehicle."""
    found = (await session.execute(_fleet().where(Vehicle.id == vehicle_id))).one_or_none()
    if found is None:
        raise UnknownVehicle
    return found[0].city_id, _fleet_vehicle(*found)


async def list_events(
    session: AsyncSession, vehicle_id: UUID, *, before_seq: int | None, limit: int
) -> Sequence[VehicleEvent]:
    """A vehicle's events, the latest first."""
    events = select(VehicleEvent).where(VehicleEvent.vehicle_id == vehicle_id)
    if before_seq is not None:
        events = events.where(VehicleEvent.seq < before_seq)
    return (await session.scalars(events.order_by(VehicleEvent.seq.desc()).limit(limit))).all()


async def count_by_state(session: AsyncSession, city_id: str) -> dict[str, int]:
    """How many vehicles of the city are in each state; states without a vehicle are left out."""
    counted = await session.execute(
        select(Vehicle.state, func.count()).where(Vehicle.city_id == city_id).group_by(Vehicle.state)
    )
    return dict(counted.all())


async def states_follow_from_events(session: AsyncSession) -> list[str]:
    """One sentence for each vehicle whose state is not the outcome of its events; empty when all is well."""
    previous = func.lag(VehicleEvent.to_state, 1, FIRST_STATE).over(
        partition_by=VehicleEvent.vehicle_id, order_by=VehicleEvent.seq
    )
    number = func.row_number().over(partition_by=VehicleEvent.vehicle_id, order_by=VehicleEvent.seq)
    steps = select(VehicleEvent, previous.label("previous"), number.label("number")).subquery()
    broken = select(Vehicle.plate, steps.c.seq).join(Vehicle, Vehicle.id == steps.c.vehicle_id)
    gaps = await session.execute(
        broken.where((steps.c.from_state != steps.c.previous) | (steps.c.seq != steps.c.number)).order_by(Vehicle.plate)
    )
    return [
        *(f"{plate}: event {seq} does not continue from the one before" for plate, seq in gaps),
        *await _steps_outside_the_table(session),
        *await _states_beside_the_log(session),
    ]


async def _steps_outside_the_table(session: AsyncSession) -> list[str]:
    step = (VehicleType.mode, VehicleEvent.from_state, VehicleEvent.event, VehicleEvent.to_state)
    taken = await session.execute(
        select(*step, func.min(Vehicle.plate))
        .join(Vehicle, Vehicle.id == VehicleEvent.vehicle_id)
        .join(VehicleType, (VehicleType.city_id == Vehicle.city_id) & (VehicleType.code == Vehicle.type_code))
        .group_by(*step)
    )
    return [
        f"{plate}: {before} → {event} → {after} is no step of mode {mode}"
        for mode, before, event, after, plate in taken
        if not MACHINES[Mode(mode)].follows(before, event, after)
    ]


async def _states_beside_the_log(session: AsyncSession) -> list[str]:
    seqs = select(VehicleEvent.vehicle_id, func.max(VehicleEvent.seq).label("seq")).group_by(VehicleEvent.vehicle_id)
    last_seq = seqs.subquery()
    last = aliased(VehicleEvent)
    state, seq = func.coalesce(last.to_state, FIRST_STATE), func.coalesce(last.seq, 0)
    found = await session.execute(
        select(Vehicle.plate, Vehicle.state, Vehicle.state_seq, state, seq)
        .outerjoin(last_seq, last_seq.c.vehicle_id == Vehicle.id)
        .outerjoin(last, (last.vehicle_id == Vehicle.id) & (last.seq == last_seq.c.seq))
        .where((Vehicle.state != state) | (Vehicle.state_seq != seq))
        .order_by(Vehicle.plate)
    )
    return [f"{plate}: is {is_} at event {at}, its log ends {ends} at {end}" for plate, is_, at, ends, end in found]


def _fleet_vehicle(vehicle: Vehicle, status: VehicleStatus) -> FleetVehicle:
    return FleetVehicle(
        id=vehicle.id,
        plate=vehicle.plate,
        type=vehicle.type_code,
        state=cast("StateName", vehicle.state),
        state_since=vehicle.state_since,
        seq=vehicle.state_seq,
        position=LonLat(status.lon, status.lat),
        station_id=vehicle.station_id,
        charge_percent=status.charge_percent,
        range_m=status.range_m,
        odometer_m=status.odometer_m,
        locked=status.locked,
        reported_at=status.reported_at,
        heard_at=status.heard_at,
    )
