from functools import partial

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.outbox import Subscriptions
from mobility.db.session import after_commit
from mobility.fleet.events import AlertChanged, TaskChanged, VehicleCommandChanged, VehicleStateChanged
from mobility.fleet.queries import get_fleet_vehicle
from mobility.fleet.rules.commands import Kind, State, alert_of
from mobility.fleet.rules.live_map import AlertNews, CommandNews, FreeChanged, TaskNews, public_stream, stream
from mobility.fleet.service import Actor, alerts


def subscriptions(live: Live) -> Subscriptions:
    """Operators' live maps hear of every change of state, command, alert and task; residents', that there was one."""

    async def draw_again(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
        city_id, picture = await get_fleet_vehicle(session, event.vehicle_id)
        # After the commit: a map that cannot be reached must not keep the fact from its other subscribers.
        after_commit(session, partial(live.publish, stream(city_id), msgspec.to_builtins(picture)))
        after_commit(session, partial(live.publish, public_stream(city_id), FreeChanged()))

    async def show_command(session: AsyncSession, clock: Clock, event: VehicleCommandChanged) -> None:
        news = CommandNews(
            id=event.command_id,
            vehicle_id=event.vehicle_id,
            command=event.kind,
            state=event.state,
            code=event.code,
            at=event.at,
        )
        after_commit(session, partial(live.publish, stream(event.city_id), news))

    async def show_alert(session: AsyncSession, clock: Clock, event: AlertChanged) -> None:
        news = AlertNews(
            id=event.alert_id,
            vehicle_id=event.vehicle_id,
            alert=event.kind,
            severity=event.severity,
            state=event.state,
            at=event.at,
        )
        after_commit(session, partial(live.publish, stream(event.city_id), news))

    async def show_task(session: AsyncSession, clock: Clock, event: TaskChanged) -> None:
        news = TaskNews(id=event.task_id, vehicle_id=event.vehicle_id, task=event.kind, state=event.state, at=event.at)
        after_commit(session, partial(live.publish, stream(event.city_id), news))

    return {
        VehicleStateChanged: [draw_again],
        VehicleCommandChanged: [show_command, note_disobedience],
        AlertChanged: [show_alert],
        TaskChanged: [show_task],
    }


async def note_disobedience(session: AsyncSession, clock: Clock, event: VehicleCommandChanged) -> None:
    """An alert when a vehicle does not do what no operator watches it do; over when it does."""
    alert = alert_of(Kind(event.kind))
    if event.state == State.CONFIRMED:
        await alerts.settle(session, clock, event.vehicle_id, alert)
    elif event.state in (State.REFUSED, State.EXPIRED) and event.actor != Actor.OPERATOR:
        facts = {"command_id": str(event.command_id), "command": event.kind, "answer": event.state}
        await alerts.note(session, clock, event.vehicle_id, alert, facts)
