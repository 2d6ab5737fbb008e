"""Riders are told what becomes of their bookings, each thing once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.booking_letters import HERE, Told
from mobility.booking.rules.bookings import NAMED_BEFORE
from mobility.booking.tables import Booking
from mobility.city.service import get_city
from mobility.city.tables import Station
from mobility.fleet.tables import Vehicle
from mobility.riders.rules.messages import Message, Said
from mobility.riders.service import notify

A_VEHICLE = Said(fr="Véhicule", en="Vehicle")


async def tell(session: AsyncSession, clock: Clock, booking: Booking, message: Message, *, what: str) -> None:
    """Write to the booking's rider; `what` tells its letters apart, each is written once."""
    await notify(session, clock, booking.account_id, message, key=f"booking:{booking.id}:{what}")


async def told(session: AsyncSession, clock: Clock, booking: Booking) -> Told:
    """What letters say of the booking as it is now."""
    city = await get_city(session, booking.city_id)
    vehicle_type = city.vehicle_types.get(booking.type_code)
    vehicle = await session.get_one(Vehicle, booking.vehicle_id)
    return Told(
        starts=city.local(booking.starts_at),
        ends=city.local(booking.ends_at),
        start_place=await place(session, booking.start_station_id),
        end_place=await place(session, booking.end_station_id),
        vehicle=said(vehicle_type.name) if vehicle_type else A_VEHICLE,
        plate=vehicle.plate if is_named(booking, clock.now()) else None,
    )


async def place(session: AsyncSession, station_id: UUID | None) -> Said:
    """A station's name; of a free-floating vehicle, that it is where it stands."""
    return HERE if station_id is None else said((await session.get_one(Station, station_id)).name)


def is_named(booking: Booking, now: datetime) -> bool:
    """Whether the rider may know which vehicle it is: always of a vehicle, shortly before the start of a class."""
    return not booking.by_class or booking.starts_at - NAMED_BEFORE <= now


def said(names: Mapping[str, str]) -> Said:
    """A name in the two languages of letters, for a city that may have others."""
    first = next(iter(names.values()))
    return Said(fr=names.get("fr", first), en=names.get("en", first))
