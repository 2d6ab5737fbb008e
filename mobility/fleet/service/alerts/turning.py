"""Alerts that change the state of their vehicle, one vehicle and one transaction at a time."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.rules.alerts.decisions import STANDS, AlertState
from mobility.fleet.rules.alerts.turns import Claim, Turn, next_turn
from mobility.fleet.rules.modes import Mode
from mobility.fleet.service.states import Actor, apply
from mobility.fleet.tables import Alert, Vehicle, VehicleType

# Each is a transaction of its own; a fleet that fell silent at once is out of service a few rounds later.
TURNS_MAX = 200


async def list_due(session: AsyncSession, city_id: str) -> list[UUID]:
    """Vehicles of the city to which their alerts have something to do."""
    rows = await session.execute(
        select(Vehicle.id, VehicleType.mode, Vehicle.state, Vehicle.state_seq, Alert)
        .join(Alert, Alert.vehicle_id == Vehicle.id)
        .join(VehicleType)
        .where(Alert.city_id == city_id, Alert.takes_out.is_not(None))
        .where(or_(Alert.state.in_(STANDS), Alert.out_seq.is_not(None)))
        .order_by(Vehicle.id)
    )
    vehicles: defaultdict[tuple[UUID, str, str, int], list[Claim]] = defaultdict(list)
    for vehicle_id, mode, state, seq, alert in rows:
        vehicles[vehicle_id, mode, state, seq].append(_claim(alert))
    due = [
        vehicle_id
        for (vehicle_id, mode, state, seq), claims in vehicles.items()
        if next_turn(Mode(mode), state, seq, claims)
    ]
    return due[:TURNS_MAX]


async def turn(session: AsyncSession, clock: Clock, vehicle_id: UUID) -> int:
    """Do to a vehicle what its alerts ask; how many turns. One that somebody is changing is left to the next round."""
    locked = await session.execute(
        select(Vehicle, VehicleType.mode)
        .join(VehicleType)
        .where(Vehicle.id == vehicle_id)
        .with_for_update(of=Vehicle, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = locked.one_or_none()
    turns = 0
    while row and (due := next_turn(Mode(row[1]), row[0].state, row[0].state_seq, await _claims(session, vehicle_id))):
        await _do(session, clock, vehicle_id, due)
        turns += 1
    return turns


async def _do(session: AsyncSession, clock: Clock, vehicle_id: UUID, turn: Turn) -> None:
    if turn.event:
        await apply(session, clock, vehicle_id, [turn.event], actor=Actor.SYSTEM, reason=turn.because)
    await session.execute(
        update(Alert)
        .where(Alert.id.in_(turn.out_seq))
        .values(out_seq=case(dict(turn.out_seq), value=Alert.id, else_=Alert.out_seq))
        .execution_options(synchronize_session=False)
    )


async def _claims(session: AsyncSession, vehicle_id: UUID) -> Sequence[Claim]:
    claims = (
        select(Alert)
        .where(Alert.vehicle_id == vehicle_id, Alert.takes_out.is_not(None))
        .where(or_(Alert.state.in_(STANDS), Alert.out_seq.is_not(None)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [_claim(alert) for alert in await session.scalars(claims)]


def _claim(alert: Alert) -> Claim:
    assert alert.takes_out  # noqa: S101 -- asked for in SQL
    return Claim(
        alert_id=alert.id,
        kind=alert.kind,
        takes_out=alert.takes_out,
        stands=alert.state != AlertState.CLEARED,
        out_seq=alert.out_seq,
    )
