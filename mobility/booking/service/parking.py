"""Whether a ride may end somewhere, to end it there or only to tell its rider."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Conflict
from mobility.booking import queries
from mobility.booking.rules.ends import Check, asks_photo, checks
from mobility.booking.rules.refusals import WHY_NOT_RUNNING
from mobility.city.queries import list_stations
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.parking import StationBays, may_end
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.geo import LonLat, distance_m


@dataclass(frozen=True, slots=True)
class EndCheck:
    """What passes where a ride would end, what would be refused, and whether a photo would be asked for."""

    checks: Sequence[Check]
    refusal: Conflict | None
    asks_photo: bool


async def check_end(session: AsyncSession, clock: Clock, *, account_id: UUID, rental_id: UUID, at: LonLat) -> EndCheck:
    """Whether a ride could end at `at` now. Keeps no bay: another ride may take the last one.

    Raises
    ------
    UnknownRental, StillUnlocking, RideFailed, RideEnded, PositionSwapped
    """
    rental = (await queries.get_ride(session, rental_id, account_id)).rental
    if rental.state in WHY_NOT_RUNNING:
        raise WHY_NOT_RUNNING[rental.state]
    city = await get_city(session, rental.city_id)
    city.bounds.refuse_swapped(at)
    vehicle_type = await queries.get_type(session, rental.vehicle_id)
    zones = city.zones_at(clock.now())
    needs_bay = zones.ruling(at, vehicle_type).rule.station_parking
    try:
        may_end(at, vehicle_type, zones=zones, stations=await _stations(session, city) if needs_bay else [])
    except Conflict as refusal:
        return EndCheck(checks(refusal, needs_bay=needs_bay), refusal, asks_photo=False)
    return EndCheck(checks(None, needs_bay=needs_bay), None, asks_photo(vehicle_type, in_bay=needs_bay))


async def park_at(
    session: AsyncSession, clock: Clock, city: PreparedCity, vehicle_id: UUID, at: LonLat
) -> StationBays | None:
    """The station where the ride may end, None for a vehicle that is left where it stands.

    Raises
    ------
    OutOfServiceZone, NoParkingHere, NotAtAStation, StationFull
    """
    vehicle_type = await queries.get_type(session, vehicle_id)
    zones = city.zones_at(clock.now())
    needs_bay = zones.ruling(at, vehicle_type).rule.station_parking
    if needs_bay:
        await _lock_reached(session, city, vehicle_type, at)
    stations = await _stations(session, city) if needs_bay else []
    return may_end(at, vehicle_type, zones=zones, stations=stations).station


async def _lock_reached(session: AsyncSession, city: PreparedCity, vehicle_type: VehicleType, at: LonLat) -> None:
    """Two rides may end at the last free bay at once: the second waits here, then counts the first."""
    reached = [
        station.id
        for station in await list_stations(session, city.file.id)
        if distance_m(at, LonLat(station.lon, station.lat)) <= vehicle_type.station_reach_m
    ]
    await queries.lock_stations(session, reached)


async def _stations(session: AsyncSession, city: PreparedCity) -> list[StationBays]:
    """As they are now."""
    stations = [(each, LonLat(each.lon, each.lat)) for each in await list_stations(session, city.file.id)]
    parked = await queries.count_parked(session, city.file.id)
    return [
        StationBays(s.id, s.code, s.name, position, s.vehicle_types, s.bays - parked[s.id]) for s, position in stations
    ]
