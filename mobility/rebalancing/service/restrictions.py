"""What a night's plan goes around: edits of operators, and disturbances of the night."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.tables import Vehicle
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.rules.refusals import (
    RestrictionStands,
    TaskNotMovable,
    UnknownCrew,
    UnknownNightTask,
    UnknownRestriction,
)
from mobility.rebalancing.rules.restrictions import Cause, RestrictionKind
from mobility.rebalancing.rules.work import WorkState
from mobility.rebalancing.service.nights import described, lock_night
from mobility.rebalancing.tables import Night, NightPlan, NightRestriction, NightTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be gone around: a vehicle or task by its id, a station or crew by its code."""

    kind: RestrictionKind
    target: str
    cause: Cause = "edit"
    crew_code: str | None = None
    position: int | None = None
    note: str | None = None


async def restrict(
    session: AsyncSession, clock: Clock, night_id: UUID, asked: Asked, *, operator_id: UUID | None
) -> NightRestriction:
    """Have the next plan go around something; a task that was fixed elsewhere before is fixed anew.

    Raises
    ------
    UnknownNight, NightOver, UnknownVehicle, UnknownPlace, UnknownCrew, UnknownNightTask, TaskNotMovable,
    RestrictionStands
    """
    night = await lock_night(session, clock, night_id)
    await _refuse(session, night, asked)
    standing = await _standing(session, night_id, asked)
    if standing is not None:
        if asked.kind != "task":
            raise RestrictionStands
        standing.lifted_at = clock.now()
        await session.flush()
    made = NightRestriction(
        night_id=night_id,
        kind=asked.kind,
        target=asked.target,
        cause=asked.cause,
        crew_code=asked.crew_code,
        position=asked.position,
        note=asked.note,
        made_by=operator_id,
        made_at=clock.now(),
    )
    session.add(made)
    await session.flush()
    return made


async def get_restriction(session: AsyncSession, restriction_id: UUID) -> NightRestriction:
    """Raises `UnknownRestriction`."""
    found = await session.get(NightRestriction, restriction_id)
    if found is None:
        raise UnknownRestriction
    return found


async def list_restrictions(session: AsyncSession, night_id: UUID) -> Sequence[NightRestriction]:
    """Those that stand, in the order in which they were made."""
    standing = select(NightRestriction).where(NightRestriction.night_id == night_id)
    standing = standing.where(NightRestriction.lifted_at.is_(None)).order_by(NightRestriction.id)
    return (await session.scalars(standing)).all()


async def lift(session: AsyncSession, clock: Clock, restriction_id: UUID) -> None:
    """The next plan no longer goes around it; saying so again changes nothing. Raises `NightOver`."""
    found = await get_restriction(session, restriction_id)
    await lock_night(session, clock, found.night_id)
    found.lifted_at = found.lifted_at or clock.now()
    await session.flush()


async def note_vehicle(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, city_id: str, *, cause: Cause
) -> NightRestriction | None:
    """Go around a vehicle that is no longer where tonight's work expects it; None where no work does."""
    now = clock.now()
    running = select(Night).where(Night.city_id == city_id, Night.begins_at <= now, Night.ends_at > now)
    night = await session.scalar(running.with_for_update(key_share=True))
    if night is None or not await _is_planned(session, night.id, vehicle_id):
        return None
    asked = Asked(kind="vehicle", target=str(vehicle_id), cause=cause)
    if await _standing(session, night.id, asked) is not None:
        return None
    return await restrict(session, clock, night.id, asked, operator_id=None)


async def _is_planned(session: AsyncSession, night_id: UUID, vehicle_id: UUID) -> bool:
    planned = select(NightTask.id).where(
        NightTask.night_id == night_id,
        NightTask.state == WorkState.PLANNED,
        NightTask.content["vehicles"].contains([{"id": str(vehicle_id)}]),
    )
    return await session.scalar(planned.limit(1)) is not None


async def _standing(session: AsyncSession, night_id: UUID, asked: Asked) -> NightRestriction | None:
    found = select(NightRestriction).where(
        NightRestriction.night_id == night_id,
        NightRestriction.kind == asked.kind,
        NightRestriction.target == asked.target,
        NightRestriction.lifted_at.is_(None),
    )
    return await session.scalar(found)


async def _refuse(session: AsyncSession, night: Night, asked: Asked) -> None:
    city = await get_city(session, night.city_id)
    crews = {crew.code for crew in described(city).crews}
    if asked.kind == "vehicle":
        await _refuse_vehicle(session, night, asked.target)
    elif asked.kind == "station":
        if asked.target not in {station.code for station in city.file.stations}:
            places_of(city).index_of(asked.target)
    elif asked.kind == "crew":
        if asked.target not in crews:
            raise UnknownCrew
    else:
        if asked.crew_code is not None and asked.crew_code not in crews:
            raise UnknownCrew
        await _refuse_task(session, night, asked.target)


async def _refuse_vehicle(session: AsyncSession, night: Night, vehicle_id: str) -> None:
    vehicle = await session.get(Vehicle, _id(vehicle_id, UnknownVehicle))
    if vehicle is None or vehicle.city_id != night.city_id:
        raise UnknownVehicle


async def _refuse_task(session: AsyncSession, night: Night, task_id: str) -> None:
    own = _id(task_id, UnknownNightTask)
    published = await session.get(NightTask, own)
    if published is not None and published.state not in (WorkState.PLANNED, WorkState.WITHDRAWN):
        raise TaskNotMovable
    known = {task.id: task for document in await _documents(session, night.id) for _, task in document.tasks()}
    if own not in known:
        raise UnknownNightTask
    if known[own].kind == "break":
        raise TaskNotMovable


async def _documents(session: AsyncSession, night_id: UUID) -> Sequence[PlanDocument]:
    solved = select(NightPlan.document).where(
        NightPlan.night_id == night_id, NightPlan.state.in_(("draft", "published"))
    )
    return [msgspec.convert(each, PlanDocument) for each in await session.scalars(solved)]


def _id(text: str, refusal: type[Exception]) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise refusal from None
