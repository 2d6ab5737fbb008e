"""Versions of a night's plan: asked for, cancelled, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.db import outbox
from mobility.rebalancing.events import NightPlanChanged
from mobility.rebalancing.rules.nights import first_minute
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.rules.refusals import (
    PlanBeingSolved,
    PlanNotBeingSolved,
    PlanNotDraft,
    PlanOutdated,
    PlanViolated,
    UnknownNightPlan,
)
from mobility.rebalancing.service.nights import described, hours_of, lock_night
from mobility.rebalancing.service.published import put_to_work
from mobility.rebalancing.tables import Night, NightPlan

WAITING = ("asked", "solving")
SEED = 0
REPLAN_SECONDS = 4
"""Of the ten within which crews have their changed plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Why a plan is asked for, and how: `seconds` None is what the city's file says."""

    because: str
    asked_by: UUID | None = None
    seconds: int | None = None
    # Changes the published plan as little as it must.
    keeps_to_published: bool = False
    publishes_itself: bool = False


async def ask(session: AsyncSession, clock: Clock, night: Night, wish: Wish) -> NightPlan:
    """Ask for the next version of a locked night's plan; raises `PlanBeingSolved`."""
    if await find_waiting(session, night.id) is not None:
        raise PlanBeingSolved
    plan = await next_version(session, clock, night, wish)
    session.add(plan)
    await session.flush()
    await tell(session, clock, plan, night.city_id)
    return plan


async def next_version(session: AsyncSession, clock: Clock, night: Night, wish: Wish) -> NightPlan:
    """What would be solved if it were asked for now; it is not stored."""
    last = await session.scalar(select(func.max(NightPlan.version)).where(NightPlan.night_id == night.id))
    published = await find_published(session, night.id)
    seconds = wish.seconds or described(await get_city(session, night.city_id)).solve_seconds
    return NightPlan(
        night_id=night.id,
        version=(last or 0) + 1,
        based_on=published.id if published and wish.keeps_to_published else None,
        starts_at=first_minute(hours_of(night), clock.now()),
        because=wish.because,
        asked_by=wish.asked_by,
        asked_at=clock.now(),
        publishes_itself=wish.publishes_itself,
        solve_seconds=seconds,
        seed=SEED,
    )


async def cancel(session: AsyncSession, clock: Clock, plan_id: UUID) -> NightPlan:
    """Stop solving; the best plan so far becomes the draft, if there is one. Raises `PlanNotBeingSolved`."""
    plan = await lock_plan(session, plan_id)
    if plan.state not in WAITING:
        raise PlanNotBeingSolved
    plan.cancelled_at = clock.now()
    if plan.state == "asked":
        plan.state = "cancelled"
        await tell(session, clock, plan, (await session.get_one(Night, plan.night_id)).city_id)
    await session.flush()
    return plan


async def publish(session: AsyncSession, clock: Clock, plan_id: UUID, *, operator_id: UUID | None) -> NightPlan:
    """Put a draft in force; the plan before is superseded, and what crews have begun of it stays.

    Raises
    ------
    UnknownNightPlan, NightOver, PlanNotDraft, PlanOutdated, PlanViolated
    """
    night = await lock_night(session, clock, (await get_plan(session, plan_id)).night_id)
    plan = await lock_plan(session, plan_id)
    if plan.state != "draft" or plan.document is None:
        raise PlanNotDraft(state=plan.state)
    document = msgspec.convert(plan.document, PlanDocument)
    if document.violations:
        raise PlanViolated(first=document.violations[0], violations=document.violations)
    before = await find_published(session, night.id)
    if before is not None:
        if before.version > plan.version:
            raise PlanOutdated
        before.state, before.superseded_at = "superseded", clock.now()
        await session.flush()
        await tell(session, clock, before, night.city_id)
    plan.state, plan.published_at, plan.published_by = "published", clock.now(), operator_id
    await session.flush()
    await put_to_work(session, clock, plan, document)
    await tell(session, clock, plan, night.city_id)
    return plan


async def get_plan(session: AsyncSession, plan_id: UUID) -> NightPlan:
    """Raises `UnknownNightPlan`."""
    plan = await session.get(NightPlan, plan_id)
    if plan is None:
        raise UnknownNightPlan
    return plan


async def lock_plan(session: AsyncSession, plan_id: UUID) -> NightPlan:
    """Raises `UnknownNightPlan`."""
    plan = await session.get(NightPlan, plan_id, with_for_update={"key_share": True}, populate_existing=True)
    if plan is None:
        raise UnknownNightPlan
    return plan


async def find_published(session: AsyncSession, night_id: UUID) -> NightPlan | None:
    found = select(NightPlan).where(NightPlan.night_id == night_id, NightPlan.state == "published")
    return await session.scalar(found)


async def find_waiting(session: AsyncSession, night_id: UUID) -> NightPlan | None:
    found = select(NightPlan).where(NightPlan.night_id == night_id, NightPlan.state.in_(WAITING))
    return await session.scalar(found)


async def list_plans(session: AsyncSession, night_id: UUID, *, limit: int) -> Sequence[NightPlan]:
    """The latest first."""
    plans = select(NightPlan).where(NightPlan.night_id == night_id).order_by(NightPlan.version.desc()).limit(limit)
    return (await session.scalars(plans)).all()


async def forget(session: AsyncSession, clock: Clock, keep: timedelta) -> int:
    """Drop the solver's files of nights longer ago than `keep`; plans and what crews did of them stay."""
    old = select(Night.id).where(Night.ends_at < clock.now() - keep).scalar_subquery()
    gone = update(NightPlan).where(NightPlan.night_id.in_(old), NightPlan.instance.is_not(None)).values(instance=None)
    return len((await session.execute(gone.returning(NightPlan.id))).all())


async def tell(session: AsyncSession, clock: Clock, plan: NightPlan, city_id: str) -> None:
    told = NightPlanChanged(plan_id=plan.id, night_id=plan.night_id, city_id=city_id, state=plan.state, at=clock.now())
    await outbox.record(session, clock, told)
