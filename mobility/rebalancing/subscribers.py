from functools import partial
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.live import Live
from mobility.db.outbox import Subscriptions
from mobility.db.session import after_commit
from mobility.fleet.events import VehicleStateChanged
from mobility.fleet.rules.live_map import stream
from mobility.rebalancing.events import NightPlanChanged, NightTaskChanged
from mobility.rebalancing.rules.news import NightPlanNews, NightTaskNews, PlanStateName
from mobility.rebalancing.rules.restrictions import GONE, Cause
from mobility.rebalancing.service import restrictions
from mobility.rebalancing.service.handled import is_held


async def go_around(session: AsyncSession, clock: Clock, event: VehicleStateChanged) -> None:
    """A vehicle that somebody rides, or that is gone, is no longer where tonight's work expects it."""
    if event.state in GONE and not await is_held(session, event.vehicle_id):
        cause = cast("Cause", GONE[event.state])
        await restrictions.note_vehicle(session, clock, event.vehicle_id, event.city_id, cause=cause)


def subscriptions(live: Live) -> Subscriptions:
    """Operators' consoles hear what becomes of a night's plans and tasks."""

    async def show_plan(session: AsyncSession, clock: Clock, event: NightPlanChanged) -> None:
        state = cast("PlanStateName", event.state)
        news = NightPlanNews(id=event.plan_id, night_id=event.night_id, state=state, at=event.at)
        after_commit(session, partial(live.publish, stream(event.city_id), news))

    async def show_task(session: AsyncSession, clock: Clock, event: NightTaskChanged) -> None:
        news = NightTaskNews(id=event.task_id, night_id=event.night_id, state=event.state, at=event.at)
        after_commit(session, partial(live.publish, stream(event.city_id), news))

    return {VehicleStateChanged: [go_around], NightPlanChanged: [show_plan], NightTaskChanged: [show_task]}
