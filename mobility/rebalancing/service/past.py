"""A city's past as the forecast reads it: rides, where usable vehicles stood, and searches that found nothing."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.service.unserved import list_unserved
from mobility.city import queries as city_queries
from mobility.city.rules.prepared import PreparedCity
from mobility.rebalancing.rules.history import History, Pairs, count_hours, exposed_hours
from mobility.rebalancing.rules.searches import Counted, spread_searches

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HISTORY_DAYS = 182
"""Half a year: a season before and a season ago weigh nothing any more, and a year of a city's hours is a gigabyte."""
DAY_S = 86_400

RIDES = text("""
    SELECT rental.vehicle_id, vehicle.type_code, started_at, ended_at, start_lon, start_lat, start_station_id,
        end_lon, end_lat, end_station_id
    FROM rental JOIN vehicle ON vehicle.id = rental.vehicle_id
    WHERE rental.city_id = :city_id AND started_at IS NOT NULL AND started_at < :ends
        AND coalesce(ended_at, :ends) >= :begins
    ORDER BY rental.vehicle_id, started_at
""")
# From when to when vehicles could be rented, each state until the next one; the last one before the time too.
STAYS = text("""
    SELECT vehicle_id, type_code, greatest(at, :begins) AS begins, least(until, :ends) AS ends, lon, lat, station_id
    FROM (
        SELECT event.vehicle_id, to_state, event.at, type_code, vehicle.station_id, status.lon, status.lat,
            coalesce(lead(event.at) OVER (PARTITION BY event.vehicle_id ORDER BY event.seq), :ends) AS until
        FROM vehicle_event AS event
        JOIN vehicle ON vehicle.id = event.vehicle_id
        JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
        WHERE vehicle.city_id = :city_id AND event.at < :ends
    ) AS step
    WHERE to_state = 'available' AND until > :begins AND at < until
    ORDER BY vehicle_id, at
""")


@dataclass(frozen=True, slots=True)
class End:
    """Where a ride began or ended."""

    at: datetime
    lon: float
    lat: float
    station_id: UUID | None


async def read_history(session: AsyncSession, city: PreparedCity, pairs: Pairs, prior: Floats, until: date) -> History:
    """The days before `until`, from the first one with a ride on, at most `HISTORY_DAYS`."""
    clocks = Clocks(city, until)
    rides = await _rides(session, clocks)
    since = clocks.since(min((ride.started_at for ride in rides), default=clocks.ends_at))
    return await _read(session, since, pairs, prior, rides)


async def read_day(session: AsyncSession, city: PreparedCity, pairs: Pairs, prior: Floats, day: date) -> History:
    """One day alone, whether it is over or not."""
    clocks = Clocks(city, day + timedelta(days=1), first=day)
    return await _read(session, clocks, pairs, prior, await _rides(session, clocks))


async def _rides(session: AsyncSession, clocks: "Clocks") -> Sequence[Row[Any]]:
    return (await session.execute(RIDES, clocks.times)).all()


async def _read(
    session: AsyncSession, clocks: "Clocks", pairs: Pairs, prior: Floats, rides: Sequence[Row[Any]]
) -> History:
    stations = {each.id: each.code for each in await city_queries.list_stations(session, pairs.places.city_id)}
    where = Where(pairs, stations)
    arrays = (
        _count(clocks, where, [(ride.type_code, begin(ride)) for ride in rides]),
        _count(clocks, where, [(ride.type_code, end) for ride in rides if (end := find_end(ride))]),
        _exposure(clocks, where, rides, (await session.execute(STAYS, clocks.times)).all()),
        await _searches(session, clocks, pairs, prior),
    )
    return History(clocks.days, *arrays)


class Clocks:
    """The days before one, on a city's clocks."""

    def __init__(self, city: PreparedCity, until: date, first: date | None = None) -> None:
        self._city, self._until = city, until
        self._first = first or until - timedelta(days=HISTORY_DAYS)
        self.days = tuple(self._first + timedelta(days=number) for number in range((until - self._first).days))
        self.begins_at = city.begin_of(self._first)
        self.ends_at = city.begin_of(until)
        self.times = {"city_id": city.file.id, "begins": self.begins_at, "ends": self.ends_at}

    def since(self, instant: datetime) -> "Clocks":
        """The same without the days before that of the instant."""
        first = min(max(self._city.date_of(instant), self._first), self._until)
        return Clocks(self._city, self._until, first)

    def seconds(self, instants: Iterable[datetime]) -> Integers:
        """What the clocks show, counted from the first day's midnight; the hour that comes twice counts twice."""
        midnight = datetime.combine(self._first, time())
        shown = (self._city.local(instant).replace(tzinfo=None) - midnight for instant in instants)
        return np.array([each // timedelta(seconds=1) for each in shown], np.int64)


class Where:
    """The pair of positions: the station that is named, or else what lies there."""

    def __init__(self, pairs: Pairs, stations: Mapping[UUID, str]) -> None:
        self.pairs = pairs
        codes = {code: number for number, code in enumerate(pairs.places.codes)}
        self._stations = {station: codes[code] for station, code in stations.items() if code in codes}

    def __call__(self, type_codes: Sequence[str], ends: Sequence[End]) -> Integers:
        classes = {code: number for number, code in enumerate(self.pairs.places.class_codes)}
        which = np.array([classes.get(code, -1) for code in type_codes], np.int64)
        named = np.array([self._stations.get(end.station_id, -1) if end.station_id else -1 for end in ends], np.int64)
        there = self.pairs.places.places_at([end.lon for end in ends], [end.lat for end in ends], which)
        at_station = self.pairs.at(named, which)
        return np.where(at_station >= 0, at_station, self.pairs.at(there, which))


def begin(ride: Row[Any]) -> End:
    return End(ride.started_at, ride.start_lon, ride.start_lat, ride.start_station_id)


def find_end(ride: Row[Any]) -> End | None:
    """None while it is ridden."""
    return None if ride.end_lon is None else End(ride.ended_at, ride.end_lon, ride.end_lat, ride.end_station_id)


def _count(clocks: Clocks, where: Where, happened: Sequence[tuple[str, End]]) -> Floats:
    ends = [end for _, end in happened]
    pair, second = where([code for code, _ in happened], ends), clocks.seconds(end.at for end in ends)
    return count_hours(pair, second // DAY_S, second % DAY_S, days=len(clocks.days), pairs=len(where.pairs))


def _exposure(clocks: Clocks, where: Where, rides: Sequence[Row[Any]], stays: Sequence[Row[Any]]) -> Floats:
    ridden = {vehicle: _track(of_vehicle) for vehicle, of_vehicle in groupby(rides, lambda ride: ride.vehicle_id)}
    ends = [_stood_at(stay, ridden.get(stay.vehicle_id, [])) for stay in stays]
    pair = where([stay.type_code for stay in stays], ends)
    begins, until = clocks.seconds(stay.begins for stay in stays), clocks.seconds(stay.ends for stay in stays)
    return exposed_hours(pair, begins, until, days=len(clocks.days), pairs=len(where.pairs))


def _track(rides: Iterable[Row[Any]]) -> list[End]:
    """Where a vehicle was seen, in time: both ends of each ride."""
    return [end for ride in rides for end in (begin(ride), find_end(ride)) if end]


def _stood_at(stay: Row[Any], track: Sequence[End]) -> End:
    """Where the ride before it ended, or else where the next one began, or else where the vehicle is now."""
    at = bisect_right(track, stay.begins, key=lambda end: end.at)
    if at:
        return track[at - 1]
    return track[0] if track else End(stay.begins, stay.lon, stay.lat, stay.station_id)


async def _searches(session: AsyncSession, clocks: Clocks, pairs: Pairs, prior: Floats) -> Floats:
    rows = await list_unserved(session, pairs.places.city_id, clocks.begins_at, clocks.ends_at)
    seconds = clocks.seconds(row.quarter_at for row in rows).tolist()
    counted = [
        Counted(row.type_code, row.lon, row.lat, second // DAY_S, second % DAY_S, row.searches)
        for row, second in zip(rows, seconds, strict=True)
    ]
    pair, day, second, weight = spread_searches(counted, pairs, prior.sum(axis=(1, 2)))
    return count_hours(pair, day, second, days=len(clocks.days), pairs=len(pairs), weight=weight)
