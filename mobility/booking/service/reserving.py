"""Booking a vehicle for a time to come: the one that is named, or one of a class at a station."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.booking import queries
from mobility.booking.rules import booking_letters as letters
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.bookable import BookableClass
from mobility.booking.rules.bookings import (
    LIVE_BOOKINGS_MAX,
    AlreadyBooked,
    BookingState,
    SlotTaken,
    StationNotForClass,
    TooManyBookings,
    UnknownStation,
    VehicleElsewhere,
    refuse_times,
)
from mobility.booking.service import calendars
from mobility.booking.service.availability import Choice, choose, refuse_full
from mobility.booking.service.booked import lock_rider
from mobility.booking.service.booking_letters import tell, told
from mobility.booking.service.booking_money import keep_ready, quote
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.calendars import Planned
from mobility.booking.service.eligibility import refuse_not_eligible
from mobility.booking.service.towns import Town, get_town
from mobility.booking.tables import Booking
from mobility.city.tables import Station
from mobility.fleet.rules.refusals import UnknownVehicle, VehicleUnavailable
from mobility.fleet.tables import Vehicle
from mobility.riders.service import note_city

# Enough that a crowd does not take them all in one moment, and not a whole station kept waiting.
LOCKED_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to be booked, for whom and by whom: `vehicle_id`, or one of `type_code` at `station_id`.

    `to_station_id` is where it will be left; None: where it was taken.
    """

    account_id: UUID
    booked_by: UUID
    city_id: str
    starts_at: datetime
    ends_at: datetime
    vehicle_id: UUID | None = None
    type_code: str | None = None
    station_id: UUID | None = None
    to_station_id: UUID | None = None
    range_m_min: int = 0


async def city_of(session: AsyncSession, station_id: UUID) -> str:
    """The city of a station; raises `UnknownStation`."""
    city_id = await session.scalar(select(Station.city_id).where(Station.id == station_id))
    if city_id is None:
        raise UnknownStation
    return city_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for, read in the city's terms."""

    ask: Ask
    town: Town
    of: BookableClass
    starts_at: datetime
    ends_at: datetime

    def promise(self, vehicle: Planned) -> Promise:
        """What the booking would block of a vehicle; raises `VehicleElsewhere` when nobody knows where it will be."""
        if not self.of.is_docked:
            return self.of.promise(self.starts_at, self.ends_at, None, None)
        start = self.ask.station_id or vehicle.station_at(self.starts_at)
        if start is None:
            raise VehicleElsewhere
        return self.of.promise(self.starts_at, self.ends_at, start, self.ask.to_station_id or start)


async def book(session: AsyncSession, clock: Clock, ask: Ask) -> Booking:
    """Promise a vehicle, have the money for it kept ready a day before, and tell the rider.

    Raises
    ------
    UnknownCity, UnknownVehicle, VehicleUnavailable, UnknownVehicleType, NotBookableAhead, UnknownStation,
    StationNotForClass, TimeTooFar, TimeMissing, TimeRepeated, NotOnTheQuarter, BookingWithoutLength, BookingTooLong,
    BookingTooSoon, BookingTooFar, ServiceClosed, StartNotAllowedHere, NotEligible, NotInForce, AlreadyBooked,
    TooManyBookings, SlotTaken, VehicleElsewhere, VehicleNeededElsewhere, ChargeForecastTooLow, DestinationFull
    """
    wanted, now = await _read(session, clock, ask), clock.now()
    city, of = wanted.town.city, wanted.of
    refuse_times(of.terms, starts_at=wanted.starts_at, ends_at=wanted.ends_at, now=now)
    await refuse_not_eligible(session, clock, city, of.code, ask.account_id, on=city.date_of(wanted.starts_at))
    await lock_rider(session, ask.account_id)
    await refuse_busy(session, ask.account_id, wanted.starts_at, wanted.ends_at)
    choice = await _win(session, wanted, now)
    wanted.town.refuse_start(of, choice.planned.position, wanted.starts_at)
    booking = await _insert(session, clock, wanted, choice)
    await keep_ready(session, clock, city, booking)
    await note_city(session, clock, ask.account_id, ask.city_id)
    await tell(session, clock, booking, letters.confirmed(await told(session, clock, booking)), what="confirmed")
    return booking


async def refuse_busy(
    session: AsyncSession, account_id: UUID, starts_at: datetime, ends_at: datetime, *, besides: UUID | None = None
) -> None:
    """Unless the rider has neither a booking at that time nor too many; raises `AlreadyBooked`, `TooManyBookings`.

    `besides` is a booking that does not count, for it is the one that is changed.
    """
    overlapping = func.count().filter(Booking.starts_at < ends_at, Booking.ends_at > starts_at)
    own = select(overlapping, func.count()).where(Booking.account_id == account_id, LIVE)
    at_once, live = (await session.execute(own if besides is None else own.where(Booking.id != besides))).one()
    if at_once:
        raise AlreadyBooked
    if live >= LIVE_BOOKINGS_MAX:
        raise TooManyBookings(bookings_max=LIVE_BOOKINGS_MAX)


async def win_of_class(
    session: AsyncSession, town: Town, of: BookableClass, promise: Promise, *, now: datetime, range_m_min: int = 0
) -> Choice | None:
    """The vehicle of a class at a station that suits a booking best, kept from others; None when none is free."""
    candidates = await calendars.list_candidates(
        session,
        town.city.file.id,
        blocked_until={(of.code, of.is_docked): promise.blocked_until},
        starts_at=promise.starts_at,
        stations=[promise.start_station_id] if promise.start_station_id else [],
        to_station=promise.end_station_id,
        box=None,
    )
    ids = [candidate.vehicle_id for candidate in candidates]
    first = await _choose_any(session, of, promise, ids, now, range_m_min)
    likely = [choice.planned.vehicle_id for choice in first[:LOCKED_MAX]]
    await calendars.lock_vehicles(session, likely)
    # Now nobody else plans with them; what was planned since they were found counts.
    return next(iter(await _choose_any(session, of, promise, likely, now, range_m_min)), None)


async def _choose_any(
    session: AsyncSession,
    of: BookableClass,
    promise: Promise,
    vehicle_ids: Sequence[UUID],
    now: datetime,
    range_m_min: int,
) -> list[Choice]:
    """Those that suit, of the first of the vehicles that do."""
    for begin in range(0, len(vehicle_ids), LOCKED_MAX):
        ids = vehicle_ids[begin : begin + LOCKED_MAX]
        vehicles = await calendars.list_planned(session, Vehicle.id.in_(ids), since=now)
        choices = choose(of, [(vehicle, promise) for vehicle in vehicles], now=now, range_m_min=range_m_min)
        if choices:
            return choices
    return []


async def _read(session: AsyncSession, clock: Clock, ask: Ask) -> Wanted:
    town, now = await get_town(session, ask.city_id), clock.now()
    starts_at, ends_at = town.quarter(ask.starts_at, now), town.quarter(ask.ends_at, now)
    type_code = ask.type_code or await _type_of(session, ask)
    of = town.bookable(type_code)
    for station_id in (ask.station_id, ask.to_station_id):
        if station_id is not None:
            town.station(station_id, of)
    if ask.to_station_id is not None and not of.is_docked:
        raise StationNotForClass
    return Wanted(ask=ask, town=town, of=of, starts_at=starts_at, ends_at=ends_at)


async def _type_of(session: AsyncSession, ask: Ask) -> str:
    found = select(Vehicle.type_code).where(Vehicle.id == ask.vehicle_id, Vehicle.city_id == ask.city_id)
    type_code = await session.scalar(found)
    if type_code is None:
        raise UnknownVehicle
    return type_code


async def _win(session: AsyncSession, wanted: Wanted, now: datetime) -> Choice:
    to_station_id = wanted.ask.to_station_id
    if to_station_id is not None:
        await queries.lock_stations(session, [to_station_id])
    choice = await (_win_one if wanted.ask.vehicle_id else _win_any)(session, wanted, now)
    if to_station_id is not None and to_station_id != choice.wanted.start_station_id:
        without = choice.planned.vehicle_id
        await refuse_full(session, wanted.town, to_station_id, wanted.ends_at, now, without=without)
    return choice


async def _win_one(session: AsyncSession, wanted: Wanted, now: datetime) -> Choice:
    # Of a crowd that wants one vehicle most come after the winner: they need not wait for its row.
    await _choose_one(session, wanted, now)
    await calendars.lock_vehicles(session, [wanted.ask.vehicle_id] if wanted.ask.vehicle_id else [])
    return await _choose_one(session, wanted, now)


async def _choose_one(session: AsyncSession, wanted: Wanted, now: datetime) -> Choice:
    vehicles = await calendars.list_planned(session, Vehicle.id == wanted.ask.vehicle_id, since=now)
    if not vehicles:
        raise VehicleUnavailable
    vehicle, promise = vehicles[0], wanted.promise(vehicles[0])
    if not wanted.of.is_docked and vehicle.state != "available":
        raise SlotTaken
    range_m_min = wanted.ask.range_m_min
    refusal = wanted.of.refusal(vehicle.idle, promise, now=now, range_m_min=range_m_min)
    if refusal is not None:
        raise refusal
    return choose(wanted.of, [(vehicle, promise)], now=now, range_m_min=range_m_min)[0]


async def _win_any(session: AsyncSession, wanted: Wanted, now: datetime) -> Choice:
    station_id = wanted.ask.station_id
    if station_id is None or not wanted.of.is_docked:
        raise StationNotForClass
    end = wanted.ask.to_station_id or station_id
    promise = wanted.of.promise(wanted.starts_at, wanted.ends_at, station_id, end)
    range_m_min = wanted.ask.range_m_min
    choice = await win_of_class(session, wanted.town, wanted.of, promise, now=now, range_m_min=range_m_min)
    if choice is None:
        raise SlotTaken
    return choice


async def _insert(session: AsyncSession, clock: Clock, wanted: Wanted, choice: Choice) -> Booking:
    promise, ask = choice.wanted, wanted.ask
    tariff, due = await quote(
        session,
        wanted.town,
        wanted.of.code,
        starts_at=promise.starts_at,
        ends_at=promise.ends_at,
        end_station_id=promise.end_station_id,
        account_id=ask.account_id,
    )
    row = insert(Booking).values(
        id=new_id(),
        account_id=ask.account_id,
        booked_by=ask.booked_by,
        city_id=ask.city_id,
        vehicle_id=choice.planned.vehicle_id,
        type_code=wanted.of.code,
        by_class=ask.vehicle_id is None,
        **msgspec.structs.asdict(promise),
        state=BookingState.CONFIRMED,
        tariff_id=tariff.id,
        quoted_cents=due.total.cents,
        terms=msgspec.to_builtins(wanted.of.terms),
        created_at=clock.now(),
    )
    # The constraints are the last word, whatever was read before.
    made: Booking | None = await session.scalar(row.on_conflict_do_nothing().returning(Booking))
    if made is None:
        raise SlotTaken
    return made
