"""What can be booked for a time to come, near a place or at a station."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.availability import Promise, gaps, most_standing
from mobility.booking.rules.bookable import BookableClass
from mobility.booking.rules.bookings import (
    BookingTooFar,
    BookingTooLong,
    BookingTooSoon,
    DestinationFull,
    refuse_times,
)
from mobility.booking.rules.refusals import ServiceClosed
from mobility.booking.service import calendars
from mobility.booking.service.booking_money import quote_by
from mobility.booking.service.calendars import Candidate, Planned
from mobility.booking.service.towns import Town, get_town, place_of
from mobility.city.tables import Station
from mobility.fleet.tables import Vehicle
from mobility.geo import Bounds, LonLat, distance_m
from mobility.geo.streets.shelf import Streets
from mobility.geo.streets.travel import Basis, Walking
from mobility.pricing.rules.bills import Bill
from mobility.pricing.service import tariff_in_force
from mobility.pricing.tables import Tariff

# As many vehicles of a place as are shown: each costs reading its whole calendar.
LOOKED_AT = 5
# A class has a lead and a length of its own: one that is not booked for that time is left out of the others' answer.
NOT_THEN = (BookingTooSoon, BookingTooFar, BookingTooLong)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What somebody looks for: from when to when, within a walk of a place or at one station.

    `to_station_id` is where they will leave it; None: where they took it.
    """

    starts_at: datetime
    ends_at: datetime
    origin: LonLat | None = None
    station_id: UUID | None = None
    to_station_id: UUID | None = None
    type_code: str | None = None
    range_m_min: int = 0
    walk_minutes_max: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A vehicle that can be booked, and what its battery is expected to hold when the booking begins."""

    planned: Planned
    wanted: Promise
    charge_percent: float
    range_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Vehicles of one class that can be booked in one place, the one first that a booking by class would take.

    `station` is None for a free-floating vehicle, which is a place of its own. `free` counts those too that were not
    looked at, for enough others are there.
    """

    of: BookableClass
    station: Station | None
    choices: Sequence[Choice]
    free: int

    @property
    def position(self) -> LonLat:
        return self.choices[0].planned.position if self.station is None else place_of(self.station)


@dataclass(frozen=True, slots=True)
class Found:
    """A place, and the way to it on foot; None without an origin."""

    place: Place
    distance_m: float | None
    walk_minutes: float | None
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What was found, and what a ride of that time costs anybody."""

    found: Found
    tariff_code: str
    bill: Bill


async def offers(
    session: AsyncSession, clock: Clock, streets: Streets, city_id: str, wanted: Search, *, limit: int
) -> list[Offer]:
    """Like `search`, with prices; raises the same, and `NotInForce`."""
    town, found = await get_town(session, city_id), await search(session, clock, city_id, wanted, streets)
    tariffs: dict[str, Tariff] = {}
    return [await _offer(session, town, each, tariffs) for each in found[:limit]]


async def search(
    session: AsyncSession, clock: Clock, city_id: str, wanted: Search, streets: Streets | None = None
) -> list[Found]:
    """What can be booked, nearest first; without an origin, in the order of the stations' codes.

    Without `streets` walks are straight lines.

    Raises
    ------
    UnknownCity, UnknownVehicleType, NotBookableAhead, UnknownStation, PositionSwapped, TimeTooFar, TimeMissing,
    TimeRepeated, NotOnTheQuarter, BookingWithoutLength, BookingTooSoon, BookingTooFar, BookingTooLong, ServiceClosed,
    DestinationFull
    """
    town, now = await get_town(session, city_id), clock.now()
    if wanted.origin is not None:
        town.city.bounds.refuse_swapped(wanted.origin)
    starts_at, ends_at = (town.quarter(each, now) for each in (wanted.starts_at, wanted.ends_at))
    classes = _classes(town, wanted.type_code, starts_at, ends_at, now)
    if not town.city.is_open_at(starts_at):
        raise ServiceClosed
    if wanted.to_station_id is not None:
        await refuse_full(session, town, wanted.to_station_id, ends_at, now)
    speed_kmh = town.city.file.quarter_hour.walking_speed_kmh
    walking = (streets or Streets(None)).walking(city_id, speed_kmh)
    candidates = await _candidates(session, town, classes, wanted, (starts_at, ends_at), walking)
    places = await _places(session, classes, wanted, candidates, (starts_at, ends_at), town, now)
    ranked = partial(_ranked, town, wanted, [each for each in places if _may_start(town, each, starts_at)], walking)
    # Over streets it takes a millisecond, and the first time a second.
    return await asyncio.to_thread(ranked) if walking.times else ranked()


async def refuse_full(
    session: AsyncSession,
    town: Town,
    station_id: UUID,
    since: datetime,
    now: datetime,
    *,
    without: UUID | None = None,
) -> None:
    """Unless one more vehicle will fit at the station from `since` on; raises `UnknownStation`, `DestinationFull`."""
    chains = await calendars.list_chains(session, station_id, since=now)
    others = [chain for vehicle_id, chain in chains.items() if vehicle_id != without]
    if most_standing(others, station_id, since=since) >= town.station(station_id).bays:
        raise DestinationFull


def choose(
    of: BookableClass,
    vehicles: Iterable[tuple[Planned, Promise]],
    *,
    now: datetime,
    range_m_min: int = 0,
) -> list[Choice]:
    """Those of the vehicles that can be promised, the one that leaves the fewest gaps in calendars first."""
    possible = [
        each for each in vehicles if of.refusal(each[0].idle, each[1], now=now, range_m_min=range_m_min) is None
    ]
    charges = [(each, of.charge_at(each[0].idle, each[1].starts_at, now=now)) for each in possible]
    choices = [Choice(planned, wanted, charge, of.range_m(charge)) for (planned, wanted), charge in charges]
    return sorted(choices, key=_preference)


def _preference(choice: Choice) -> tuple[tuple[int, timedelta], float, UUID]:
    tightness = gaps(choice.planned.promises, choice.wanted).tightness
    return tightness, -choice.charge_percent, choice.planned.vehicle_id


def _classes(
    town: Town, type_code: str | None, starts_at: datetime, ends_at: datetime, now: datetime
) -> dict[str, BookableClass]:
    """Those that can be booked for that time; the last one's refusal if none can."""
    asked = town.bookable_classes() if type_code is None else [town.bookable(type_code)]
    classes, refusal = {}, None
    for each in asked:
        try:
            refuse_times(each.terms, starts_at=starts_at, ends_at=ends_at, now=now)
            classes[each.code] = each
        except NOT_THEN as not_then:
            refusal = not_then
    if refusal is not None and not classes:
        raise refusal
    return classes


async def _candidates(
    session: AsyncSession,
    town: Town,
    classes: dict[str, BookableClass],
    wanted: Search,
    times: tuple[datetime, datetime],
    walking: Walking,
) -> list[Candidate]:
    (starts_at, ends_at), (near, box) = times, _around(town, wanted, walking)
    at_station = wanted.station_id
    return await calendars.list_candidates(
        session,
        town.city.file.id,
        blocked_until={(each.code, each.is_docked): ends_at + each.buffer for each in classes.values()},
        starts_at=starts_at,
        stations=near if at_station is None else [town.station(at_station).id],
        to_station=wanted.to_station_id,
        box=None if at_station or wanted.to_station_id else box,
    )


def _around(town: Town, wanted: Search, walking: Walking) -> tuple[list[UUID], Bounds]:
    """Stations that may be near enough, and the box of what may be."""
    origin, stations = wanted.origin, town.stations
    if origin is None:
        return list(stations), town.city.bounds
    reach_m = walking.reach_m(_minutes(town, wanted))
    near = [each.id for each in stations.values() if distance_m(origin, place_of(each)) <= reach_m]
    return near, Bounds.within(origin, reach_m)


def _minutes(town: Town, wanted: Search) -> float:
    return wanted.walk_minutes_max or town.city.file.quarter_hour.walk_minutes


async def _places(
    session: AsyncSession,
    classes: dict[str, BookableClass],
    wanted: Search,
    candidates: Iterable[Candidate],
    times: tuple[datetime, datetime],
    town: Town,
    now: datetime,
) -> list[Place]:
    """What is free in time, and charged: at each place as many are looked at as are shown, more where those fail."""
    waiting: dict[tuple[str, UUID], list[Candidate]] = {}
    for candidate in candidates:
        waiting.setdefault(candidate.place, []).append(candidate)
    places: dict[tuple[str, UUID], Place] = {}
    while waiting:
        looked_at = [candidate for each in waiting.values() for candidate in each[:LOOKED_AT]]
        ids = Vehicle.id.in_([candidate.vehicle_id for candidate in looked_at])
        vehicles = {each.vehicle_id: each for each in await calendars.list_planned(session, ids, since=now)}
        for key, each in waiting.items():
            of, batch = classes[key[0]], [c for c in each[:LOOKED_AT] if c.vehicle_id in vehicles]
            asked = [(vehicles[c.vehicle_id], _promise(of, wanted, times, c.station_id)) for c in batch]
            choices = choose(of, asked, now=now, range_m_min=wanted.range_m_min)
            if choices:
                free = len(choices) + len(each[LOOKED_AT:])
                places[key] = Place(of=of, station=town.stations.get(key[1]), choices=choices, free=free)
        left = {key: each[LOOKED_AT:] for key, each in waiting.items() if key not in places}
        waiting = {key: each for key, each in left.items() if each}
    return list(places.values())


def _promise(of: BookableClass, wanted: Search, times: tuple[datetime, datetime], station_id: UUID | None) -> Promise:
    return of.promise(*times, station_id, wanted.to_station_id or station_id)


def _may_start(town: Town, place: Place, at: datetime) -> bool:
    return town.city.zones_at(at).lets_start(place.position, place.of.vehicle_type)


def _ranked(town: Town, wanted: Search, places: Iterable[Place], walking: Walking) -> list[Found]:
    places = sorted(places, key=_order)
    if wanted.origin is None:
        return [Found(place, None, None, None) for place in places]
    origin, longest = wanted.origin, _minutes(town, wanted)
    walks = walking.walks(origin, [place.position for place in places], minutes_max=longest)
    near = [(place, walk) for place, walk in zip(places, walks, strict=True) if walk.minutes <= longest]
    near.sort(key=lambda each: each[1].minutes)
    return [Found(place, distance_m(origin, place.position), *walk) for place, walk in near]


def _order(place: Place) -> tuple[str, str]:
    code = place.station.code if place.station else str(place.choices[0].planned.public_id)
    return code, place.of.code


async def _offer(session: AsyncSession, town: Town, found: Found, tariffs: dict[str, Tariff]) -> Offer:
    """With its price by the class's tariff, which is asked for once."""
    code, wanted = found.place.of.code, found.place.choices[0].wanted
    times = {"starts_at": wanted.starts_at, "ends_at": wanted.ends_at}
    if code not in tariffs:
        tariffs[code] = await tariff_in_force(
            session, city_id=town.city.file.id, type_code=code, at=wanted.starts_at, account_id=None
        )
    bill = await quote_by(
        session, town, tariffs[code].id, **times, end_station_id=wanted.end_station_id, account_id=None
    )
    return Offer(found, tariffs[code].code, bill)
