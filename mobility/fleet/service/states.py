from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Required, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.db import outbox
from mobility.fleet import queries
from mobility.fleet.events import VehicleStateChanged, VehicleTakenOutOfService
from mobility.fleet.rules.modes import MACHINES, RETURNS, RIDE_EVENTS, Mode, Step, events_of
from mobility.fleet.rules.off_road import OUT_OF_SERVICE, VehicleHeldBack, leaving
from mobility.fleet.rules.refusals import NotForOperators, UnknownVehicle, why_not_free
from mobility.fleet.tables import Vehicle, VehicleEvent


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


# In one statement: of any number of riders at once exactly one wins, and nobody waits for a lock. NO KEY, because a
# report being stored holds the row's key, and that must not make the vehicle look taken.
FREE = """
    SELECT vehicle.id AS vehicle_id
    FROM vehicle
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    WHERE vehicle.public_id = {public_id} AND vehicle.state = 'available'
        AND type.retired_at IS NULL AND status.charge_percent >= type.charge_percent_min
    FOR NO KEY UPDATE OF vehicle SKIP LOCKED
"""
WON = """
    UPDATE vehicle SET state = 'reserved', state_seq = state_seq + 1, state_since = :now
    FROM chosen WHERE vehicle.id = chosen.vehicle_id
    RETURNING vehicle.*
"""
LOGGED = """
    INSERT INTO vehicle_event (vehicle_id, seq, event, from_state, to_state, at, actor, actor_id)
    SELECT id, state_seq, 'reservation_start', 'available', 'reserved', :now, 'rider', :actor_id FROM won
"""
TOLD = f"""
    {outbox.RECORD}
    SELECT '{VehicleStateChanged.topic}', id, jsonb_build_object(
        'vehicle_id', id, 'city_id', city_id, 'seq', state_seq, 'state', state, 'at', state_since
    ), :now, :now, 0 FROM won
"""  # noqa: S608  # of constants, as the next
RESERVE = text(f"""
    WITH chosen AS ({FREE.format(public_id=":public_id")}), won AS ({WON}), logged AS ({LOGGED}), told AS ({TOLD})
    SELECT * FROM won
""")  # noqa: S608


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
    session: AsyncSession,
    clock: Clock,
    vehicle_id: UUID,
    events: Sequence[str],
    back_at: datetime | None = None,
    **cause: Unpack[Cause],
) -> Vehicle:
    """Walk a vehicle through `events`, each a row of its log, and tell the others where it arrived.

    Parameters
    ----------
    back_at
        When it is expected in service again, if the events take it out and somebody knows.

    Raises
    ------
    UnknownVehicle, TransitionRefused
    """
    vehicle, mode = await queries.lock_vehicle(session, vehicle_id)
    left = await _states_left(session, vehicle)
    return await _walk(session, clock, vehicle, mode, events, left, back_at=back_at, **cause)


async def report_event(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, event: str, *, operator_id: UUID, reason: str
) -> Vehicle:
    """What an operator does to a vehicle: out of service, back in service, picked up, dropped off, missing, found.

    Raises
    ------
    NotForOperators, UnknownVehicle, TransitionRefused, VehicleHeldBack
    """
    if event in RIDE_EVENTS:
        raise NotForOperators(event=event)
    vehicle, _ = await queries.lock_vehicle(session, vehicle_id)
    before = vehicle.state
    await apply(session, clock, vehicle_id, [event], actor=Actor.OPERATOR, actor_id=operator_id, reason=reason)
    if before == vehicle.state == "non_operational":
        raise VehicleHeldBack
    return vehicle


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
    back_at: datetime | None = None,
    **cause: Unpack[Cause],
) -> Vehicle:
    before = vehicle.state
    await _append(session, clock, vehicle, MACHINES[mode].walk(before, events, left=left), **cause)
    if events and vehicle.state == "available":
        await _keep_off_road(session, clock, vehicle, mode)
    if events:
        await _tell(session, clock, vehicle)
    if vehicle.state in OUT_OF_SERVICE and before not in OUT_OF_SERVICE:
        await _tell_out_of_service(session, clock, vehicle, events[-1], back_at)
    return vehicle


async def _append(
    session: AsyncSession,
    clock: Clock,
    vehicle: Vehicle,
    moves: Sequence[tuple[str, str, str]],
    **cause: Unpack[Cause],
) -> None:
    # All the moves before the first write: a step refused half way leaves nothing behind.
    now = clock.now()
    for event, before, after in moves:
        vehicle.state, vehicle.state_seq, vehicle.state_since = after, vehicle.state_seq + 1, now
        step = {"event": event, "from_state": before, "to_state": after}
        session.add(VehicleEvent(vehicle_id=vehicle.id, seq=vehicle.state_seq, at=now, **step, **cause))
    await session.flush()


async def _keep_off_road(session: AsyncSession, clock: Clock, vehicle: Vehicle, mode: Mode) -> None:
    """A vehicle that something holds goes on out of service before anybody can reserve it."""
    reason = await queries.find_reason_off_road(session, vehicle.id)
    if reason is not None:
        moves = MACHINES[mode].walk(vehicle.state, leaving(mode, vehicle.state))
        await _append(session, clock, vehicle, moves, actor=Actor.SYSTEM, reason=reason)


async def _why_not(session: AsyncSession, public_id: UUID) -> Problem:
    """Asked only after the reservation failed."""
    found = await queries.find_availability(session, public_id)
    if found is None:
        return UnknownVehicle()
    return why_not_free(
        state=found.state,
        is_retired=found.retired_at is not None,
        charge_percent=found.charge_percent,
        charge_percent_min=found.charge_percent_min,
    )


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


async def _tell_out_of_service(
    session: AsyncSession, clock: Clock, vehicle: Vehicle, event: str, back_at: datetime | None
) -> None:
    reason = await queries.find_reason_off_road(session, vehicle.id) or event
    told = VehicleTakenOutOfService(
        vehicle_id=vehicle.id, city_id=vehicle.city_id, at=vehicle.state_since, until=back_at, reason=reason
    )
    await outbox.record(session, clock, told)
