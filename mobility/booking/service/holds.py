from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking import queries
from mobility.booking.rules.bookings import BookedSoon
from mobility.booking.rules.holds import HoldState, expires_at, is_over
from mobility.booking.rules.nearby import USEFUL_FOR
from mobility.booking.rules.refusals import AlreadyHolding, AlreadyRiding, HoldUsed, ServiceClosed
from mobility.booking.service.bookings import free_until
from mobility.booking.service.eligibility import refuse_not_eligible
from mobility.booking.service.rides import Held
from mobility.booking.service.search import alternatives
from mobility.booking.tables import Hold
from mobility.city.rules.opening import is_open
from mobility.city.rules.parking import StartNotAllowedHere
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet import service as fleet
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.refusals import VehicleTaken
from mobility.fleet.service import Actor
from mobility.fleet.tables import Vehicle
from mobility.pricing import queries as pricing

ALTERNATIVES = 3
HELD_OR_RIDDEN = frozenset({"reserved", "on_trip", "stopped"})
# One sweep leaves room for the worker's other jobs; the next one comes a second later.
SWEEP_MAX = 100


async def hold(session: AsyncSession, clock: Clock, *, account_id: UUID, public_id: UUID) -> Held:
    """Keep a vehicle for a rider, free of charge, until the hold expires or its next booking needs it.

    Opening hours and those of zones count here: a ride may still start when they end or begin during the hold.

    Raises
    ------
    UnknownVehicle, ServiceClosed, StartNotAllowedHere, AlreadyHolding, AlreadyRiding, NotEligible, NotInForce,
    VehicleTaken, VehicleUnavailable, ChargeTooLow, BookedSoon
    """
    await release_stale(session, clock, or_(Hold.account_id == account_id, queries.is_hold_on(public_id)))
    await _refuse_busy(session, clock, account_id)
    known = await queries.get_known(session, public_id)
    city = await _open_city(session, clock, known.vehicle.city_id)
    _refuse_start_zone(city, known, clock.now())
    # Of a crowd that wants one vehicle most come after the winner: no need to ask who they are.
    if known.vehicle.state in HELD_OR_RIDDEN:
        raise await _taken(session, clock, city, known)
    await refuse_not_eligible(session, clock, city, known.vehicle.type_code, account_id)
    vehicle = await _reserve(session, clock, city, known, account_id)
    # Asked with the vehicle's row in hand: a booking that is being made waits for us, or we have waited for it.
    until = await free_until(session, vehicle.id, clock.now())
    if until is not None and until < clock.now() + USEFUL_FOR:
        raise BookedSoon(free_until=until)
    return Held(await _insert(session, clock, account_id, vehicle, until), queries.Known(vehicle, known.status))


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
        await fleet.advance(session, clock, kept.vehicle_id, Step.RELEASE, actor=actor)


async def _refuse_busy(session: AsyncSession, clock: Clock, account_id: UUID) -> None:
    is_holding, is_riding = await queries.busy_with(session, account_id, clock.now())
    if is_holding:
        raise AlreadyHolding
    if is_riding:
        raise AlreadyRiding


async def _open_city(session: AsyncSession, clock: Clock, city_id: str) -> PreparedCity:
    city = await get_city(session, city_id)
    if not is_open(city.file, city.local(clock.now())):
        raise ServiceClosed
    return city


def _refuse_start_zone(city: PreparedCity, known: queries.Known, now: datetime) -> None:
    vehicle_type = city.vehicle_types.get(known.vehicle.type_code)
    if vehicle_type and not city.zones_at(now).ruling(known.position, vehicle_type).rule.ride_start_allowed:
        raise StartNotAllowedHere


async def _reserve(
    session: AsyncSession, clock: Clock, city: PreparedCity, known: queries.Known, account_id: UUID
) -> Vehicle:
    try:
        return await fleet.reserve(session, clock, known.vehicle.public_id, account_id)
    except VehicleTaken:
        raise await _taken(session, clock, city, known) from None


async def _taken(session: AsyncSession, clock: Clock, city: PreparedCity, known: queries.Known) -> VehicleTaken:
    others = await alternatives(session, clock, city, known, limit=ALTERNATIVES)
    told = [{"vehicle_id": str(o.vehicle.public_id), "walk_minutes": round(o.walk_minutes, 1)} for o in others]
    return VehicleTaken(alternatives=told)


async def _insert(
    session: AsyncSession, clock: Clock, account_id: UUID, vehicle: Vehicle, until: datetime | None
) -> Hold:
    now = clock.now()
    over_at = min(expires_at(now), until or expires_at(now))
    tariff = await pricing.get_tariff(session, vehicle.city_id, vehicle.type_code, now)
    row = insert(Hold).values(
        id=new_id(),
        account_id=account_id,
        vehicle_id=vehicle.id,
        city_id=vehicle.city_id,
        tariff_id=tariff.id,
        vehicle_public_id=vehicle.public_id,
        state=HoldState.ACTIVE,
        created_at=now,
        free_until=over_at,
        expires_at=over_at,
    )
    made: Hold | None = await session.scalar(row.on_conflict_do_nothing().returning(Hold))
    if made is None:
        # Either the rider held another vehicle a moment ago, or this one's last hold is about to be withdrawn.
        await _refuse_busy(session, clock, account_id)
        raise VehicleTaken(alternatives=[])
    # The unique index has waited for the rider's other hold to be decided: if it became a ride, that shows only now.
    _, is_riding = await queries.busy_with(session, account_id, now)
    if is_riding:
        raise AlreadyRiding
    return made
