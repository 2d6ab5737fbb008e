"""Rides and the zones they are in: a position is compared and forgotten; none is stored, logged or told on."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.geometry import CityZones
from mobility.city.service import get_city
from mobility.db.session import Sessions, transaction
from mobility.fleet.rules.riding import Ridden
from mobility.fleet.service import riding
from mobility.telemetry.rules import watching as rules
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.rules.messages import InRide
from mobility.telemetry.rules.watching import Wanted


async def watch_apart(sessions: Sessions, clock: Clock, followed: Followed, in_ride: Sequence[InRide]) -> None:
    """`watch` in a transaction of its own, once the reports are stored: may be lost, for the next report repeats it."""
    if in_ride:
        async with transaction(sessions) as session:
            await watch(session, clock, followed, in_ride)


async def watch(session: AsyncSession, clock: Clock, followed: Followed, in_ride: Sequence[InRide]) -> int:
    """Make rides obey the zones that their newest positions lie in; of how many rides something changed.

    A vehicle is told the speed limit of where it is, and the limit is lifted where there is none. Its rider and the
    desk are told when it leaves the service area or enters a no-ride zone, and when that is over. One position that no
    other bears out changes nothing.
    """
    by_city: dict[str, list[InRide]] = defaultdict(list)
    for seen in rules.telling(in_ride, clock.now()):
        by_city[seen.city_id].append(seen)
    return sum([await _watch_city(session, clock, followed, city_id, seen) for city_id, seen in by_city.items()])


async def _watch_city(
    session: AsyncSession, clock: Clock, followed: Followed, city_id: str, seen: Sequence[InRide]
) -> int:
    city = await get_city(session, city_id)
    speed_kmh = {code: each.max_speed_kmh for code, each in city.vehicle_types.items()}
    # A class that has left the city file is bound by no zone any more.
    bound = [each for each in seen if each.type_code in speed_kmh]
    known = rules.newest(followed.counting(bound, speed_kmh, clock.now()))
    zones, types = city.zones_at(clock.now()), {key: city.vehicle_types[each.type_code] for key, each in known.items()}
    here = _wanted(zones, list(known.values()), list(types.values()))
    ridden = await riding.list_ridden(session, {key: known[key].rental_id for key in here})
    others = {key: each.rental_id for key, each in ridden.items() if not rules.is_as_told(here[key], each)}
    if not others:
        return 0
    # Few get so far: those at a border, or across it.
    held = await riding.list_ridden(session, others, locked=True)
    certain = {
        key: rules.beyond_doubt(here[key], _nearby(zones, known[key], types[key]), told) for key, told in held.items()
    }
    return sum([await _obey(session, clock, told, certain[key]) for key, told in held.items()])


def _wanted(zones: CityZones, seen: Sequence[InRide], types: Sequence[VehicleType]) -> dict[UUID, Wanted]:
    rulings = zones.rulings([each.position for each in seen], types)
    return {
        each.vehicle_id: rules.wanted(ruling, type_) for each, ruling, type_ in zip(seen, rulings, types, strict=True)
    }


def _nearby(zones: CityZones, seen: InRide, vehicle_type: VehicleType) -> list[Wanted]:
    places = rules.around(seen.position, margin_m=rules.margin_m(seen))
    return [rules.wanted(ruling, vehicle_type) for ruling in zones.rulings(places, [vehicle_type] * len(places))]


async def _obey(session: AsyncSession, clock: Clock, ridden: Ridden, wanted: Wanted) -> bool:
    """Tell the vehicle and its rider what is new; whether anything was."""
    limit_kmh = wanted.speed_limit_kmh
    tells_vehicle = limit_kmh != ridden.speed_limit_kmh and ridden.may_be_told(limit_kmh, clock.now())
    tells_rider = wanted.notices != ridden.notices
    if tells_vehicle:
        await riding.limit_speed(session, clock, ridden, limit_kmh)
    if tells_rider:
        await riding.tell_rider(session, clock, ridden, wanted.notices)
    return tells_vehicle or tells_rider
