from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking import queries
from mobility.booking.service.bills import hold_line, zones_holding
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.geo import LonLat, distance_m
from mobility.pricing import service as pricing
from mobility.pricing.rules.bills import Bill, bill_of
from mobility.pricing.rules.usage import Usage, usage_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A ride that somebody thinks of: without pauses, and with as much as they know of it.

    Attributes
    ----------
    starts_at
        Now for None; on the city's clocks if without an offset.
    end
        Where it would end; None without fees for the place.
    """

    minutes: int
    distance_m: int = 0
    starts_at: datetime | None = None
    booked_ahead: bool = False
    end: LonLat | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    tariff_code: str
    bill: Bill


async def quote(
    session: AsyncSession, clock: Clock, public_id: UUID, asked: Asked, *, account_id: UUID | None = None
) -> Quote:
    """What a ride costs somebody, None for anybody, by the tariff in force when it starts.

    Raises
    ------
    UnknownVehicle, UnknownVehicleType, NotInForce, TimeTooFar, PositionSwapped
    """
    vehicle = (await queries.get_known(session, public_id)).vehicle
    city = await get_city(session, vehicle.city_id)
    # In UTC, for adding minutes to a time of the city's clocks moves their hands, on nights when they change too.
    starts_at = city.instant_of(asked.starts_at, now=clock.now()).astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=asked.minutes)
    usage = usage_in(city, starts_at, ends_at, distance_m=asked.distance_m, booked_ahead=asked.booked_ahead)
    if asked.end is not None:
        usage = _ending(usage, city, vehicle.type_code, asked.end)
    tariff = await pricing.tariff_in_force(
        session, city_id=vehicle.city_id, type_code=vehicle.type_code, at=starts_at, account_id=account_id
    )
    due = await pricing.bill(session, tariff.id, usage, account_id)
    return Quote(tariff.code, await _with_hold(session, clock, vehicle.id, account_id, due))


async def _with_hold(session: AsyncSession, clock: Clock, vehicle_id: UUID, account_id: UUID | None, due: Bill) -> Bill:
    """With what keeping the vehicle for longer has cost so far, for the rider who keeps it."""
    kept = None if account_id is None else await queries.find_active_hold(session, account_id)
    if kept is None or kept.vehicle_id != vehicle_id:
        return due
    return bill_of([*due.lines, hold_line(kept, clock.now())], due.total.currency)


def _ending(usage: Usage, city: PreparedCity, type_code: str, end: LonLat) -> Usage:
    """At that place, and where a bay is needed at the nearest station in reach."""
    city.bounds.refuse_swapped(end)
    vehicle_type, zones = city.vehicle_type(type_code), zones_holding(city, type_code, end, usage.ended_at)
    needs_bay = city.zones_at(usage.ended_at).ruling(end, vehicle_type).rule.station_parking
    away = {s.code: distance_m(end, s.position) for s in city.file.stations if type_code in s.vehicle_types}
    nearest = min(away, key=away.__getitem__, default=None)
    is_there = needs_bay and nearest is not None and away[nearest] <= vehicle_type.station_reach_m
    return replace(usage, end_zones=zones, end_station=nearest if is_there else None)
