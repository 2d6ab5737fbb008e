from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking import queries
from mobility.booking.events import RentalEnded, RentalStarted
from mobility.booking.rules.holds import HoldState, is_over
from mobility.booking.rules.refusals import WHY_OVER, HoldExpired, HoldWithdrawn, RideEnded
from mobility.booking.rules.rides import RentalState
from mobility.booking.service.rides import bill
from mobility.booking.tables import Hold, Rental, RentalPause
from mobility.city.queries import list_stations
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.in_force import vat_in_force
from mobility.city.rules.parking import StationBays, may_end
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.db import outbox
from mobility.fleet import service as fleet
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import Step
from mobility.fleet.service import Actor
from mobility.geo import LonLat, distance_m
from mobility.payments import service as payments


async def start(session: AsyncSession, clock: Clock, *, account_id: UUID, hold_id: UUID) -> Rental:
    """Unlock the held vehicle: the ride and its price begin.

    Raises
    ------
    UnknownHold, HoldExpired, HoldUsed, HoldCancelled, HoldWithdrawn
    """
    kept = await queries.lock_hold(session, hold_id, account_id)
    _refuse_over(kept, clock.now())
    rental = _rental(kept, await queries.get_held(session, kept), clock.now())
    try:
        await _advance(session, clock, rental, Step.START)
    except TransitionRefused:
        # An operator was faster; the hold is withdrawn when the outbox tells of it.
        raise HoldWithdrawn from None
    kept.state, kept.released_at = HoldState.USED, rental.started_at
    session.add(rental)
    await session.flush()
    told = RentalStarted(rental_id=rental.id, city_id=rental.city_id, at=rental.started_at)
    await outbox.record(session, clock, told)
    return rental


async def pause(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID) -> Rental:
    """Stop on the way; pausing a paused ride changes nothing. Raises `UnknownRental`, `RideEnded`."""
    rental = await _lock_running(session, rental_id, account_id)
    if rental.state == RentalState.RIDING:
        rental.state = RentalState.PAUSED
        _open_pause(rental, clock.now())
        await _advance(session, clock, rental, Step.PAUSE)
    return rental


async def resume(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID) -> Rental:
    """Go on; resuming a ride that is not paused changes nothing. Raises `UnknownRental`, `RideEnded`."""
    rental = await _lock_running(session, rental_id, account_id)
    if rental.state == RentalState.PAUSED:
        rental.state = RentalState.RIDING
        rental.pauses[-1].ended_at = clock.now()
        await _advance(session, clock, rental, Step.RESUME)
    return rental


async def end(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID, at: LonLat) -> Rental:
    """Park, price and charge. A refusal leaves the ride running.

    Raises
    ------
    UnknownRental, RideEnded, PositionSwapped, OutOfServiceZone, NoParkingHere, NotAtAStation, StationFull
    """
    rental = await _lock_running(session, rental_id, account_id)
    city = await get_city(session, rental.city_id)
    city.bounds.refuse_swapped(at)
    station_id = await _park_at(session, city, rental.vehicle_id, at)
    _close(rental, clock.now(), at, station_id)
    await _settle(session, clock, city, rental)
    await _advance(session, clock, rental, Step.END)
    await fleet.park(session, clock, rental.vehicle_id, at, station_id)
    await fleet.rotate_public_id(session, rental.vehicle_id)
    return rental


def _refuse_over(kept: Hold, now: datetime) -> None:
    if kept.state != HoldState.ACTIVE:
        raise WHY_OVER[kept.state]
    if is_over(expires_at=kept.expires_at, now=now):
        raise HoldExpired


def _rental(kept: Hold, held: queries.Known, now: datetime) -> Rental:
    return Rental(
        id=new_id(),
        hold_id=kept.id,
        account_id=kept.account_id,
        vehicle_id=kept.vehicle_id,
        city_id=kept.city_id,
        tariff_id=kept.tariff_id,
        vehicle_public_id=kept.vehicle_public_id,
        state=RentalState.RIDING,
        requested_at=now,
        started_at=now,
        start_lon=held.status.lon,
        start_lat=held.status.lat,
        start_station_id=held.vehicle.station_id,
    )


async def _lock_running(session: AsyncSession, rental_id: UUID, account_id: UUID) -> Rental:
    rental = await queries.lock_rental(session, rental_id, account_id)
    if rental.state == RentalState.ENDED:
        raise RideEnded
    return rental


def _open_pause(rental: Rental, now: datetime) -> None:
    """A pause that begins at the instant the one before ended continues it."""
    if rental.pauses and rental.pauses[-1].ended_at == now:
        rental.pauses[-1].ended_at = None
    else:
        rental.pauses.append(RentalPause(started_at=now))


async def _advance(session: AsyncSession, clock: Clock, rental: Rental, step: Step) -> None:
    await fleet.advance(
        session,
        clock,
        rental.vehicle_id,
        step,
        actor=Actor.RIDER,
        actor_id=rental.account_id,
        rental_id=rental.id,
    )


async def _park_at(session: AsyncSession, city: PreparedCity, vehicle_id: UUID, at: LonLat) -> UUID | None:
    """The station where the ride may end, None for a vehicle that is left where it stands."""
    vehicle_type = await queries.get_type(session, vehicle_id)
    stations = await _stations_now(session, city, vehicle_type, at)
    station = may_end(at, vehicle_type, zones=city.zones, stations=stations).station
    return None if station is None else station.station_id


async def _stations_now(
    session: AsyncSession, city: PreparedCity, vehicle_type: VehicleType, at: LonLat
) -> list[StationBays]:
    if vehicle_type.return_constraint == "free_floating":
        return []
    stations = [(station, LonLat(station.lon, station.lat)) for station in await list_stations(session, city.file.id)]
    reached = [s.id for s, position in stations if distance_m(at, position) <= vehicle_type.station_reach_m]
    # Two rides may end at the last free bay at once: the second waits here, then counts the first.
    await queries.lock_stations(session, reached)
    parked = await queries.count_parked(session, city.file.id)
    return [
        StationBays(s.id, s.code, s.name, position, s.vehicle_types, s.bays - parked[s.id]) for s, position in stations
    ]


async def _settle(session: AsyncSession, clock: Clock, city: PreparedCity, rental: Rental) -> None:
    """Price the ended ride and charge it, tax included."""
    now, due = clock.now(), bill(rental, clock.now())
    vat_percent = vat_in_force(city.file, city.date_of(now)).rate_percent
    rental.total_cents, rental.vat_percent = due.total.cents, vat_percent
    rental.lines = msgspec.to_builtins(due.lines)
    await payments.charge(
        session,
        clock,
        account_id=rental.account_id,
        city_id=rental.city_id,
        reference_id=rental.id,
        total=due.total,
        vat_percent=vat_percent,
    )
    told = RentalEnded(rental_id=rental.id, city_id=rental.city_id, at=now, total=due.total)
    await outbox.record(session, clock, told)


def _close(rental: Rental, now: datetime, at: LonLat, station_id: UUID | None) -> None:
    rental.state, rental.ended_at = RentalState.ENDED, now
    rental.end_lon, rental.end_lat, rental.end_station_id = at.lon, at.lat, station_id
    if rental.pauses and rental.pauses[-1].ended_at is None:
        rental.pauses[-1].ended_at = now
