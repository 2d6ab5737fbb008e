"""What crews do of a published plan, as their phones say it: late, twice and out of order too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.db import outbox
from mobility.rebalancing.events import NightTaskChanged
from mobility.rebalancing.rules import work
from mobility.rebalancing.rules.refusals import NotOnThisCrew, ReasonMissing, UnknownNightTask, WrongVehicle
from mobility.rebalancing.rules.work import OPEN, StepKind, WorkState
from mobility.rebalancing.service.handled import move_vehicles
from mobility.rebalancing.tables import Night, NightCrewMember, NightStep, NightTask

STEPS_MAX = 200
"""Of a phone that comes back into the network: a shift has fewer."""
WORK_SHOWN_FOR = timedelta(hours=12)
"""After a night's end: a phone that was offline still tells what it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a phone says: `id` and `at` are of its making."""

    id: UUID
    task_id: UUID
    kind: StepKind
    at: datetime
    vehicle: str | None = None
    vehicle_ids: Sequence[UUID] | None = None
    charge_percent: int | None = None
    reason: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a step: `applied`, `known` (it changes nothing any more), or a refusal."""

    step_id: UUID
    outcome: str
    refusal: Problem | None = None
    left_out: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    night: Night
    crew_code: str
    tasks: Sequence[NightTask]


async def find_shift(session: AsyncSession, clock: Clock, account_id: UUID) -> Shift | None:
    """The night that the person works in now or next, with their crew's tasks, what is begun first, then by time."""
    row = (
        await session.execute(
            select(Night, NightCrewMember.crew_code)
            .join(NightCrewMember, NightCrewMember.night_id == Night.id)
            .where(NightCrewMember.account_id == account_id, Night.ends_at > clock.now() - WORK_SHOWN_FOR)
            .order_by((Night.ends_at <= clock.now()), Night.begins_at)
            .limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    shown = select(NightTask).where(
        NightTask.night_id == row[0].id, NightTask.crew_code == row[1], NightTask.state != WorkState.WITHDRAWN
    )
    tasks = (await session.scalars(shown.execution_options(populate_existing=True))).all()
    return Shift(row[0], row[1], sorted(tasks, key=_in_order))


async def take_steps(session: AsyncSession, clock: Clock, account_id: UUID, steps: Sequence[Step]) -> list[Taken]:
    """Take in what a phone has kept, in the order in which it happened; each step counts for itself."""
    taken = {}
    for step in sorted(steps, key=lambda each: each.at):
        taken[step.id] = await _take(session, clock, account_id, step)
    return [taken[step.id] for step in steps]


async def _take(session: AsyncSession, clock: Clock, account_id: UUID, step: Step) -> Taken:
    try:
        async with session.begin_nested():
            return await _apply(session, clock, account_id, step)
    except Problem as refusal:
        await _note(session, clock, account_id, step, refusal.code)
        return Taken(step.id, "refused", refusal)


async def _apply(session: AsyncSession, clock: Clock, account_id: UUID, step: Step) -> Taken:
    """Raises `UnknownNightTask`, `NotOnThisCrew`, `WorkClosed`, `StepFromTheFuture`, `WrongVehicle`, `ReasonMissing`,
    `VehicleInUse`, `TransitionRefused`.
    """
    task = await session.get(NightTask, step.task_id, with_for_update={"key_share": True}, populate_existing=True)
    if task is None:
        raise UnknownNightTask
    if await session.get(NightStep, step.id) is not None:
        return Taken(step.id, "known")
    if await session.get(NightCrewMember, (task.night_id, account_id)) is None:
        raise NotOnThisCrew
    before = WorkState(task.state)
    after = work.decide(before, step.kind, at=step.at, closed_at=task.closed_at, now=clock.now())
    _refuse(task, step)
    left_out: Sequence[UUID] = ()
    if before in OPEN or before == WorkState.WITHDRAWN:
        left_out = await move_vehicles(session, clock, task, step.kind, step.vehicle_ids, account_id)
    outcome = "known" if before == after and step.kind != "scan" else "applied"
    if outcome == "applied" and step.kind != "scan":
        _write(task, step, after, account_id)
        await _tell(session, clock, task)
    await _note(session, clock, account_id, step, outcome)
    return Taken(step.id, outcome, left_out=left_out)


def _refuse(task: NightTask, step: Step) -> None:
    vehicles = task.content["vehicles"]
    plates = {each["plate"].casefold() for each in vehicles}
    if step.kind == "scan" and (step.vehicle or "").strip().casefold() not in plates:
        raise WrongVehicle
    if not {str(each) for each in step.vehicle_ids or ()} <= {each["id"] for each in vehicles}:
        raise WrongVehicle
    if step.kind == "cannot" and step.reason is None:
        raise ReasonMissing


def _write(task: NightTask, step: Step, after: WorkState, account_id: UUID) -> None:
    task.state = after
    if after == WorkState.STARTED:
        task.started_at, task.closed_at, task.closed_by = step.at, None, None
    else:
        task.started_at = task.started_at or step.at
        task.closed_at, task.closed_by, task.note = step.at, account_id, step.note
        task.reason = step.reason if after == WorkState.CANNOT else None


async def _note(session: AsyncSession, clock: Clock, account_id: UUID, step: Step, outcome: str) -> None:
    """Keep what was said; of a task that nobody knows, or a step that is kept already, there is nothing to keep."""
    if await session.get(NightTask, step.task_id) is None or await session.get(NightStep, step.id) is not None:
        return
    session.add(
        NightStep(
            id=step.id,
            task_id=step.task_id,
            account_id=account_id,
            kind=step.kind,
            at=step.at,
            received_at=clock.now(),
            vehicle_ids=None if step.vehicle_ids is None else [str(each) for each in step.vehicle_ids],
            charge_percent=step.charge_percent,
            reason=step.reason,
            note=step.note,
            outcome=outcome,
        )
    )
    await session.flush()


async def _tell(session: AsyncSession, clock: Clock, task: NightTask) -> None:
    await session.flush()
    night = await session.get_one(Night, task.night_id)
    told = NightTaskChanged(task_id=task.id, night_id=night.id, city_id=night.city_id, state=task.state, at=clock.now())
    await outbox.record(session, clock, told)


def _in_order(task: NightTask) -> tuple[bool, bool, datetime, int]:
    return task.state not in OPEN, task.state != WorkState.STARTED, task.starts_at, task.position
