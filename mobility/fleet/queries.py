"""Selects that lock, join or are used twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Uuid, any_, bindparam, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mobility.fleet.rules import off_road
from mobility.fleet.rules.hearing import KNOWN_COLUMNS, Known
from mobility.fleet.rules.live_map import FleetVehicle
from mobility.fleet.rules.modes import FIRST_STATE, MACHINES, Mode, StateName
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.rules.rentals import NOT_UNLOCKED, UNDECIDED, UNLOCKING, Span, rental_spans
from mobility.fleet.tables import Damage, Vehicle, VehicleEvent, VehicleStatus, VehicleType, WorkOrder
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


# In one order everywhere: of two batches with the same vehicles one waits for the other, never both.
LOCK_KNOWN = text(f"""
    SELECT {", ".join(KNOWN_COLUMNS)}
    FROM vehicle_status JOIN vehicle ON vehicle.id = vehicle_id
    JOIN (SELECT city_id AS type_city, code, max_range_m FROM vehicle_type) AS type
        ON type_city = city_id AND code = type_code
    WHERE vehicle_id = ANY(CAST(:vehicle_ids AS uuid[]))
    ORDER BY vehicle_id
    FOR NO KEY UPDATE OF vehicle_status
""")  # noqa: S608 - the names are the fields of `Known`


async def lock_known(session: AsyncSession, vehicle_ids: Iterable[UUID]) -> dict[UUID, Known]:
    """The latest states of those of the vehicles that exist, kept from others until the transaction ends."""
    locked = await session.execute(LOCK_KNOWN, {"vehicle_ids": list(vehicle_ids)})
    return {row[0]: Known(*row) for row in locked}


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


# The vehicle's log, and between its lines the riders' unlocks: from those on the vehicle may be on its way.
RENTAL_STEPS = text("""
    WITH first AS (
        SELECT vehicle_id, coalesce((
            SELECT seq FROM vehicle_event AS decided
            WHERE decided.vehicle_id = asked.vehicle_id AND decided.at < asked.since
                AND decided.to_state <> ALL (CAST(:undecided AS text[]))
            ORDER BY seq DESC LIMIT 1
        ), 1) AS seq
        FROM unnest(CAST(:vehicle_ids AS uuid[]), CAST(:since AS timestamptz[])) AS asked (vehicle_id, since)
    ), step AS (
        SELECT vehicle_id, event.to_state AS state, event.at, event.rental_id, event.seq
        FROM first JOIN vehicle_event AS event USING (vehicle_id)
        WHERE event.seq >= first.seq
        UNION ALL
        SELECT vehicle_id, unlock.state, unlock.at, command.rental_id, 0
        FROM first JOIN vehicle_event AS event USING (vehicle_id, seq)
        JOIN vehicle_command AS command USING (vehicle_id)
        CROSS JOIN LATERAL (VALUES
            (:unlocking, command.issued_at),
            (:not_unlocked, CASE WHEN command.state <> 'confirmed' THEN command.settled_at END)
        ) AS unlock (state, at)
        WHERE command.kind = 'unlock' AND command.rental_id IS NOT NULL AND command.issued_at >= event.at
            AND unlock.at IS NOT NULL
    )
    SELECT vehicle_id, state, at, rental_id FROM step ORDER BY vehicle_id, at, seq
""")


async def list_rental_spans(session: AsyncSession, since: Mapping[UUID, datetime]) -> dict[UUID, list[Span]]:
    """Of each vehicle asked for, the rentals that were running at its instant or began later, from their unlock on."""
    if not since:
        return {}
    asked = {
        "vehicle_ids": list(since),
        "since": list(since.values()),
        "undecided": list(UNDECIDED),
        "unlocking": UNLOCKING,
        "not_unlocked": NOT_UNLOCKED,
    }
    steps = groupby(await session.execute(RENTAL_STEPS, asked), key=itemgetter(0))
    return {vehicle_id: rental_spans(step[1:] for step in taken) for vehicle_id, taken in steps}


async def is_in_use(session: AsyncSession, vehicle_id: UUID, now: datetime) -> bool:
    """Whether somebody rides the vehicle, or is just unlocking it."""
    spans = await list_rental_spans(session, {vehicle_id: now})
    return any(span.end is None for span in spans.get(vehicle_id, []))


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


# Columns, not objects, and no others: a batch of reports may move thousands.
PICTURED: tuple[Any, ...] = (
    *(Vehicle.id, Vehicle.plate, Vehicle.type_code, Vehicle.state, Vehicle.state_since, Vehicle.state_seq),
    *(Vehicle.station_id, VehicleStatus.lon, VehicleStatus.lat, VehicleStatus.charge_percent, VehicleStatus.range_m),
    *(VehicleStatus.odometer_m, VehicleStatus.locked, VehicleStatus.reported_at, VehicleStatus.heard_at),
)
PICTURES = (
    select(*PICTURED)
    .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
    .where(Vehicle.id == any_(bindparam("vehicle_ids", type_=ARRAY(Uuid))))
)


async def list_pictures(session: AsyncSession, vehicle_ids: Iterable[UUID]) -> list[FleetVehicle]:
    """What operators see of each of the vehicles."""
    found = await session.execute(PICTURES, {"vehicle_ids": list(vehicle_ids)})
    return [_fleet_vehicle(row, row) for row in found]


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


def _fleet_vehicle(vehicle: Vehicle | Row[Any], status: VehicleStatus | Row[Any]) -> FleetVehicle:
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


async def find_reason_off_road(session: AsyncSession, vehicle_id: UUID) -> off_road.Reason | None:
    """Why the vehicle must not be ridden now; None when nothing holds it."""
    damaged = exists().where(Damage.vehicle_id == vehicle_id, Damage.closed_at.is_(None), Damage.severity == "critical")
    held = or_(WorkOrder.holds, WorkOrder.state == "in_progress")
    ordered = exists().where(WorkOrder.vehicle_id == vehicle_id, WorkOrder.done_at.is_(None), held)
    is_damaged, is_ordered = (await session.execute(select(damaged, ordered))).one()
    return "damage" if is_damaged else "work_order" if is_ordered else None


async def find_leaving(session: AsyncSession, vehicle_id: UUID) -> VehicleEvent | None:
    """The event by which the vehicle last left the service while it was to be had."""
    left = select(VehicleEvent).where(
        VehicleEvent.vehicle_id == vehicle_id,
        VehicleEvent.from_state == "available",
        VehicleEvent.to_state.in_(off_road.OUT_OF_SERVICE),
    )
    return await session.scalar(left.order_by(VehicleEvent.seq.desc()).limit(1))
