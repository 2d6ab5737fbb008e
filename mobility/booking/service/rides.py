from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.queries import Known, Ride
from mobility.booking.rules.holds import HoldState
from mobility.booking.rules.refusals import RideFailed, RideNotEnded
from mobility.booking.rules.rides import RentalState, Spent, spent
from mobility.booking.service.bills import charged
from mobility.booking.service.holding import HeldVehicle
from mobility.booking.tables import Hold, Rental
from mobility.invoicing.queries import find_receipt
from mobility.invoicing.tables import Document
from mobility.payments.rules.vat import VatSplit, split_vat
from mobility.pricing.rules.bills import Bill


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold that was just made."""

    id: UUID
    created_at: datetime
    free_until: datetime
    expires_at: datetime
    state: str = HoldState.ACTIVE


@dataclass(frozen=True, slots=True)
class Extension:
    """By how many minutes a hold can still be extended, and what each of them costs that has begun."""

    minutes_left: int
    rate: Money


@dataclass(frozen=True, slots=True)
class Held:
    """A hold that still keeps its vehicle; without `extension` where vehicles of its type are not kept for longer."""

    hold: Hold | Kept
    vehicle: HeldVehicle
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an ended ride cost, tax included, the VAT in it, and the document about it if the rider is who pays."""

    ride: Ride
    started_at: datetime
    ended_at: datetime
    bill: Bill
    vat_percent: Decimal
    vat: VatSplit
    document: Document | None


def held_vehicle(hold: Hold, known: Known) -> HeldVehicle:
    vehicle, status = known.vehicle, known.status
    return HeldVehicle(
        hold.vehicle_public_id, vehicle.type_code, vehicle.plate, known.position, status.charge_percent, status.range_m
    )


async def receipt(session: AsyncSession, *, account_id: UUID, rental_id: UUID) -> Receipt:
    """What an ended ride cost, of which VAT. Raises `UnknownRental`, `RideNotEnded`, `RideFailed`."""
    ride = await queries.get_ride(session, rental_id, account_id)
    if ride.rental.state == RentalState.FAILED:
        raise RideFailed
    started_at = ride.rental.started_at
    ended_at, vat_percent = ride.rental.ended_at, ride.rental.vat_percent
    if started_at is None or ended_at is None or vat_percent is None:
        raise RideNotEnded
    due = charged(ride.rental, ride.rental.lines or [], ride.rental.total_cents or 0)
    vat_cents = sum(split_vat(line.cents, vat_percent).vat_cents for line in due.lines)
    vat = VatSplit(due.total.cents - vat_cents, vat_cents)
    document = await find_receipt(session, rental_id, account_id)
    return Receipt(ride, started_at, ended_at, due, vat_percent, vat, document)


def time_spent(rental: Rental, now: datetime) -> Spent:
    """Riding and paused time until now, or until the end; none before the vehicle has unlocked."""
    if rental.started_at is None:
        return Spent(timedelta(0), timedelta(0))
    pauses = [(pause.started_at, pause.ended_at) for pause in rental.pauses]
    return spent(started_at=rental.started_at, until=rental.ended_at or now, pauses=pauses)
