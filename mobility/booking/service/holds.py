import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.rules import holds as rules
from mobility.booking.rules.bookings import BookedSoon
from mobility.booking.rules.holds import HoldLockedOut, HoldState, Unused, is_over
from mobility.booking.rules.nearby import USEFUL_FOR
from mobility.booking.rules.refusals import AlreadyHolding, AlreadyRiding, HoldUsed, ServiceClosed
from mobility.booking.service.crowds import Around, Told
from mobility.booking.service.holding import Found, FoundVehicle, Wish, find, win
from mobility.booking.service.keeping import charge_unused
from mobility.booking.service.rides import Extension, Held, Kept
from mobility.booking.service.search import alternatives
from mobility.booking.tables import Hold
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.in_force import NotInForce
from mobility.city.rules.parking import StartNotAllowedHere
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_version
from mobility.db.idempotency import Given, IdempotencyKeyReused
from mobility.db.session import own_transaction
from mobility.fleet import service as fleet
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.refusals import UnknownVehicle, VehicleTaken, why_not_free
from mobility.fleet.service import Actor
from mobility.geo.streets.shelf import Streets
from mobility.payments.rules.refusals import RideUnpaid
from mobility.riders.rules.eligibility import refuse_not_eligible

ALTERNATIVES = 3
HELD_OR_RIDDEN = frozenset({"reserved", "on_trip", "stopped"})
# One sweep leaves room for the worker's other jobs; the next one comes a second later.
SWEEP_MAX = 100

Answer = Callable[[Held], bytes]
"""Writes what the rider is told of a hold, to be kept beside it."""


async def hold(
    session: AsyncSession, clock: Clock, wish: Wish, *, around: Around | None = None, answer: Answer | None = None
) -> Held | Given:
    """Keep a vehicle for a rider, free of charge, until the hold expires or its next booking needs it.

    A wish that was answered before gets the same answer.

    Opening hours and those of zones count here: a ride may still start when they end or begin during the hold.

    Raises
    ------
    RideUnpaid, AlreadyHolding, AlreadyRiding, UnknownVehicle, ServiceClosed, StartNotAllowedHere, VehicleTaken,
    VehicleUnavailable, ChargeTooLow, NotEligible, PositionNeeded, TooFarToHold, HoldLockedOut, BookedSoon, NotInForce,
    IdempotencyKeyReused
    """
    now, around = clock.now(), around or Around(Streets(None))
    found = await _find(session, clock, wish)
    if found.given is not None:
        return _same(found.given, wish)
    city, vehicle = await _allowed(session, clock, wish, found, around)
    until = rules.free_until(now, city.vehicle_type(vehicle.seen.type_code).hold)
    until = min(until, vehicle.needed_at or until)
    held = Held(Kept(new_id(), now, until, until), vehicle.seen, _extension(city, vehicle, until))
    body = answer(held) if answer else None
    try:
        if await win(session, now, wish, vehicle, hold_id=held.hold.id, free_until=until, body=body):
            return held
    except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError):
        # At this very instant a ride of theirs began, the vehicle was booked, or their key came in twice.
        if session.in_transaction():
            raise
    return await _lost(session, clock, wish, around)


def _extension(city: PreparedCity, vehicle: FoundVehicle, until: datetime) -> Extension | None:
    terms = city.vehicle_type(vehicle.seen.type_code).hold
    if not terms.extension_minutes_max:
        return None
    left = rules.minutes_left(terms, free_until=until, expires_at=until, needed_at=vehicle.needed_at)
    return Extension(left, Money(terms.extension_rate_cents, city.file.currency))


async def _find(session: AsyncSession, clock: Clock, wish: Wish) -> Found:
    """What there is to know, once no stale hold is in the way any more."""
    found = await find(session, clock.now(), wish)
    if found.given is None and found.has_stale_hold:
        async with own_transaction(session) as beside:
            theirs = or_(Hold.account_id == wish.account_id, queries.is_hold_on(wish.public_id))
            await release_stale(beside, clock, theirs)
        found = await find(session, clock.now(), wish)
    return found


async def _lost(session: AsyncSession, clock: Clock, wish: Wish, around: Around) -> Given:
    """Somebody was faster, be it the rider's own other tap: see what is left to say."""
    found = await _find(session, clock, wish)
    if found.given is not None:
        return _same(found.given, wish)
    city, vehicle = await _allowed(session, clock, wish, found, around)
    raise await _taken(session, clock, city, vehicle, wish, around)


def _same(given: Given, wish: Wish) -> Given:
    if wish.claim is not None and given.request_hash != wish.claim.request_hash:
        raise IdempotencyKeyReused
    return given


async def _allowed(
    session: AsyncSession, clock: Clock, wish: Wish, found: Found, around: Around
) -> tuple[PreparedCity, FoundVehicle]:
    """Raise whatever stands against the wish."""
    _refuse_busy(found)
    vehicle = found.vehicle
    if vehicle is None:
        raise UnknownVehicle
    city = await get_version(session, vehicle.city_id, vehicle.city_hash)
    _refuse_now_and_there(city, vehicle, clock.now())
    # Of a crowd that wants one vehicle most come after the winner.
    if vehicle.state in HELD_OR_RIDDEN:
        raise await _taken(session, clock, city, vehicle, wish, around)
    why_not = _why_not(vehicle)
    if why_not is not None:
        raise why_not
    vehicle_type = city.vehicle_type(vehicle.seen.type_code)
    _refuse_rider(city, vehicle_type, found, clock.now())
    await _refuse_too_far(city, vehicle_type, wish, vehicle, around.streets)
    _refuse_terms(city, vehicle_type, vehicle, found.unused, clock.now())
    return city, vehicle


def _refuse_busy(found: Found) -> None:
    if found.is_owing:
        raise RideUnpaid
    if found.is_holding:
        raise AlreadyHolding
    if found.is_riding:
        raise AlreadyRiding


def _refuse_now_and_there(city: PreparedCity, vehicle: FoundVehicle, now: datetime) -> None:
    if not city.is_open_at(now):
        raise ServiceClosed
    vehicle_type = city.vehicle_types.get(vehicle.seen.type_code)
    if vehicle_type and not city.zones_at(now).lets_start(vehicle.seen.position, vehicle_type):
        raise StartNotAllowedHere


def _why_not(vehicle: FoundVehicle) -> Problem | None:
    is_charged = vehicle.seen.charge_percent >= vehicle.charge_percent_min
    if vehicle.state == "available" and not vehicle.is_retired and is_charged:
        return None
    return why_not_free(
        state=vehicle.state,
        is_retired=vehicle.is_retired,
        charge_percent=vehicle.seen.charge_percent,
        charge_percent_min=vehicle.charge_percent_min,
    )


def _refuse_rider(city: PreparedCity, vehicle_type: VehicleType, found: Found, now: datetime) -> None:
    today = city.date_of(now)
    refuse_not_eligible(found.rider, city.requirement_on(vehicle_type.code, today), today)


async def _refuse_too_far(
    city: PreparedCity, vehicle_type: VehicleType, wish: Wish, vehicle: FoundVehicle, streets: Streets
) -> None:
    terms = vehicle_type.hold
    if terms.walk_minutes_max is None:
        return
    walking = streets.walking(city.file.id, city.file.quarter_hour.walking_speed_kmh)
    await asyncio.to_thread(rules.refuse_too_far, terms, walking, rider=wish.position, vehicle=vehicle.seen.position)


def _refuse_terms(
    city: PreparedCity,
    vehicle_type: VehicleType,
    vehicle: FoundVehicle,
    unused: Sequence[Unused],
    now: datetime,
) -> None:
    """How the city lets vehicles of this type be held, and who is waiting for this one."""
    terms = vehicle_type.hold
    until = rules.locked_out_until(terms, unused, vehicle_id=vehicle.id, position=vehicle.seen.position, now=now)
    if until is not None:
        raise HoldLockedOut(until=until.isoformat(), until_local=f"{city.local(until):%H:%M}")
    if vehicle.needed_at is not None and vehicle.needed_at < now + USEFUL_FOR:
        raise BookedSoon(free_until=max(vehicle.needed_at, now))
    if vehicle.tariff_id is None:
        raise NotInForce


async def _taken(
    session: AsyncSession, clock: Clock, city: PreparedCity, vehicle: FoundVehicle, wish: Wish, around: Around
) -> VehicleTaken:
    async def look() -> Told:
        seen = vehicle.seen
        others = await alternatives(
            session, clock, around.streets, city, seen.position, type_code=seen.type_code, limit=ALTERNATIVES
        )
        return [{"vehicle_id": str(o.vehicle.public_id), "walk_minutes": round(o.walk_minutes, 1)} for o in others]

    return VehicleTaken(alternatives=await around.crowds.tell(wish.public_id, clock.now(), look))


async def cancel(session: AsyncSession, clock: Clock, *, account_id: UUID, hold_id: UUID) -> None:
    """Give a held vehicle back. A hold that is already over stays as it is.

    Raises
    ------
    UnknownHold, HoldUsed
    """
    kept = await queries.lock_hold(session, hold_id, account_id)
    if kept.state == HoldState.USED:
        raise HoldUsed
    if kept.state == HoldState.ACTIVE:
        over = is_over(expires_at=kept.expires_at, now=clock.now())
        await _release(session, clock, kept, HoldState.EXPIRED if over else HoldState.CANCELLED, Actor.RIDER)


async def release_stale(session: AsyncSession, clock: Clock, *which: ColumnElement[bool]) -> int:
    """Release the holds that ran out, or whose vehicle an operator took away; how many."""
    stale = await queries.lock_stale_holds(session, clock.now(), *which, limit=SWEEP_MAX)
    for kept in stale:
        over = is_over(expires_at=kept.expires_at, now=clock.now())
        await _release(session, clock, kept, HoldState.EXPIRED if over else HoldState.WITHDRAWN, Actor.SYSTEM)
    return len(stale)


async def _release(session: AsyncSession, clock: Clock, kept: Hold, state: HoldState, actor: Actor) -> None:
    kept.state, kept.released_at = state, clock.now()
    if state is not HoldState.WITHDRAWN:
        await charge_unused(session, clock, kept)
        await fleet.advance(session, clock, kept.vehicle_id, Step.RELEASE, actor=actor)
