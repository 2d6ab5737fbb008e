"""What is planned of vehicles, read at once and locked in one order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.rules.availability import Chain, Promise, station_at
from mobility.booking.rules.bookable import Idle
from mobility.booking.service.bookings import LIVE
from mobility.booking.tables import Booking
from mobility.city.tables import Station
from mobility.db import direct
from mobility.db.direct import Statement, connection_of
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import Bounds, LonLat

USABLE = ("available", "reserved", "on_trip", "stopped")
"""A vehicle in another state is promised to nobody until it is back in service."""

# One that was not begun is forgotten when its time is over.
PROMISES = Statement("""
    SELECT vehicle_id, starts_at, ends_at, blocked_until, start_station_id, end_station_id FROM booking
    WHERE vehicle_id = ANY (CAST(:vehicle_ids AS uuid[])) AND id IS DISTINCT FROM CAST(:without AS uuid)
        AND closed_at IS NULL AND (blocked_until > :since OR state = 'started')
    ORDER BY vehicle_id, starts_at
""")
# By index, the bookings of some hours, and of each vehicle the one before, which says where it stands by then.
PROMISES_AROUND = Statement("""
    SELECT vehicle_id, starts_at, ends_at, blocked_until, start_station_id, end_station_id
    FROM unnest(CAST(:vehicle_ids AS uuid[])) AS asked (id)
    CROSS JOIN LATERAL (
        SELECT max(starts_at) AS at FROM booking
        WHERE vehicle_id = asked.id AND starts_at <= :begins
            AND closed_at IS NULL AND (blocked_until > :since OR state = 'started')
    ) AS before
    JOIN booking ON vehicle_id = asked.id AND starts_at >= coalesce(before.at, :begins) AND starts_at < :until
    WHERE closed_at IS NULL AND (blocked_until > :since OR state = 'started')
    ORDER BY vehicle_id, starts_at
""")

# By index, the one booking before and the one after the asked time of each vehicle: nothing else can be in the way.
CANDIDATES = text("""
    SELECT vehicle.id, CASE WHEN asked.docked THEN place.station_id END AS station_id, asked.code
    FROM unnest(CAST(:codes AS text[]), CAST(:docked AS bool[]), CAST(:blocked_until AS timestamptz[]))
        AS asked (code, docked, blocked_until)
    JOIN vehicle ON vehicle.type_code = asked.code AND vehicle.city_id = :city_id AND vehicle.state = ANY (:usable)
    JOIN vehicle_type AS type ON type.city_id = :city_id AND type.code = asked.code AND type.retired_at IS NULL
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    LEFT JOIN LATERAL (
        SELECT blocked_until, end_station_id FROM booking
        WHERE vehicle_id = vehicle.id AND closed_at IS NULL AND starts_at <= :starts_at
        ORDER BY starts_at DESC LIMIT 1
    ) AS before ON true
    LEFT JOIN LATERAL (
        SELECT starts_at, start_station_id FROM booking
        WHERE vehicle_id = vehicle.id AND closed_at IS NULL AND starts_at > :starts_at
        ORDER BY starts_at LIMIT 1
    ) AS after ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(
            before.end_station_id, CASE WHEN vehicle.state = 'available' THEN vehicle.station_id END
        ) AS station_id
    ) AS place
    WHERE coalesce(before.blocked_until <= :starts_at, true) AND coalesce(after.starts_at >= asked.blocked_until, true)
        AND CASE WHEN asked.docked THEN
            place.station_id = ANY (CAST(:stations AS uuid[]))
            AND coalesce(after.start_station_id = coalesce(CAST(:to_station AS uuid), place.station_id), true)
        ELSE
            before.blocked_until IS NULL AND after.starts_at IS NULL AND vehicle.state = 'available'
            AND status.lon BETWEEN :west AND :east AND status.lat BETWEEN :south AND :north
        END
    ORDER BY (before.blocked_until IS NULL)::int + (after.starts_at IS NULL)::int,
        coalesce(:starts_at - before.blocked_until, interval '0')
            + coalesce(after.starts_at - asked.blocked_until, interval '0'), vehicle.id
""")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vehicle that nothing planned keeps from being promised, and where it will be; None on the street."""

    vehicle_id: UUID
    station_id: UUID | None
    type_code: str

    @property
    def place(self) -> tuple[str, UUID]:
        """Its class, and its station or, on the street, itself: what is offered together."""
        return self.type_code, self.station_id or self.vehicle_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A vehicle that may be promised, and all that is planned of it; `station_id` is None while nobody knows where."""

    vehicle_id: UUID
    public_id: UUID
    plate: str
    type_code: str
    state: str
    position: LonLat
    charge_percent: float
    station_id: UUID | None
    promises: tuple[Promise, ...]

    @property
    def idle(self) -> Idle:
        return Idle(charge_percent=self.charge_percent, station_id=self.station_id, promises=self.promises)

    def station_at(self, at: datetime) -> UUID | None:
        """Where it will stand then, by what is planned."""
        return station_at(self.promises, at, station_id=self.station_id)


async def list_candidates(
    session: AsyncSession,
    city_id: str,
    *,
    blocked_until: Mapping[tuple[str, bool], datetime],
    starts_at: datetime,
    stations: Collection[UUID],
    to_station: UUID | None,
    box: Bounds | None,
) -> list[Candidate]:
    """Vehicles that nothing planned keeps from being promised from `starts_at` on; the fullest calendars first.

    Parameters
    ----------
    blocked_until
        By class, and whether its vehicles belong to stations: the end that is asked for, its buffer included.
    stations
        Where vehicles of stations have to be by then.
    to_station
        Where they are left; None for a round trip.
    box
        Where free-floating ones have to stand; None: they are not asked for.
    """
    asked = {
        "city_id": city_id,
        "codes": [code for code, _ in blocked_until],
        "docked": [docked for _, docked in blocked_until],
        "blocked_until": list(blocked_until.values()),
        "starts_at": starts_at,
        "stations": list(stations),
        "to_station": to_station,
        "usable": list(USABLE),
    }
    sides = {side: getattr(box, side, None) for side in ("west", "east", "south", "north")}
    return [Candidate(*row) for row in await session.execute(CANDIDATES, asked | sides)]


async def list_planned(session: AsyncSession, *which: ColumnElement[bool], since: datetime) -> list[Planned]:
    """Usable vehicles by id, with their bookings that are not over at `since`, and those that run late."""
    rows = await session.execute(
        select(Vehicle.__table__, VehicleStatus.lon, VehicleStatus.lat, VehicleStatus.charge_percent)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .join(VehicleType)
        .where(Vehicle.state.in_(USABLE), VehicleType.retired_at.is_(None), *which)
        .order_by(Vehicle.id)
    )
    vehicles = rows.all()
    promises = await list_promises(session, [vehicle.id for vehicle in vehicles], since=since)
    return [_planned(vehicle, promises.get(vehicle.id, ())) for vehicle in vehicles]


async def list_promises(
    session: AsyncSession, vehicle_ids: Collection[UUID], *, since: datetime, without: UUID | None = None
) -> dict[UUID, tuple[Promise, ...]]:
    """The live bookings of vehicles in the order of time; those that end before `since` only if they have begun."""
    await session.flush()
    asked = {"vehicle_ids": list(vehicle_ids), "since": since, "without": without}
    return _by_vehicle(await PROMISES.rows(await connection_of(session), **asked))


async def list_idle(
    session: AsyncSession, station_id: UUID, type_code: str, *, since: datetime, begins: datetime, until: datetime
) -> list[Idle]:
    """Usable vehicles of a class that stand at a station or will come to it, with what is planned of them in a time.

    Of each: its bookings that begin between `begins` and `until`, and the last one before. Those that end before
    `since` only if they have begun.
    """
    rows = await session.execute(
        select(Vehicle.id, Vehicle.state, Vehicle.station_id, VehicleStatus.charge_percent)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .join(VehicleType)
        .where(Vehicle.state.in_(USABLE), VehicleType.retired_at.is_(None), _touching(station_id))
        .where(Vehicle.type_code == type_code)
    )
    vehicles = rows.all()
    asked = {"vehicle_ids": [each.id for each in vehicles], "since": since, "begins": begins, "until": until}
    promises = _by_vehicle(await PROMISES_AROUND.rows(await connection_of(session), **asked))
    return [
        Idle(charge_percent=each.charge_percent, station_id=_standing(each), promises=promises.get(each.id, ()))
        for each in vehicles
    ]


async def list_chains(session: AsyncSession, station_id: UUID, *, since: datetime) -> dict[UUID, Chain]:
    """By vehicle, what is planned of those that stand at a station or will come to it."""
    columns = select(Vehicle.id, Vehicle.state, Vehicle.station_id).where(_touching(station_id))
    places = {each.id: each for each in await session.execute(columns)}
    promises = await list_promises(session, list(places), since=since)
    return {each: Chain(_standing(row), promises.get(each, ())) for each, row in places.items()}


async def lock_vehicles(session: AsyncSession, vehicle_ids: Iterable[UUID]) -> Sequence[UUID]:
    """Keep others from planning with these vehicles, and from holding them, until the transaction ends."""
    wanted = select(Vehicle.id).where(Vehicle.id.in_(vehicle_ids)).order_by(Vehicle.id)
    return (await session.scalars(wanted.with_for_update(key_share=True))).all()


async def stations_of(session: AsyncSession, city_id: str) -> dict[UUID, Station]:
    """The city's stations in service."""
    in_service = select(Station).where(Station.city_id == city_id, Station.retired_at.is_(None)).order_by(Station.code)
    return {station.id: station for station in await session.scalars(in_service)}


def _touching(station_id: UUID) -> ColumnElement[bool]:
    coming = select(Booking.vehicle_id).where(LIVE, Booking.end_station_id == station_id)
    standing = select(Vehicle.id).where(Vehicle.station_id == station_id, Vehicle.state != "removed")
    return Vehicle.id.in_(standing.union(coming))


def promise_of(booking: Booking) -> Promise:
    return Promise(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        blocked_until=booking.blocked_until,
        start_station_id=booking.start_station_id,
        end_station_id=booking.end_station_id,
    )


def _by_vehicle(rows: Iterable[direct.Row]) -> dict[UUID, tuple[Promise, ...]]:
    return {vehicle_id: tuple(map(_promise, each)) for vehicle_id, each in groupby(rows, itemgetter("vehicle_id"))}


def _promise(row: direct.Row) -> Promise:
    return Promise(
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        blocked_until=row["blocked_until"],
        start_station_id=row["start_station_id"],
        end_station_id=row["end_station_id"],
    )


def _standing(row: Any) -> UUID | None:
    """Where a vehicle is sure to stand: one that is held or ridden will be somewhere else."""
    return row.station_id if row.state not in USABLE or row.state == "available" else None


def _planned(row: Row[Any], promises: tuple[Promise, ...]) -> Planned:
    return Planned(
        vehicle_id=row.id,
        public_id=row.public_id,
        plate=row.plate,
        type_code=row.type_code,
        state=row.state,
        position=LonLat(row.lon, row.lat),
        charge_percent=row.charge_percent,
        station_id=_standing(row),
        promises=promises,
    )
