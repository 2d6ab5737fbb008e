from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.queries import Known, Ride
from mobility.booking.rules.holds import is_over
from mobility.booking.rules.refusals import RideFailed, RideNotEnded
from mobility.booking.rules.rides import RentalState, Spent, spent
from mobility.booking.tables import Hold, Rental
from mobility.payments.rules.vat import VatSplit, split_vat
from mobility.pricing import queries as pricing
from mobility.pricing.rules.plans import Bill, Line, price


@dataclass(frozen=True, slots=True)
class Held:
    """A hold that still keeps its vehicle."""

    hold: Hold
    known: Known


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an ended ride cost, tax included, and the VAT in it."""

    ride: Ride
    started_at: datetime
    ended_at: datetime
    bill: Bill
    vat_percent: Decimal
    vat: VatSplit


async def find_current(session: AsyncSession, clock: Clock, account_id: UUID) -> Held | Ride | None:
    """What an account is in the middle of."""
    hold = await queries.find_active_hold(session, account_id)
    if hold is not None and not is_over(expires_at=hold.expires_at, now=clock.now()):
        return Held(hold, await queries.get_held(session, hold))
    return await queries.find_current_ride(session, account_id)


async def receipt(session: AsyncSession, *, account_id: UUID, rental_id: UUID) -> Receipt:
    """What an ended ride cost, of which VAT. Raises `UnknownRental`, `RideNotEnded`, `RideFailed`."""
    ride = await queries.get_ride(session, rental_id, account_id)
    if ride.rental.state == RentalState.FAILED:
        raise RideFailed
    started_at = ride.rental.started_at
    ended_at, vat_percent = ride.rental.ended_at, ride.rental.vat_percent
    if started_at is None or ended_at is None or vat_percent is None:
        raise RideNotEnded
    due = bill(ride.rental, ended_at)
    return Receipt(ride, started_at, ended_at, due, vat_percent, split_vat(due.total.cents, vat_percent))


def time_spent(rental: Rental, now: datetime) -> Spent:
    """Riding and paused time until now, or until the end; none before the vehicle has unlocked."""
    if rental.started_at is None:
        return Spent(timedelta(0), timedelta(0))
    pauses = [(pause.started_at, pause.ended_at) for pause in rental.pauses]
    return spent(started_at=rental.started_at, until=rental.ended_at or now, pauses=pauses)


def bill(rental: Rental, now: datetime) -> Bill:
    """What the ride costs so far, or what was charged for it; nothing before the vehicle has unlocked."""
    plan = pricing.plan_of(rental.tariff)
    if rental.lines is not None and rental.total_cents is not None:
        return Bill(msgspec.convert(rental.lines, tuple[Line, ...]), Money(rental.total_cents, plan.currency))
    if rental.started_at is None:
        return Bill((), Money(0, plan.currency))
    time = time_spent(rental, now)
    return price(plan, riding=time.riding, paused=time.paused)
