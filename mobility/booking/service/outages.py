"""What the optimiser is told of a city: bookings whose vehicle is out, vehicles that could stand in, all promises."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.optimiser.instance import Battery, Car, Instance, Nearby, Wish
from mobility.booking.rules.availability import Promise
from mobility.booking.rules.bookings import BookingState
from mobility.booking.rules.outages import FREE_TO_MOVE_UNTIL, WALK_MINUTES_MAX, Outage, stand_ins
from mobility.booking.service import calendars
from mobility.booking.service.bookings import LIVE
from mobility.booking.service.calendars import Planned, promise_of
from mobility.booking.service.towns import Town, place_of
from mobility.booking.tables import Booking
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat, distance_m, walk_minutes
from mobility.riders import queries as riders
from mobility.riders.rules.eligibility import reasons

# Bookings of a class that begin within so long of a hurt one may give way to it.
NEAR_IN_TIME = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Found:
    """The hurt bookings and those that may give way, by id, and what the optimiser is asked."""

    hurt: Mapping[UUID, Booking]
    others: Mapping[UUID, Booking]
    instance: Instance

    def booking(self, booking_id: UUID) -> Booking:
        return self.hurt.get(booking_id) or self.others[booking_id]


async def list_hurt(session: AsyncSession, vehicle: Vehicle, outage: Outage, now: datetime) -> Sequence[Booking]:
    """The vehicle's bookings to come that the outage touches, in the order of time.

    Those it touches, and those after them from the first one on that begins somewhere else than the vehicle stands.
    """
    mine = select(Booking).where(LIVE, Booking.vehicle_id == vehicle.id, Booking.state == BookingState.CONFIRMED)
    coming = mine.where(Booking.starts_at > now).order_by(Booking.starts_at).execution_options(populate_existing=True)
    found = (await session.scalars(coming)).all()
    touched = [
        booking for booking in found if outage.touches(starts_at=booking.starts_at, by_class=booking.by_class, now=now)
    ]
    later = [] if outage.is_late else found[len(touched) :]
    return [*touched, *later] if touched and _is_astray(later, vehicle.station_id) else touched


def _is_astray(bookings: Sequence[Booking], station_id: UUID | None) -> bool:
    return bool(bookings) and station_id is not None and bookings[0].start_station_id != station_id


async def find(
    session: AsyncSession, town: Town, vehicle: Vehicle, outage: Outage, now: datetime, hurt: Sequence[Booking]
) -> Found:
    """What the optimiser is to solve for the bookings of a vehicle, by what is promised now."""
    by_id = {booking.id: booking for booking in hurt}
    if not hurt or town.city.vehicle_type(vehicle.type_code).bookable_ahead is None:
        return Found(by_id, {}, Instance(now=now, wishes=(), cars=(), batteries={}))
    types = {each.code: each for each in town.city.file.vehicle_types}
    codes = [vehicle.type_code, *(other.code for other in stand_ins(types[vehicle.type_code], types.values()))]
    of_city = Vehicle.city_id == vehicle.city_id, Vehicle.type_code.in_(codes)
    planned = [
        each for each in await calendars.list_planned(session, *of_city, since=now) if each.vehicle_id != vehicle.id
    ]
    others = await _list_movable(session, vehicle, hurt, now)
    cars = [*_cars(town, planned, others, now), *await _own(session, town, vehicle, outage, hurt, now)]
    where = await _places(session, town, vehicle, planned)
    wishes = [await _wish(session, town, booking, codes, where) for booking in hurt]
    instance = Instance(
        now=now,
        wishes=(*wishes, *(_resting(booking) for booking in others)),
        cars=tuple(sorted(cars, key=lambda car: car.id)),
        batteries={code: _battery(town, code) for code in codes},
    )
    return Found(by_id, {each.id: each for each in others}, instance)


async def _list_movable(
    session: AsyncSession, vehicle: Vehicle, hurt: Sequence[Booking], now: datetime
) -> Sequence[Booking]:
    """Bookings of the class, at about the hurt ones' time, whose riders do not know their vehicle yet."""
    if not hurt:
        return []
    begins, ends = min(each.starts_at for each in hurt), max(each.blocked_until for each in hurt)
    which = (
        LIVE,
        Booking.city_id == vehicle.city_id,
        Booking.type_code == vehicle.type_code,
        Booking.vehicle_id != vehicle.id,
        Booking.by_class,
        Booking.state == BookingState.CONFIRMED,
        Booking.start_station_id.is_not(None),
        Booking.starts_at > max(now + FREE_TO_MOVE_UNTIL, begins - NEAR_IN_TIME),
        Booking.starts_at < ends + NEAR_IN_TIME,
    )
    found = select(Booking).where(*which).order_by(Booking.starts_at, Booking.id)
    return (await session.scalars(found.execution_options(populate_existing=True))).all()


def _cars(town: Town, planned: Iterable[Planned], movable: Iterable[Booking], now: datetime) -> list[Car]:
    """Vehicles of which it is known where they will stand; the promises that may give way are not theirs to keep."""
    moving = {(each.vehicle_id, each.starts_at) for each in movable}
    cars = []
    for each in planned:
        place = _place(town, each)
        if place is not None:
            kept = tuple(p for p in each.promises if (each.vehicle_id, p.starts_at) not in moving)
            cars.append(_car(each, place, now, kept))
    return cars


def _car(planned: Planned, place: UUID, now: datetime, kept: tuple[Promise, ...]) -> Car:
    return Car(
        id=planned.vehicle_id,
        type_code=planned.type_code,
        place=place,
        free_from=now,
        charge_percent=planned.charge_percent,
        kept=kept,
    )


def _place(town: Town, planned: Planned) -> UUID | None:
    """Its station; where its booked ride began, which says where it ends; itself, if it is booked where it stands."""
    if not town.bookable(planned.type_code).is_docked:
        return planned.vehicle_id if planned.state == "available" and not planned.promises else None
    begun = planned.promises[0].start_station_id if planned.promises and planned.station_id is None else None
    return planned.station_id or begun


async def _own(
    session: AsyncSession, town: Town, vehicle: Vehicle, outage: Outage, hurt: Sequence[Booking], now: datetime
) -> list[Car]:
    """The vehicle itself from when it is back, with the bookings it keeps; none if nobody counts on it."""
    back_at, place = outage.back_at(now), hurt[0].start_station_id if hurt else None
    if back_at is None or place is None or outage.is_late:
        return []
    status = await session.get_one(VehicleStatus, vehicle.id)
    gone = {booking.starts_at for booking in hurt}
    promises = (await calendars.list_promises(session, [vehicle.id], since=now)).get(vehicle.id, ())
    still = [promise for promise in promises if promise.starts_at not in gone]
    kept = tuple(promise for promise in still if promise.starts_at >= back_at)
    free_from = max([back_at, *(promise.blocked_until for promise in still if promise.starts_at < back_at)])
    stands = vehicle.station_id or (kept[0].start_station_id if kept else None) or place
    # Nobody brings a vehicle back with an empty battery.
    charge = max(status.charge_percent, town.bookable(vehicle.type_code).vehicle_type.charge_percent_min)
    return [
        Car(
            id=vehicle.id,
            type_code=vehicle.type_code,
            place=stands,
            free_from=free_from,
            charge_percent=charge,
            kept=kept,
        )
    ]


async def _places(
    session: AsyncSession, town: Town, vehicle: Vehicle, planned: Collection[Planned]
) -> dict[UUID, LonLat]:
    """Where bookings could begin: stations that take the class, or, for one booked where it stands, vehicles."""
    if town.bookable(vehicle.type_code).is_docked:
        stations = town.stations.values()
        return {each.id: place_of(each) for each in stations if vehicle.type_code in each.vehicle_types}
    status = await session.get_one(VehicleStatus, vehicle.id)
    return {each.vehicle_id: each.position for each in planned} | {vehicle.id: LonLat(status.lon, status.lat)}


async def _wish(
    session: AsyncSession, town: Town, booking: Booking, codes: Sequence[str], where: Mapping[UUID, LonLat]
) -> Wish:
    start = booking.start_station_id or booking.vehicle_id
    return Wish(
        id=booking.id,
        vehicle_id=booking.vehicle_id,
        classes=await _may_drive(session, town, booking, codes),
        by_class=booking.by_class,
        promise=_placed(booking, start),
        nearby=_nearby(town, start, where),
    )


def _resting(booking: Booking) -> Wish:
    return Wish(
        id=booking.id,
        vehicle_id=booking.vehicle_id,
        classes=(booking.type_code,),
        by_class=True,
        promise=promise_of(booking),
        is_hurt=False,
    )


def _placed(booking: Booking, start: UUID) -> Promise:
    promise = promise_of(booking)
    return Promise(
        starts_at=promise.starts_at,
        ends_at=promise.ends_at,
        blocked_until=promise.blocked_until,
        start_station_id=start,
        end_station_id=promise.end_station_id,
    )


def _nearby(town: Town, start: UUID, where: Mapping[UUID, LonLat]) -> tuple[Nearby, ...]:
    if start not in where:
        return ()
    speed_kmh = town.city.file.quarter_hour.walking_speed_kmh
    walks = [
        Nearby(place, round(walk_minutes(distance_m(where[start], position), speed_kmh=speed_kmh)))
        for place, position in where.items()
        if place != start
    ]
    return tuple(sorted((near for near in walks if near.walk_minutes <= WALK_MINUTES_MAX), key=_order))


def _order(near: Nearby) -> tuple[int, UUID]:
    return near.walk_minutes, near.place


async def _may_drive(session: AsyncSession, town: Town, booking: Booking, codes: Sequence[str]) -> tuple[str, ...]:
    """The booking's own class, and of the better ones those its rider may drive on that day."""
    own, *better = codes
    if not better:
        return (own,)
    rider, day = await riders.get_rider(session, booking.account_id), town.city.date_of(booking.starts_at)
    requirements = {code: town.city.requirement_on(code, day) for code in better}
    return (own, *(code for code, asked in requirements.items() if not reasons(rider, asked, day)))


def _battery(town: Town, code: str) -> Battery:
    of = town.bookable(code)
    return Battery(of.rates, of.vehicle_type.charge_percent_min)
