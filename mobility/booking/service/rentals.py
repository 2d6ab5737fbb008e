from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Conflict
from mobility.booking import queries
from mobility.booking.events import RentalEnded
from mobility.booking.rules.ends import asks_photo
from mobility.booking.rules.refusals import WHY_NOT_RUNNING, EndUnclear
from mobility.booking.rules.rides import RentalState
from mobility.booking.service import departures, looks
from mobility.booking.service.bills import final_bill
from mobility.booking.service.booked import lock_of_rental
from mobility.booking.service.charging import promise_reward
from mobility.booking.service.documents import document_lines, document_ride
from mobility.booking.service.late_ends import LateWish, fair_end_of
from mobility.booking.service.parking import park_at
from mobility.booking.service.vehicles import advance, tell
from mobility.booking.tables import Booking, Rental, RentalPause
from mobility.city.rules.in_force import vat_in_force
from mobility.city.rules.parking import StationBays
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.db import outbox
from mobility.fleet import service as fleet
from mobility.fleet.rules.commands import Kind
from mobility.fleet.rules.modes import Step
from mobility.fleet.rules.parking_photos import Excuse
from mobility.fleet.service import parking_photos
from mobility.geo import LonLat
from mobility.invoicing.rules.documents import vat_cents
from mobility.payments import service as payments
from mobility.pricing.rules.bills import Bill
from mobility.riders.service import payer_of


async def pause(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID) -> Rental:
    """Lock, and keep the vehicle; pausing a paused ride changes nothing.

    Raises
    ------
    UnknownRental, StillUnlocking, RideFailed, RideEnded
    """
    rental = await _lock_running(session, rental_id, account_id)
    if rental.state == RentalState.RIDING:
        rental.state = RentalState.PAUSED
        _open_pause(rental, clock.now())
        await advance(session, clock, rental, Step.PAUSE)
        await tell(session, clock, rental, Kind.LOCK)
    return rental


async def resume(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID) -> Rental:
    """Unlock and go on; resuming a ride that is not paused changes nothing.

    Should the vehicle not unlock, the ride stays paused as if nobody had asked.

    Raises
    ------
    UnknownRental, StillUnlocking, RideFailed, RideEnded
    """
    rental = await _lock_running(session, rental_id, account_id)
    if rental.state == RentalState.PAUSED:
        rental.state = RentalState.RIDING
        rental.pauses[-1].ended_at = clock.now()
        await advance(session, clock, rental, Step.RESUME)
        await tell(session, clock, rental, Kind.UNLOCK)
    return rental


async def end(
    session: AsyncSession,
    clock: Clock,
    *,
    account_id: UUID,
    rental_id: UUID,
    at: LonLat,
    late: LateWish | None = None,
    no_photo: Excuse | None = None,
) -> Rental:
    """Park, price and charge. A refusal leaves the ride running.

    `late` is a wish that waited for a network: where the vehicle's own word stands for it, the ride is priced until
    then. `no_photo` is why the rider takes none, where one is asked for.

    Raises
    ------
    UnknownRental, StillUnlocking, RideFailed, RideEnded, PositionSwapped, OutOfServiceZone, NoParkingHere,
    NotAtAStation, StationFull
    """
    booking = await lock_of_rental(session, rental_id)
    rental = await _lock_running(session, rental_id, account_id)
    city = await get_city(session, rental.city_id)
    city.bounds.refuse_swapped(at)
    station = await park_at(session, clock, city, rental.vehicle_id, at)
    ended_at = clock.now() if late is None else await fair_end_of(session, clock, rental, late)
    await _finish(session, clock, city, rental, booking, at=at, station=station, ended_at=ended_at)
    if asks_photo(await queries.get_type(session, rental.vehicle_id), in_bay=station is not None):
        await parking_photos.ask(
            session, clock, rental_id=rental.id, rider_id=account_id, city_id=rental.city_id, excuse=no_photo
        )
    return rental


async def end_for_rider(
    session: AsyncSession, clock: Clock, *, rental_id: UUID, at: LonLat, ended_at: datetime | None = None
) -> Rental:
    """Support ends a ride where the vehicle stands, whatever the zones say there; it is priced until `ended_at`.

    Raises
    ------
    UnknownRental, StillUnlocking, RideFailed, RideEnded, PositionSwapped, EndUnclear
    """
    booking = await lock_of_rental(session, rental_id)
    rental = await _lock_running(session, rental_id, None)
    city = await get_city(session, rental.city_id)
    city.bounds.refuse_swapped(at)
    ended_at = ended_at or clock.now()
    latest = max([pause.started_at for pause in rental.pauses], default=rental.started_at)
    if not (rental.started_at is not None and latest is not None and latest <= ended_at <= clock.now()):
        raise EndUnclear
    try:
        station = await park_at(session, clock, city, rental.vehicle_id, at)
    except Conflict:
        station = None
    await _finish(session, clock, city, rental, booking, at=at, station=station, ended_at=ended_at)
    return rental


async def _finish(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    rental: Rental,
    booking: Booking | None,
    *,
    at: LonLat,
    station: StationBays | None,
    ended_at: datetime,
) -> None:
    station_id = None if station is None else station.station_id
    payer_id = await payer_of(session, rental.account_id, city.local(rental.started_at or rental.requested_at))
    due = await final_bill(session, city, rental, ended_at, at=at, station=None if station is None else station.code)
    _close(rental, ended_at, at, station_id)
    await _settle(session, clock, city, rental, due, payer_id, authorised_by=booking.id if booking else None)
    if booking is not None:
        await departures.arrive(session, clock, booking, clock.now())
    await advance(session, clock, rental, Step.END)
    await fleet.park(session, clock, rental.vehicle_id, at, station_id)
    await fleet.rotate_public_id(session, rental.vehicle_id)
    await promise_reward(session, clock, city, rental, station, payer_id)
    await looks.finish(session, clock, rental.id)
    # Whatever it answers: the ride is over and paid, and a vehicle that stays open is an alert.
    await tell(session, clock, rental, Kind.LOCK)


async def _lock_running(session: AsyncSession, rental_id: UUID, account_id: UUID | None) -> Rental:
    rental = await queries.lock_rental(session, rental_id, account_id)
    if rental.state in WHY_NOT_RUNNING:
        raise WHY_NOT_RUNNING[rental.state]
    return rental


def _open_pause(rental: Rental, now: datetime) -> None:
    """A pause that begins at the instant the one before ended continues it."""
    if rental.pauses and rental.pauses[-1].ended_at == now:
        rental.pauses[-1].ended_at = None
    else:
        rental.pauses.append(RentalPause(started_at=now))


async def _settle(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    rental: Rental,
    due: Bill,
    payer_id: UUID,
    *,
    authorised_by: UUID | None,
) -> None:
    """Charge the ended ride, tax included."""
    now = clock.now()
    vat_percent = vat_in_force(city.file, city.date_of(now)).rate_percent
    rental.total_cents, rental.vat_percent = due.total.cents, vat_percent
    rental.lines = msgspec.to_builtins(due.lines)
    lines = document_lines(due, vat_percent)
    await payments.charge(
        session,
        clock,
        account_id=payer_id,
        city_id=rental.city_id,
        reference_id=rental.id,
        total=due.total,
        vat_percent=vat_percent,
        vat_cents=vat_cents(lines),
        authorised_by=authorised_by,
    )
    await document_ride(session, clock, city, rental, lines, payer_id=payer_id)
    told = RentalEnded(rental_id=rental.id, city_id=rental.city_id, at=now, total=due.total)
    await outbox.record(session, clock, told)


def _close(rental: Rental, now: datetime, at: LonLat, station_id: UUID | None) -> None:
    rental.state, rental.ended_at = RentalState.ENDED, now
    rental.end_lon, rental.end_lat, rental.end_station_id = at.lon, at.lat, station_id
    if rental.pauses and rental.pauses[-1].ended_at is None:
        rental.pauses[-1].ended_at = now
