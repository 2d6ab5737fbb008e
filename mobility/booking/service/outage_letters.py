"""Riders are told what the outage of a vehicle does to what they booked."""

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.booking.rules import outage_letters as letters
from mobility.booking.rules.outages import Change
from mobility.booking.service.availability import Found, Search, search
from mobility.booking.service.booking_letters import is_named, said, tell, told
from mobility.booking.service.towns import Town, place_of
from mobility.booking.tables import Booking
from mobility.fleet.tables import VehicleStatus
from mobility.geo import LonLat
from mobility.riders.rules.messages import Said

NEAREST = 3


async def tell_given(session: AsyncSession, clock: Clock, booking: Booking, change: Change) -> None:
    """Unless nothing changes for the rider: another vehicle of the class, that nobody had named yet."""
    if change is not Change.VEHICLE or is_named(booking, clock.now()):
        message = letters.given_another(await told(session, clock, booking))
        await tell(session, clock, booking, message, what=f"vehicle:{booking.vehicle_id}:{clock.now().isoformat()}")


async def tell_lost(session: AsyncSession, clock: Clock, town: Town, booking: Booking) -> None:
    nearest = [_name(town, found) for found in await _nearest(session, clock, town, booking)]
    await tell(session, clock, booking, letters.no_vehicle(await told(session, clock, booking), nearest), what="closed")


async def _nearest(session: AsyncSession, clock: Clock, town: Town, booking: Booking) -> list[Found]:
    """What is free at the booked time around the place where it was to begin, of any class."""
    wanted = Search(starts_at=booking.starts_at, ends_at=booking.ends_at, origin=await _origin(session, town, booking))
    try:
        return (await search(session, clock, booking.city_id, wanted))[:NEAREST]
    except Problem:
        # So late, or at that hour, nothing can be booked: there is nothing to offer.
        return []


async def _origin(session: AsyncSession, town: Town, booking: Booking) -> LonLat:
    if booking.start_station_id is not None and booking.start_station_id in town.stations:
        return place_of(town.stations[booking.start_station_id])
    status = await session.get_one(VehicleStatus, booking.vehicle_id)
    return LonLat(status.lon, status.lat)


def _name(town: Town, found: Found) -> Said:
    vehicle, minutes = said(found.place.of.vehicle_type.name), round(found.walk_minutes or 0)
    where = said(found.place.station.name) if found.place.station else vehicle
    return Said(
        fr=f"{vehicle.fr}, {where.fr} ({minutes} min à pied)", en=f"{vehicle.en}, {where.en} ({minutes} min on foot)"
    )
