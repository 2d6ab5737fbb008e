"""A vehicle is out of service: its bookings are given to others, all or none of them, and the riders are told.

The plan is made without locks, while others go on booking; then what it touches is locked, read again and checked. What
no longer fits is planned anew, so that nobody who books meanwhile is overrun or kept waiting for the solver.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.optimiser.check import violations
from mobility.booking.optimiser.limits import Limits
from mobility.booking.optimiser.plan import Reassignment, Served
from mobility.booking.rules.bookings import Because, BookingState
from mobility.booking.rules.outages import EXPECTED, BookingsChanging, Change, Outage
from mobility.booking.service import calendars, outages, watching
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.outage_letters import tell_given, tell_lost
from mobility.booking.service.outages import Found
from mobility.booking.service.rebooking import release
from mobility.booking.service.towns import Town, get_town
from mobility.booking.tables import Booking
from mobility.fleet import queries as fleet
from mobility.fleet.tables import Vehicle

# About two seconds of solving; a hundred bookings among a thousand cars need a tenth of it.
LIMITS = Limits(work=2.0)
# Others may book, each time, what was planned with.
TRIES = 5
# One look leaves room for the worker's other jobs; the next one comes some minutes later.
LOOK_MAX = 20


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of one booking: `served` is None for one that nothing is found for."""

    booking: Booking
    was_vehicle_id: UUID
    change: Change
    served: Served | None


@dataclass(frozen=True, slots=True)
class Propagation:
    """What an outage does to bookings; `is_proven`: of the bookings that were free to move, no plan does better."""

    moves: Sequence[Move]
    is_proven: bool


async def preview(session: AsyncSession, clock: Clock, vehicle_id: UUID, outage: Outage) -> Propagation:
    """What `propagate` would do now; changes nothing."""
    vehicle = await fleet.get_vehicle(session, vehicle_id)
    town, now = await get_town(session, vehicle.city_id), clock.now()
    found, plan = await _plan(session, town, vehicle, outage, now)
    return Propagation(_moves(found, plan, outage, now), plan.is_proven)


async def propagate(session: AsyncSession, clock: Clock, vehicle_id: UUID, outage: Outage) -> Propagation:
    """Give the bookings that an outage touches to other vehicles, all in the caller's transaction.

    Who cannot be served is told and let go free of charge, or, while there is hope, waits for the vehicle.

    Raises
    ------
    UnknownVehicle, BookingsChanging
    """
    vehicle = await fleet.get_vehicle(session, vehicle_id)
    town, now = await get_town(session, vehicle.city_id), clock.now()
    # Two outages of one city are planned one after the other: each would count on the other's vehicles.
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"propagation:{vehicle.city_id}"))))
    found, plan = await _win(session, town, vehicle, outage, now)
    moves = _moves(found, plan, outage, now)
    await _move(session, clock, moves)
    for move in moves:
        await _tell(session, clock, town, move)
    return Propagation(moves, plan.is_proven)


async def _win(
    session: AsyncSession, town: Town, vehicle: Vehicle, outage: Outage, now: datetime
) -> tuple[Found, Reassignment]:
    """A plan that still fits now that what it touches is kept from others."""
    found, plan = await _plan(session, town, vehicle, outage, now)
    for _ in range(TRIES):
        kept = await session.begin_nested()
        await _lock(session, found, plan)
        fresh = await _find(session, town, vehicle, outage, now)
        if _still_fits(found, fresh, plan):
            await kept.commit()
            return fresh, plan
        # Let go before more is locked: bookings come before vehicles.
        await kept.rollback()
        found, plan = fresh, await _solve(fresh)
    raise BookingsChanging


async def _plan(
    session: AsyncSession, town: Town, vehicle: Vehicle, outage: Outage, now: datetime
) -> tuple[Found, Reassignment]:
    found = await _find(session, town, vehicle, outage, now)
    return found, await _solve(found)


async def _find(session: AsyncSession, town: Town, vehicle: Vehicle, outage: Outage, now: datetime) -> Found:
    hurt = await outages.list_hurt(session, vehicle, outage, now)
    return await outages.find(session, town, vehicle, outage, now, hurt)


async def _solve(found: Found) -> Reassignment:
    """In a thread: other requests of the process go on meanwhile."""
    if not found.hurt:
        return Reassignment(is_proven=True)
    # Here, because the solver's package takes a second to import, and most processes never solve anything.
    from mobility.booking.optimiser.reassignment import reassign

    return await asyncio.to_thread(reassign, found.instance, LIMITS)


async def _lock(session: AsyncSession, found: Found, plan: Reassignment) -> None:
    """Keep what the plan touches from others: bookings first, then vehicles, each in the order of their ids."""
    touched = found.hurt.keys() | plan.served.keys()
    bookings = select(Booking.id).where(Booking.id.in_(touched)).order_by(Booking.id)
    await session.execute(bookings.with_for_update(key_share=True))
    own = (found.booking(booking_id).vehicle_id for booking_id in touched)
    await calendars.lock_vehicles(session, {*own, *(served.vehicle_id for served in plan.served.values())})


def _still_fits(found: Found, fresh: Found, plan: Reassignment) -> bool:
    """Whether the plan can be kept by what is promised now, and nobody new is hurt."""
    same = fresh.hurt.keys() == found.hurt.keys() and plan.served.keys() <= fresh.hurt.keys() | fresh.others.keys()
    return same and violations(fresh.instance, plan) == []


def _moves(found: Found, plan: Reassignment, outage: Outage, now: datetime) -> list[Move]:
    types = {car.id: car.type_code for car in found.instance.cars}
    moves = [
        _move_of(booking, plan.served.get(booking_id), types, outage, now) for booking_id, booking in found.hurt.items()
    ]
    giving_way = [i for i, served in plan.served.items() if i in found.others and served.cost]
    return [*moves, *(_giving_way(found.others[i], plan.served[i]) for i in giving_way)]


def _move_of(booking: Booking, served: Served | None, types: dict[UUID, str], outage: Outage, now: datetime) -> Move:
    if served is None:
        lost = outage.gives_up(booking.starts_at, now)
        return Move(booking, booking.vehicle_id, Change.UNSERVED if lost else Change.WAITING, None)
    promise = served.promise
    changes = {
        Change.TIME: promise.starts_at != booking.starts_at,
        Change.PLACE: promise.start_station_id != (booking.start_station_id or booking.vehicle_id),
        Change.BETTER_CLASS: types[served.vehicle_id] != booking.type_code,
        Change.VEHICLE: served.vehicle_id != booking.vehicle_id,
    }
    change = next((change for change, is_ in changes.items() if is_), Change.NONE)
    return Move(booking, booking.vehicle_id, change, served)


def _giving_way(booking: Booking, served: Served) -> Move:
    return Move(booking, booking.vehicle_id, Change.VEHICLE, served)


async def _move(session: AsyncSession, clock: Clock, moves: Iterable[Move]) -> None:
    """Write the new vehicles. All leave their old one first: two that change places would collide otherwise."""
    moved = [(move.booking, move.served) for move in moves if move.served and move.change is not Change.NONE]
    ids = [booking.id for booking, _ in moved]
    aside = {"state": BookingState.UNSERVED, "closed_at": clock.now()}
    await session.execute(
        update(Booking).where(Booking.id.in_(ids)).values(aside).execution_options(synchronize_session=False)
    )
    for booking, served in moved:
        await session.execute(
            update(Booking)
            .where(Booking.id == booking.id)
            .values(state=BookingState.CONFIRMED, closed_at=None, at_risk_at=None, **await _terms(session, served))
            .execution_options(synchronize_session=False)
        )
        await session.refresh(booking)


async def _terms(session: AsyncSession, served: Served) -> dict[str, object]:
    """What changes of a booking; its price, its terms and its tariff are what was agreed."""
    promise, vehicle = served.promise, await session.get_one(Vehicle, served.vehicle_id)
    is_docked = promise.start_station_id != vehicle.id
    return {
        "vehicle_id": vehicle.id,
        "type_code": vehicle.type_code,
        "starts_at": promise.starts_at,
        "ends_at": promise.ends_at,
        "blocked_until": promise.blocked_until,
        "start_station_id": promise.start_station_id if is_docked else None,
        "end_station_id": promise.end_station_id if is_docked else None,
    }


async def _tell(session: AsyncSession, clock: Clock, town: Town, move: Move) -> None:
    if move.change is Change.UNSERVED:
        await release(session, clock, move.booking, BookingState.UNSERVED, because=Because.VEHICLE)
        await tell_lost(session, clock, town, move.booking)
    elif move.change not in (Change.NONE, Change.WAITING):
        await tell_given(session, clock, move.booking, move.change)


async def list_out(session: AsyncSession, now: datetime) -> Sequence[tuple[UUID, bool]]:
    """Vehicles to be looked at again, and whether they are only late: out of service with bookings within a day, or
    not back for a booking that nothing was found for."""
    soon = (LIVE, Booking.state == BookingState.CONFIRMED, Booking.starts_at > now, Booking.starts_at < now + EXPECTED)
    is_late = Vehicle.state.in_(watching.IN_USE)
    wanted = Vehicle.state.not_in(calendars.USABLE) | (is_late & Booking.at_risk_at.is_not(None) & Booking.by_class)
    found = select(Vehicle.id, is_late).join(Booking, Booking.vehicle_id == Vehicle.id).where(*soon, wanted)
    rows = await session.execute(found.distinct().order_by(Vehicle.id).limit(LOOK_MAX))
    return [(vehicle_id, late) for vehicle_id, late in rows]
