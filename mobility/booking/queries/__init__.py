"""Selects that lock, join or are used twice.

Locks are taken in one order, so that nobody waits in a circle: hold or rental, then station, then vehicle.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from mobility.booking.rules.refusals import UnknownHold, UnknownRental
from mobility.booking.rules.rides import RentalState
from mobility.booking.tables import Assistance, Hold, Rental
from mobility.city.rules import city_file
from mobility.city.tables import Station
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.service.riding import list_notices
from mobility.fleet.tables import RideNotice, Vehicle, VehicleStatus, VehicleType
from mobility.geo import LonLat
from mobility.payments.tables import Payment

Row = TypeVar("Row", Hold, Rental)

ACTIVE_HOLD = Hold.released_at.is_(None)
ACTIVE_RENTAL = Rental.ended_at.is_(None)
BEGUN = Rental.started_at.is_not(None)


@dataclass(frozen=True, slots=True)
class Known:
    """A vehicle as the rider who names it, holds it or rides it may see it."""

    vehicle: Vehicle
    status: VehicleStatus

    @property
    def position(self) -> LonLat:
        return LonLat(self.status.lon, self.status.lat)


@dataclass(frozen=True, slots=True)
class Ride:
    """A rental with its vehicle and what became of its price; tariff and pauses are loaded.

    `notices` are what its rider is told at the moment of where the ride is.
    """

    rental: Rental
    known: Known
    payment: Payment | None
    notices: Sequence[RideNotice]

    @property
    def is_over(self) -> bool:
        return self.rental.ended_at is not None

    @property
    def is_priced(self) -> bool:
        return self.rental.state == RentalState.ENDED

    @property
    def start_position(self) -> LonLat:
        return LonLat(self.rental.start_lon, self.rental.start_lat)

    @property
    def end_position(self) -> LonLat | None:
        lon, lat = self.rental.end_lon, self.rental.end_lat
        return None if lon is None or lat is None else LonLat(lon, lat)


async def get_known(session: AsyncSession, public_id: UUID) -> Known:
    """The vehicle that residents know as `public_id` now; raises `UnknownVehicle`."""
    found = (await session.execute(_vehicles().where(Vehicle.public_id == public_id))).one_or_none()
    if found is None:
        raise UnknownVehicle
    vehicle, status = found
    return Known(vehicle, status)


async def get_held(session: AsyncSession, hold: Hold) -> Known:
    """The vehicle of a hold."""
    vehicle, status = (await session.execute(_vehicles().where(Vehicle.id == hold.vehicle_id))).one()
    return Known(vehicle, status)


async def get_type(session: AsyncSession, vehicle_id: UUID) -> city_file.VehicleType:
    """The vehicle's type, also one that has left the city file since its ride began."""
    same = and_(VehicleType.city_id == Vehicle.city_id, VehicleType.code == Vehicle.type_code)
    spec = await session.execute(select(VehicleType.spec).join(Vehicle, same).where(Vehicle.id == vehicle_id))
    return msgspec.convert(spec.scalar_one(), city_file.VehicleType)


async def find_active_hold(session: AsyncSession, account_id: UUID) -> Hold | None:
    """The hold that an account has and nobody has released, run out or not."""
    return await session.scalar(select(Hold).where(Hold.account_id == account_id, ACTIVE_HOLD))


async def busy_with(session: AsyncSession, account_id: UUID, now: datetime) -> tuple[bool, bool]:
    """Whether an account keeps a vehicle, and whether it rides one: as of one instant, so that it cannot be between."""
    holding = exists().where(Hold.account_id == account_id, ACTIVE_HOLD, Hold.expires_at > now)
    riding = exists().where(Rental.account_id == account_id, ACTIVE_RENTAL)
    is_holding, is_riding = (await session.execute(select(holding, riding))).one()
    return is_holding, is_riding


def is_hold_on(public_id: UUID) -> ColumnElement[bool]:
    """That a hold is on the vehicle that residents know as `public_id` now."""
    return Hold.vehicle_id == select(Vehicle.id).where(Vehicle.public_id == public_id).scalar_subquery()


async def lock_hold(session: AsyncSession, hold_id: UUID, account_id: UUID) -> Hold:
    """An account's own hold; raises `UnknownHold`, for anybody else's too."""
    hold = await session.scalar(_locked(select(Hold).where(Hold.id == hold_id, Hold.account_id == account_id)))
    if hold is None:
        raise UnknownHold
    return hold


async def lock_stale_holds(
    session: AsyncSession, now: datetime, *which: ColumnElement[bool], limit: int
) -> Sequence[Hold]:
    """Holds that keep no vehicle any more, for they ran out or the vehicle is not reserved; the oldest first.

    Those that somebody else is about to release are passed over.
    """
    reserved = exists().where(Vehicle.id == Hold.vehicle_id, Vehicle.state == "reserved")
    stale = select(Hold).where(ACTIVE_HOLD, or_(Hold.expires_at <= now, ~reserved), *which)
    return (await session.scalars(_locked(stale.order_by(Hold.expires_at).limit(limit), skip_locked=True))).all()


async def lock_rental(session: AsyncSession, rental_id: UUID, account_id: UUID | None) -> Rental:
    """An account's own rental, anybody's for None, with its tariff and pauses; raises `UnknownRental`."""
    whose = [] if account_id is None else [Rental.account_id == account_id]
    own = select(Rental).where(Rental.id == rental_id, *whose)
    rental = await session.scalar(_locked(own).options(selectinload(Rental.tariff), selectinload(Rental.pauses)))
    if rental is None:
        raise UnknownRental
    return rental


async def lock_rental_in(session: AsyncSession, rental_id: UUID, state: RentalState) -> Rental | None:
    """The rental with its tariff and pauses, if it is in that state once nobody else changes it any more."""
    in_state = select(Rental).where(Rental.id == rental_id, Rental.state == state)
    locked = _locked(in_state).options(selectinload(Rental.tariff), selectinload(Rental.pauses))
    return await session.scalar(locked)


async def get_ride(session: AsyncSession, rental_id: UUID, account_id: UUID) -> Ride:
    """An account's own ride; raises `UnknownRental`, for anybody else's too."""
    rides = await _rides(session, Rental.id == rental_id, Rental.account_id == account_id)
    if not rides:
        raise UnknownRental
    return rides[0]


async def find_current_ride(session: AsyncSession, account_id: UUID) -> Ride | None:
    return next(iter(await _rides(session, Rental.account_id == account_id, ACTIVE_RENTAL)), None)


async def list_rides(session: AsyncSession, account_id: UUID, *, limit: int, after: UUID | None) -> list[Ride]:
    """An account's rides that began, newest first, those older than the rental `after`."""
    older = [] if after is None else [Rental.id < after]
    return await _rides(session, Rental.account_id == account_id, BEGUN, *older, limit=limit)


async def count_running(session: AsyncSession, city_id: str) -> int:
    running = select(func.count()).where(Rental.city_id == city_id, ACTIVE_RENTAL, BEGUN)
    return (await session.execute(running)).scalar_one()


async def count_ended_since(session: AsyncSession, city_id: str, since: datetime) -> int:
    ended = select(func.count()).where(Rental.city_id == city_id, Rental.ended_at >= since, BEGUN)
    return (await session.execute(ended)).scalar_one()


async def lock_stations(session: AsyncSession, station_ids: Iterable[UUID]) -> None:
    """Keep other rides from ending at these stations until the transaction ends."""
    stations = select(Station.id).where(Station.id.in_(station_ids)).order_by(Station.id)
    await session.execute(stations.with_for_update(key_share=True))


async def count_parked(session: AsyncSession, city_id: str) -> Counter[UUID]:
    """Vehicles that stand at each station: not in a rental, not taken off the street."""
    rented = exists().where(Rental.vehicle_id == Vehicle.id, ACTIVE_RENTAL)
    standing = select(Vehicle.station_id).where(Vehicle.city_id == city_id, Vehicle.station_id.is_not(None))
    return Counter(await session.scalars(standing.where(Vehicle.state != "removed", ~rented)))


def _vehicles() -> Select[Vehicle, VehicleStatus]:
    return select(Vehicle, VehicleStatus).join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)


def _locked(rows: Select[Row], *, skip_locked: bool = False) -> Select[Row]:
    """As they are now, kept from other changes until the transaction ends."""
    return rows.with_for_update(key_share=True, skip_locked=skip_locked).execution_options(populate_existing=True)


async def _rides(session: AsyncSession, *where: ColumnElement[bool], limit: int = 1) -> list[Ride]:
    rows = await session.execute(
        select(Rental, Vehicle, VehicleStatus, Payment)
        .join(Vehicle, Vehicle.id == Rental.vehicle_id)
        .join(VehicleStatus, VehicleStatus.vehicle_id == Vehicle.id)
        .outerjoin(Payment, Payment.reference_id == Rental.id)
        .where(*where)
        .options(joinedload(Rental.tariff), selectinload(Rental.pauses))
        .options(selectinload(Rental.assistances).selectinload(Assistance.looks))
        .order_by(Rental.id.desc())
        .limit(limit)
    )
    found = [(rental, Known(vehicle, status), payment) for rental, vehicle, status, payment in rows]
    notices = await list_notices(session, [rental.id for rental, *_ in found if rental.ended_at is None])
    return [Ride(rental, known, payment, notices.get(rental.id, ())) for rental, known, payment in found]
