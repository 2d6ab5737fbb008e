"""From the hold to the ride: the vehicle is told to unlock, and only its yes begins what is paid for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking import queries
from mobility.booking.events import RentalStarted
from mobility.booking.rules.holds import HoldState, is_over
from mobility.booking.rules.refusals import WHY_OVER, HoldExpired, HoldWithdrawn, VehiclesOutOfReach
from mobility.booking.rules.rides import Failure, RentalState, failure_of
from mobility.booking.service import booked
from mobility.booking.service.eligibility import refuse_not_eligible
from mobility.booking.service.vehicles import advance, tell
from mobility.booking.tables import Hold, Rental
from mobility.city.service import get_city
from mobility.db import outbox
from mobility.db.heartbeat import is_worker_gone
from mobility.fleet.rules.commands import Kind, State
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.modes import Step
from mobility.fleet.service.commands import BY_RADIO


async def start(session: AsyncSession, clock: Clock, *, account_id: UUID, hold_id: UUID) -> Rental:
    """Tell the held vehicle to unlock; the ride and its price begin when it says that it has.

    Raises
    ------
    UnknownHold, HoldExpired, HoldUsed, HoldCancelled, HoldWithdrawn, NotEligible, VehiclesOutOfReach
    """
    if session.info.get(BY_RADIO) and await is_worker_gone(session, clock.now()):
        raise VehiclesOutOfReach
    kept = await queries.lock_hold(session, hold_id, account_id)
    _refuse_over(kept, clock.now())
    held = await queries.get_held(session, kept)
    if held.vehicle.state != "reserved":
        # An operator was faster; the hold is withdrawn when the outbox tells of it.
        raise HoldWithdrawn
    # Since the hold a parent may have withdrawn the consent, or an operator refused the licence.
    city = await get_city(session, kept.city_id)
    await refuse_not_eligible(session, clock, city, held.vehicle.type_code, account_id)
    rental = _rental(kept, held, clock.now())
    kept.state, kept.released_at = HoldState.USED, rental.requested_at
    session.add(rental)
    await session.flush()
    unlock = await tell(session, clock, rental, Kind.UNLOCK)
    if unlock.state == State.CONFIRMED:
        await _begin(session, clock, rental)
    return rental


async def unlocked(session: AsyncSession, clock: Clock, rental_id: UUID) -> None:
    """The vehicle has confirmed: the ride begins. Anything but a rental that waits for it stays as it is."""
    booking = await booked.lock_of_rental(session, rental_id)
    rental = await queries.lock_rental_in(session, rental_id, RentalState.UNLOCKING)
    if rental is None:
        return
    try:
        await _begin(session, clock, rental)
    except TransitionRefused:
        # Taken off the street while it unlocked; the rider stands before an open vehicle that is not for rent.
        booked.fail(booking, clock.now())
        await _fail(session, clock, rental, Failure.WITHDRAWN)
        await tell(session, clock, rental, Kind.LOCK)


async def not_unlocked(session: AsyncSession, clock: Clock, rental_id: UUID, *, answer: str, at: datetime) -> None:
    """The vehicle refused, or never answered: a ride that was to begin has failed, one to be resumed stays paused.

    Parameters
    ----------
    answer
        The final answer of the unlock, given at `at`.
    """
    booking = await booked.lock_of_rental(session, rental_id)
    waiting = await queries.lock_rental_in(session, rental_id, RentalState.UNLOCKING)
    if waiting is not None:
        booked.fail(booking, clock.now())
        await _fail(session, clock, waiting, failure_of(answer))
        return
    riding = await queries.lock_rental_in(session, rental_id, RentalState.RIDING)
    if riding is not None and answer != State.SUPERSEDED:
        await _stay_paused(session, clock, riding, at)


async def _begin(session: AsyncSession, clock: Clock, rental: Rental) -> None:
    await advance(session, clock, rental, Step.START)
    rental.state, rental.started_at = RentalState.RIDING, clock.now()
    await session.flush()
    told = RentalStarted(rental_id=rental.id, city_id=rental.city_id, at=rental.started_at)
    await outbox.record(session, clock, told)


async def _fail(session: AsyncSession, clock: Clock, rental: Rental, failure: Failure) -> None:
    rental.state, rental.failure, rental.ended_at = RentalState.FAILED, failure, clock.now()
    await advance(session, clock, rental, Step.FAIL)


async def _stay_paused(session: AsyncSession, clock: Clock, rental: Rental, at: datetime) -> None:
    """As if nobody had asked to ride on; what was resumed after `at` was resumed by another unlock."""
    last = rental.pauses[-1] if rental.pauses else None
    if last is not None and last.ended_at is not None and last.ended_at <= at:
        rental.state, last.ended_at = RentalState.PAUSED, None
        await advance(session, clock, rental, Step.PAUSE)


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
        state=RentalState.UNLOCKING,
        requested_at=now,
        start_odometer_m=held.status.odometer_m,
        start_lon=held.status.lon,
        start_lat=held.status.lat,
        start_station_id=held.vehicle.station_id,
    )
