"""Alerts that something which happened raises, and ends."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import case, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.alert_rules import AlertKind, Rule
from mobility.city.service import get_city
from mobility.fleet import queries
from mobility.fleet.rules.alerts.decisions import STANDS, AlertState, Change
from mobility.fleet.rules.alerts.readings import Fact
from mobility.fleet.rules.alerts.rulebook import Rulebook, rulebook
from mobility.fleet.rules.modes import Mode
from mobility.fleet.service.alerts.crews import ask_crews, call_off
from mobility.fleet.service.alerts.history import record_changes
from mobility.fleet.tables import Alert, Vehicle, VehicleType

# Facts are shown to everybody at the desk and kept for long; where a vehicle was in a ride must not be among them.
POSITION_KEYS = frozenset({"lon", "lat", "longitude", "latitude", "position", "geometry"})


async def note(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, kind: AlertKind, facts: Mapping[str, Fact]
) -> Alert | None:
    """Raise an alert, or count once more the one that stands; None where the city wants none of the kind.

    Parameters
    ----------
    facts
        What to tell beside the kind, such as a command or a damage's id; never a position.

    Raises
    ------
    UnknownVehicle
    """
    if POSITION_KEYS & facts.keys():
        raise ValueError("the facts of an alert hold no position")
    vehicle = await queries.get_vehicle(session, vehicle_id)
    rule = (await rules_of(session, vehicle))[kind]
    if not rule.enabled:
        return None
    alert = await _upsert(session, clock, vehicle, kind, rule, facts)
    if alert.times_noted == 1:
        await record_changes(session, clock, [(alert, Change.RAISE)])
        await ask_crews(session, clock, [(alert, rule)])
    return alert


async def settle(session: AsyncSession, clock: Clock, vehicle_id: UUID, kind: AlertKind) -> bool:
    """End the alert of the kind because its cause is gone; False when none stood. What it did is undone soon after."""
    alert = await session.scalar(
        select(Alert)
        .where(Alert.vehicle_id == vehicle_id, Alert.kind == kind, Alert.state.in_(STANDS))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if alert is None:
        return False
    await clear(session, clock, alert)
    return True


async def clear(
    session: AsyncSession, clock: Clock, alert: Alert, *, actor_id: UUID | None = None, note: str | None = None
) -> None:
    """End a locked alert; a task of it that nobody has taken is called off."""
    alert.state, alert.cleared_at = AlertState.CLEARED, clock.now()
    await session.flush()
    await record_changes(session, clock, [(alert, Change.CLEAR)], actor_id=actor_id, note=note)
    await call_off(session, clock, [alert.id])


async def rules_of(session: AsyncSession, vehicle: Vehicle) -> Rulebook:
    """The rules that hold for a vehicle's class."""
    city = await get_city(session, vehicle.city_id)
    type_ = await session.get_one(VehicleType, (vehicle.city_id, vehicle.type_code))
    return rulebook(
        city.file.alerts,
        type_code=type_.code,
        mode=Mode(type_.mode),
        charge_percent_min=type_.charge_percent_min,
    )


async def _upsert(
    session: AsyncSession, clock: Clock, vehicle: Vehicle, kind: AlertKind, rule: Rule, facts: Mapping[str, Fact]
) -> Alert:
    now = clock.now()
    row = insert(Alert).values(
        city_id=vehicle.city_id,
        vehicle_id=vehicle.id,
        kind=kind,
        state=AlertState.OPEN,
        severity=rule.severity,
        facts=dict(facts),
        since=now,
        raised_at=now,
        takes_out=rule.takes_out,
    )
    was_pending = Alert.state == AlertState.PENDING
    upsert = row.on_conflict_do_update(
        index_elements=["vehicle_id", "kind"],
        index_where=text("state <> 'cleared'"),
        set_={
            "facts": row.excluded.facts,
            "raised_at": case((was_pending, now), else_=Alert.raised_at),
            "times_noted": case((was_pending, Alert.times_noted), else_=Alert.times_noted + 1),
            "state": case((was_pending, AlertState.OPEN), else_=Alert.state),
        },
    ).returning(Alert)
    written = await session.scalars(select(Alert).from_statement(upsert).execution_options(populate_existing=True))
    alert: Alert = written.one()
    return alert
