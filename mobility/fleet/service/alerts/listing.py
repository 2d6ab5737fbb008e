"""Alerts as operators page through them, the latest first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.rules.alerts.decisions import STANDS, AlertState
from mobility.fleet.rules.alerts.refusals import UnknownAlert
from mobility.fleet.tables import Alert, AlertEvent, Vehicle


async def list_alerts(
    session: AsyncSession,
    city_id: str,
    *,
    state: str | None,
    kind: str | None,
    severity: str | None,
    vehicle_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Alert, Vehicle | None]]:
    """Those that stand, or those in `state`, with their vehicles; the city's own have none."""
    asked = {Alert.kind: kind, Alert.severity: severity, Alert.vehicle_id: vehicle_id}
    alerts = (
        select(Alert, Vehicle)
        .outerjoin(Vehicle, Vehicle.id == Alert.vehicle_id)
        .where(Alert.city_id == city_id, Alert.state.in_(STANDS if state is None else {state}))
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(Alert.id.desc())
        .limit(limit)
    )
    if after is not None:
        alerts = alerts.where(Alert.id < after)
    return [(alert, vehicle) for alert, vehicle in await session.execute(alerts)]


async def get_alert(session: AsyncSession, alert_id: UUID) -> tuple[Alert, Vehicle | None]:
    """An alert that people may know of, and its vehicle; raises `UnknownAlert`."""
    alert = select(Alert, Vehicle).outerjoin(Vehicle, Vehicle.id == Alert.vehicle_id)
    found = await session.execute(alert.where(Alert.id == alert_id, Alert.state != AlertState.PENDING))
    row = found.one_or_none()
    if row is None:
        raise UnknownAlert
    return row[0], row[1]


async def list_history(
    session: AsyncSession, alert_id: UUID, *, before: int | None, limit: int
) -> Sequence[AlertEvent]:
    """What happened to an alert, the latest first."""
    events = select(AlertEvent).where(AlertEvent.alert_id == alert_id)
    if before is not None:
        events = events.where(AlertEvent.id < before)
    return (await session.scalars(events.order_by(AlertEvent.id.desc()).limit(limit))).all()
