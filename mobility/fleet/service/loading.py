import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.city.rules.city_file import CityFile
from mobility.city.tables import Station
from mobility.fleet.rules.credentials import SECRET_BYTES, broker_hash_of, hash_of
from mobility.fleet.rules.deployment import Placement, placements
from mobility.fleet.rules.modes import FIRST_STATE, Step
from mobility.fleet.rules.refusals import ModeFixed
from mobility.fleet.service.states import Actor, advance
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import LonLat


@dataclass(frozen=True, slots=True)
class NewVehicle:
    """A vehicle just added; `secret` is shown here once and kept nowhere."""

    id: UUID
    plate: str
    type_code: str
    position: LonLat
    secret: str


async def load_types(session: AsyncSession, clock: Clock, city_file: CityFile) -> None:
    """Make the city's vehicle types those of its file; types no longer in it are retired, not deleted.

    Raises
    ------
    ModeFixed
    """
    for type_ in city_file.vehicle_types:
        values = {
            "max_range_m": type_.max_range_m,
            "charge_percent_min": type_.charge_percent_min,
            "spec": msgspec.to_builtins(type_),
            "retired_at": None,
        }
        row = insert(VehicleType).values(city_id=city_file.id, code=type_.code, mode=type_.mode, **values)
        upsert = row.on_conflict_do_update(
            index_elements=["city_id", "code"], set_=values, where=VehicleType.mode == type_.mode
        )
        if await session.scalar(upsert.returning(VehicleType.code)) is None:
            raise ModeFixed(type=type_.code)
    await session.execute(
        update(VehicleType)
        .where(VehicleType.city_id == city_file.id, VehicleType.retired_at.is_(None))
        .where(VehicleType.code.not_in([type_.code for type_ in city_file.vehicle_types]))
        .values(retired_at=clock.now())
    )


async def add_vehicles(session: AsyncSession, clock: Clock, city_file: CityFile) -> list[NewVehicle]:
    """Put those vehicles of the file's fleet on the street that are not there yet, fully charged.

    A vehicle is known by its plate: loading the same file again adds nothing.
    """
    known = set(await session.scalars(select(Vehicle.plate).where(Vehicle.city_id == city_file.id)))
    stations = await session.execute(select(Station.code, Station.id).where(Station.city_id == city_file.id))
    station_ids = dict(stations.all())
    return [
        await _add(session, clock, city_file.id, placement, station_ids.get(placement.station or ""))
        for placement in placements(city_file)
        if placement.plate not in known
    ]


async def _add(
    session: AsyncSession, clock: Clock, city_id: str, placement: Placement, station_id: UUID | None
) -> NewVehicle:
    now, secret = clock.now(), secrets.token_urlsafe(SECRET_BYTES)
    new = NewVehicle(new_id(), placement.plate, placement.type.code, placement.position, secret)
    session.add(_new_vehicle(new, now, city_id, placement, station_id))
    await session.flush()
    session.add(
        VehicleStatus(
            vehicle_id=new.id,
            lon=placement.position.lon,
            lat=placement.position.lat,
            position_at=now,
            charge_percent=100.0,
            range_m=placement.type.max_range_m,
            odometer_m=0,
            reported_at=now,
            heard_at=now,
        )
    )
    await advance(session, clock, new.id, Step.DEPLOY, actor=Actor.SYSTEM)
    return new


def _new_vehicle(
    new: NewVehicle, now: datetime, city_id: str, placement: Placement, station_id: UUID | None
) -> Vehicle:
    return Vehicle(
        id=new.id,
        city_id=city_id,
        type_code=placement.type.code,
        plate=new.plate,
        key_hash=hash_of(new.secret),
        broker_hash=broker_hash_of(new.secret),
        state=FIRST_STATE,
        state_seq=0,
        state_since=now,
        station_id=station_id,
        created_at=now,
    )
