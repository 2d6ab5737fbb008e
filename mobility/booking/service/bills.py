"""What rides cost, all of them by the one function of pricing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking.queries import Ride
from mobility.booking.rules.holds import paid_minutes
from mobility.booking.service.bookings import free_until
from mobility.booking.tables import Booking, Hold, Rental
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet.tables import VehicleStatus
from mobility.geo import LonLat
from mobility.pricing import queries as tariffs
from mobility.pricing import service as pricing
from mobility.pricing.rules.bills import Bill, Line, LineLabel, bill_of
from mobility.pricing.rules.usage import Usage, usage_in


@dataclass(frozen=True, slots=True)
class PricedRide:
    """A ride and what it would cost if it ended now, or did cost."""

    ride: Ride
    due: Bill
    back_by: "BackBy | None" = None


@dataclass(frozen=True, slots=True)
class BackBy:
    """When a running ride has to be over: its own booking ends, or somebody else's needs the vehicle."""

    at: datetime
    is_own: bool


async def priced(session: AsyncSession, clock: Clock, ride: Ride) -> PricedRide:
    """With what was charged or, before the end, with what is due so far; nothing before the vehicle has unlocked."""
    rental = ride.rental
    if rental.lines is not None and rental.total_cents is not None:
        return PricedRide(ride, charged(rental, rental.lines, rental.total_cents))
    city = await get_city(session, rental.city_id)
    if rental.started_at is None:
        return PricedRide(ride, bill_of((), city.file.currency), await _back_by(session, rental, clock.now()))
    usage = await _usage(session, city, rental, rental.started_at, clock.now(), ride.known.status.odometer_m)
    due = await pricing.bill(session, rental.tariff_id, usage, rental.account_id)
    return PricedRide(ride, await _with_hold(session, rental, due), await _back_by(session, rental, clock.now()))


async def _back_by(session: AsyncSession, rental: Rental, now: datetime) -> BackBy | None:
    own = await session.scalar(select(Booking.ends_at).where(Booking.rental_id == rental.id))
    if own is not None:
        return BackBy(own, is_own=True)
    until = await free_until(session, rental.vehicle_id, now)
    return None if until is None else BackBy(until, is_own=False)


def charged(rental: Rental, lines: list[Any], total_cents: int) -> Bill:
    """What was charged for a ride, as it was written down at its end."""
    currency = tariffs.plan_of(rental.tariff).currency
    return Bill(msgspec.convert(lines, tuple[Line, ...]), Money(total_cents, currency))


async def final_bill(
    session: AsyncSession, city: PreparedCity, rental: Rental, now: datetime, *, at: LonLat, station: str | None
) -> Bill:
    """What a running ride costs that ends now, at that place and station; its distance is written down."""
    status = await session.get_one(VehicleStatus, rental.vehicle_id, populate_existing=True)
    usage = await _usage(session, city, rental, rental.started_at or now, now, status.odometer_m)
    rental.distance_m = usage.distance_m
    zones = zones_holding(city, rental.tariff.type_code, at, now)
    ended = replace(usage, end_zones=zones, end_station=station)
    due = await pricing.final_bill(session, rental.tariff_id, ended, rental.account_id, rental.id)
    return await _with_hold(session, rental, due)


def hold_line(kept: Hold, until: datetime) -> Line:
    """What keeping a vehicle until then costs: nothing for the free minutes, then each minute begun."""
    minutes = paid_minutes(free_until=kept.free_until, over_at=min(until, kept.expires_at))
    return Line(LineLabel.HOLD, minutes, "min", kept.extension_rate_cents)


async def _with_hold(session: AsyncSession, rental: Rental, due: Bill) -> Bill:
    """No cap, pass or reduction of the ride is about the time before it."""
    kept = await session.get_one(Hold, rental.hold_id)
    return bill_of([*due.lines, hold_line(kept, rental.requested_at)], due.total.currency)


def zones_holding(city: PreparedCity, type_code: str, position: LonLat, at: datetime) -> frozenset[str]:
    """Codes of the zones in force that hold a place and bind a class."""
    return frozenset(zone.code for zone in city.zones_at(at).at(position, vehicle_type=type_code))


async def _usage(
    session: AsyncSession, city: PreparedCity, rental: Rental, started_at: datetime, until: datetime, odometer_m: int
) -> Usage:
    """The ride so far. A ride that began before odometers were read has gone nowhere."""
    booked_ahead = await session.scalar(select(exists().where(Booking.rental_id == rental.id)))
    return usage_in(
        city,
        started_at,
        until,
        pauses=tuple((pause.started_at, pause.ended_at or until) for pause in rental.pauses),
        distance_m=max(0, odometer_m - (odometer_m if rental.start_odometer_m is None else rental.start_odometer_m)),
        booked_ahead=bool(booked_ahead),
    )
