"""A published plan as rows that crews work through: the same work is the same row, whatever version it is of."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.rebalancing.rules.plan_document import CrewTour, PlanDocument, PlannedTask
from mobility.rebalancing.rules.work import WorkState
from mobility.rebalancing.tables import NightPlan, NightTask


async def put_to_work(session: AsyncSession, clock: Clock, plan: NightPlan, document: PlanDocument) -> None:
    """Make the night's tasks those of the plan; what was begun or closed stays, the rest of before is withdrawn."""
    begun = {task.id: task for task in await list_tasks(session, plan.night_id) if task.state != WorkState.PLANNED}
    rows = [
        _row(plan, tour, position, task)
        for tour in document.tours
        for position, task in enumerate(tour.tasks)
        if task.id not in begun or begun[task.id].state == WorkState.WITHDRAWN
    ]
    kept = [row["id"] for row in rows]
    gone = update(NightTask).where(
        NightTask.night_id == plan.night_id, NightTask.state == WorkState.PLANNED, NightTask.id.not_in(kept)
    )
    await session.execute(gone.values(state=WorkState.WITHDRAWN, closed_at=clock.now()))
    if rows:
        upsert = insert(NightTask).values(rows)
        placed = {name: upsert.excluded[name] for name in rows[0] if name not in ("id", "night_id")}
        await session.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=placed))


async def list_tasks(session: AsyncSession, night_id: UUID, *, crew_code: str | None = None) -> Sequence[NightTask]:
    """Tasks of a night that were ever published, by crew and order."""
    tasks = select(NightTask).where(NightTask.night_id == night_id)
    if crew_code is not None:
        tasks = tasks.where(NightTask.crew_code == crew_code)
    ordered = tasks.order_by(NightTask.crew_code, NightTask.position, NightTask.id)
    # Tasks are also written past the ORM.
    return (await session.scalars(ordered.execution_options(populate_existing=True))).all()


def _row(plan: NightPlan, tour: CrewTour, position: int, task: PlannedTask) -> dict[str, object]:
    return {
        "id": task.id,
        "night_id": plan.night_id,
        "plan_id": plan.id,
        "crew_code": tour.crew,
        "position": position,
        "kind": task.kind,
        "content": msgspec.to_builtins(task),
        "starts_at": task.starts_at,
        "ends_at": task.ends_at,
        "state": WorkState.PLANNED,
        "closed_at": None,
    }
