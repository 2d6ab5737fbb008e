import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import compress, islice

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.booking.queries.free import list_free_vehicles
from mobility.booking.rules.nearby import FreeVehicle, Walk, rank
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet.rules.refusals import VehicleTaken
from mobility.fleet.service.reporting import find_beside
from mobility.fleet.tables import Vehicle
from mobility.geo import Bounds, LonLat
from mobility.geo.streets.shelf import Streets
from mobility.pricing import queries as pricing
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import usage_in
from mobility.pricing.tables import Tariff

MINUTE = timedelta(minutes=1)
# Nearest first: what stands within a hundred metres is among them.
BESIDE_MAX = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A vehicle within a walk, and what riding it without a pause costs."""

    walk: Walk
    price_15_min: Money
    price_60_min: Money


async def nearby(
    session: AsyncSession,
    clock: Clock,
    streets: Streets,
    city_id: str,
    *,
    origin: LonLat,
    walk_minutes_max: float | None = None,
    type_code: str | None = None,
    range_m_min: int = 0,
    limit: int,
) -> list[Offer]:
    """Vehicles that can be rented at once, nearest first, within a walk; the city's quarter-hour unless told.

    Walks follow the city's streets where it has a network of them.

    Rentable is what is available, charged enough for its class, heard in the last 20 minutes and stands where rides may
    start now; a class without a price in force is not.

    Raises
    ------
    UnknownCity, UnknownVehicleType, PositionSwapped
    """
    city = await get_city(session, city_id)
    city.bounds.refuse_swapped(origin)
    if type_code is not None:
        city.vehicle_type(type_code)
    walks = await _walks(session, clock, streets, city, origin, walk_minutes_max, type_code, range_m_min)
    now = clock.now()
    tariffs = await pricing.tariffs_in_force(session, city_id, now)
    prices = {
        type_: (_price_of(tariff, city, now, 15 * MINUTE), _price_of(tariff, city, now, 60 * MINUTE))
        for type_, tariff in tariffs.items()
    }
    priced = (walk for walk in walks if walk.vehicle.type_code in prices)
    return [Offer(walk, *prices[walk.vehicle.type_code]) for walk in islice(priced, limit)]


async def beside(
    session: AsyncSession, clock: Clock, streets: Streets, city_id: str, *, plate: str, position: LonLat
) -> Offer:
    """The vehicle of that plate, if it stands beside whoever asks and can be rented at once.

    Raises
    ------
    UnknownCity, PositionSwapped
    NotBesideVehicle
        There is none of that name within a hundred metres; elsewhere it is not told, so that nobody follows a vehicle.
    VehicleTaken
        It is there, and nobody else's to take now: kept, charging, or out of service.
    """
    city = await get_city(session, city_id)
    city.bounds.refuse_swapped(position)
    vehicle_id = await find_beside(session, city_id, plate=plate, public_id=None, position=position)
    public_id = (await session.get_one(Vehicle, vehicle_id)).public_id
    offers = await nearby(session, clock, streets, city_id, origin=position, limit=BESIDE_MAX)
    offer = next((offer for offer in offers if offer.walk.vehicle.public_id == public_id), None)
    if offer is None:
        raise VehicleTaken
    return offer


async def alternatives(
    session: AsyncSession,
    clock: Clock,
    streets: Streets,
    city: PreparedCity,
    origin: LonLat,
    *,
    type_code: str,
    limit: int,
) -> list[Walk]:
    """Free vehicles of a class within the city's quarter-hour of one that was taken, which stands at `origin`."""
    return (await _walks(session, clock, streets, city, origin, type_code=type_code))[:limit]


async def _walks(
    session: AsyncSession,
    clock: Clock,
    streets: Streets,
    city: PreparedCity,
    origin: LonLat,
    walk_minutes_max: float | None = None,
    type_code: str | None = None,
    range_m_min: int = 0,
) -> list[Walk]:
    quarter_hour = city.file.quarter_hour
    minutes = walk_minutes_max or quarter_hour.walk_minutes
    walking = streets.walking(city.file.id, quarter_hour.walking_speed_kmh)
    box = Bounds.within(origin, walking.reach_m(minutes))
    found = await list_free_vehicles(session, city.file.id, box, now=clock.now(), type_code=type_code)
    free = _startable(city, found, clock.now())
    ranked = partial(rank, free, origin=origin, walking=walking, walk_minutes_max=minutes, range_m_min=range_m_min)
    # Over streets it takes a millisecond, and the first time a second.
    return await asyncio.to_thread(ranked) if walking.times else ranked()


def _startable(city: PreparedCity, vehicles: Sequence[FreeVehicle], now: datetime) -> list[FreeVehicle]:
    """Those that stand where a ride may start now; a class that has left the city file starts nowhere."""
    types = city.vehicle_types
    known = [vehicle for vehicle in vehicles if vehicle.type_code in types]
    may_start = city.zones_at(now).may_start([v.position for v in known], [types[v.type_code] for v in known])
    return list(compress(known, may_start))


def _price_of(tariff: Tariff, city: PreparedCity, now: datetime, length: timedelta) -> Money:
    return price(pricing.plan_of(tariff), usage_in(city, now, now + length)).total
