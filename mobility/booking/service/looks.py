"""Two people's look at where a rented vehicle is: asked for, opened by another, written down, over by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, distinct, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking.events import RideLocated
from mobility.booking.rules import looks as rules
from mobility.booking.rules.looks import LookState, Purpose
from mobility.booking.tables import AccessLogEntry, Assistance, Rental
from mobility.db import outbox
from mobility.db.session import allow_forgetting, own_transaction
from mobility.fleet.service import sightings
from mobility.fleet.tables import Sighting

SWEEP_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Request:
    """Why somebody wants to see where a rented vehicle is."""

    purpose: Purpose
    reason: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Audit:
    """Looks at riders' data and how many people looked; looks open past their time; positions kept without leave."""

    looks: int
    people: int
    overdue: int
    stray: int


async def ask(
    session: AsyncSession, clock: Clock, *, vehicle_id: UUID, operator_id: UUID, request: Request
) -> Assistance:
    """Ask to see where a vehicle in a ride is; shows nothing until somebody else opens it.

    Raises
    ------
    VehicleNotRented, AssistanceExists
    """
    rental = await _find_running(session, vehicle_id)
    if rental is None:
        raise rules.VehicleNotRented
    await _close_all(session, clock, Assistance.rental_id == rental.id, Assistance.until <= clock.now())
    asked: Assistance | None = await session.scalar(
        insert(Assistance)
        .values(
            id=new_id(),
            rental_id=rental.id,
            vehicle_id=vehicle_id,
            city_id=rental.city_id,
            purpose=request.purpose,
            reason=request.reason,
            minutes=request.minutes,
            asked_by=operator_id,
            asked_at=clock.now(),
            until=clock.now() + rules.REQUEST_LAPSES_AFTER,
        )
        .on_conflict_do_nothing()
        .returning(Assistance)
    )
    if asked is None:
        raise rules.AssistanceExists
    return asked


async def approve(session: AsyncSession, clock: Clock, *, assistance_id: UUID, operator_id: UUID) -> Assistance:
    """Open it for the two for the time that was asked for; doing so twice changes nothing.

    Raises
    ------
    UnknownAssistance, TwoPeopleNeeded, AssistanceOver, AssistanceOpen
    """
    asked = await lock(session, assistance_id)
    state = state_at(asked, clock.now())
    if state is LookState.OPEN and asked.approved_by == operator_id:
        return asked
    rules.refuse_approval(state, asked_by=asked.asked_by, approver=operator_id)
    asked.approved_by, asked.opened_at = operator_id, clock.now()
    asked.until = clock.now() + timedelta(minutes=asked.minutes)
    await session.flush()
    await sightings.allow(session, asked.rental_id, asked.until)
    if asked.purpose == Purpose.ASSISTANCE:
        await _tell_rider(session, clock, asked)
    return asked


async def close(session: AsyncSession, clock: Clock, *, assistance_id: UUID, operator_id: UUID) -> Assistance:
    """Close it before its time, or take the request back; closing what is over changes nothing.

    Raises
    ------
    UnknownAssistance
    """
    found = await lock(session, assistance_id)
    if found.closed_at is None:
        found.closed_by = operator_id
        await _close(session, clock, found)
    return found


async def look(session: AsyncSession, clock: Clock, *, assistance_id: UUID, operator_id: UUID) -> Sighting | None:
    """Where the vehicle was last; None until it says so. The look is written down before it is answered.

    Raises
    ------
    UnknownAssistance, NotOneOfTheTwo, AssistanceNotOpen, AssistanceOver
    """
    async with own_transaction(session) as beside:
        opened = await lock(beside, assistance_id)
        if operator_id not in (opened.asked_by, opened.approved_by):
            raise rules.NotOneOfTheTwo
        rules.refuse_unless_open(state_at(opened, clock.now()))
        beside.add(_entry(opened, operator_id, clock))
        await sightings.allow(beside, opened.rental_id, opened.until)
        return await sightings.find(beside, clock, opened.rental_id)


async def finish(session: AsyncSession, clock: Clock, rental_id: UUID) -> None:
    """A ride has ended: nobody looks at it any more."""
    await _close_all(session, clock, Assistance.rental_id == rental_id)


async def close_over(session: AsyncSession, clock: Clock) -> int:
    """Tidy up after those whose time is up; how many. Several workers may do so at once."""
    return await _close_all(session, clock, Assistance.until <= clock.now(), skip_locked=True)


async def forget(session: AsyncSession, clock: Clock, kept: timedelta) -> int:
    """Delete looks written down longer ago than that, and the permissions that are as old; how many looks."""
    before = clock.now() - kept
    await allow_forgetting(session, "access_log")
    old = delete(AccessLogEntry).where(AccessLogEntry.at < before).returning(AccessLogEntry.id)
    forgotten = len((await session.execute(old)).all())
    still_shown = exists().where(AccessLogEntry.assistance_id == Assistance.id)
    await session.execute(delete(Assistance).where(Assistance.closed_at < before, ~still_shown))
    return forgotten


async def audit(session: AsyncSession, since: datetime, late: datetime) -> Audit:
    """What the access log has since `since`, and what should have been over at `late` and is not."""
    counted = select(func.count(), func.count(distinct(AccessLogEntry.account_id))).where(AccessLogEntry.at >= since)
    looks, people = (await session.execute(counted)).one()
    unclosed = select(func.count()).where(Assistance.closed_at.is_(None), Assistance.until < late)
    open_now = exists().where(Assistance.rental_id == Sighting.rental_id, Assistance.closed_at.is_(None))
    stray = select(func.count()).select_from(Sighting).where(~open_now)
    return Audit(looks, people, *[(await session.execute(each)).scalar_one() for each in (unclosed, stray)])


async def lock(session: AsyncSession, assistance_id: UUID) -> Assistance:
    """It as it is now, kept from other changes until the transaction ends; raises `UnknownAssistance`."""
    found = await session.get(Assistance, assistance_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise rules.UnknownAssistance
    return found


def state_at(found: Assistance, now: datetime) -> LookState:
    return rules.state_of(opened_at=found.opened_at, until=found.until, closed_at=found.closed_at, now=now)


async def _find_running(session: AsyncSession, vehicle_id: UUID) -> Rental | None:
    """The ride that the vehicle is in, kept from ending until the transaction ends."""
    running = select(Rental).where(
        Rental.vehicle_id == vehicle_id, Rental.ended_at.is_(None), Rental.started_at.is_not(None)
    )
    return await session.scalar(running.with_for_update(read=True))


async def _close_all(
    session: AsyncSession, clock: Clock, *which: ColumnElement[bool], skip_locked: bool = False
) -> int:
    over = select(Assistance).where(Assistance.closed_at.is_(None), *which).order_by(Assistance.id)
    found = (await session.scalars(over.limit(SWEEP_AT_MOST).with_for_update(skip_locked=skip_locked))).all()
    for each in found:
        await _close(session, clock, each)
    return len(found)


async def _close(session: AsyncSession, clock: Clock, found: Assistance) -> None:
    found.closed_at = min(clock.now(), found.until)
    await session.flush()
    await sightings.forget(session, found.rental_id)
    if found.opened_at is not None and found.purpose == Purpose.THEFT:
        await _tell_rider(session, clock, found)


async def _tell_rider(session: AsyncSession, clock: Clock, opened: Assistance) -> None:
    told = RideLocated(rental_id=opened.rental_id, assistance_id=opened.id, city_id=opened.city_id, at=clock.now())
    await outbox.record(session, clock, told)


def _entry(opened: Assistance, operator_id: UUID, clock: Clock) -> AccessLogEntry:
    return AccessLogEntry(
        at=clock.now(),
        account_id=operator_id,
        city_id=opened.city_id,
        kind="position",
        vehicle_id=opened.vehicle_id,
        rental_id=opened.rental_id,
        assistance_id=opened.id,
        about=clock.now(),
        reason=opened.reason,
    )
