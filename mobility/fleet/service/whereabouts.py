from collections.abc import Mapping, Sequence
from operator import attrgetter
from uuid import UUID, uuid4

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.session import driver_of
from mobility.fleet.rules.hearing import KNOWN_COLUMNS, Heard, Known, newest
from mobility.fleet.service.riding import end_notices
from mobility.fleet.tables import Vehicle, VehicleStatus
from mobility.geo import LonLat


async def rotate_public_id(session: AsyncSession, vehicle_id: UUID) -> UUID:
    """Give the vehicle a new name for residents and feeds, so that nobody can follow it from ride to ride."""
    public_id = uuid4()
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(public_id=public_id))
    return public_id


async def park(
    session: AsyncSession, clock: Clock, vehicle_id: UUID, position: LonLat, station_id: UUID | None
) -> None:
    """Record where a ride left the vehicle; reports of before, arriving later, do not move it back."""
    await end_notices(session, clock, vehicle_id)
    await session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(station_id=station_id))
    await session.execute(
        update(VehicleStatus)
        .where(VehicleStatus.vehicle_id == vehicle_id)
        .values(
            lon=position.lon,
            lat=position.lat,
            accuracy_m=None,
            position_at=clock.now(),
            reported_at=func.greatest(VehicleStatus.reported_at, clock.now()),
            parked_lon=position.lon,
            parked_lat=position.lat,
            parked_by="phone",
        )
    )


# Of the connection; emptied by every commit, and here for a second call in one transaction. Nineteen arrays as
# parameters cost the client three times as much.
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS heard_now (
        vehicle_id uuid, lon float8, lat float8, accuracy_m float8, position_at timestamptz, speed_kmh float8,
        charge_percent float8, charge_said float8, range_m int, odometer_m bigint, locked bool, ignition bool,
        charging bool, alarms text[], network_technology text, signal_dbm int2, report_boot bigint, report_seq bigint,
        reported_at timestamptz
    ) ON COMMIT DELETE ROWS;
    DELETE FROM heard_now
"""
SAID = ("vehicle_id", *KNOWN_COLUMNS[KNOWN_COLUMNS.index("lon") :])
said_of = attrgetter(*SAID)
# One statement for all the vehicles of a batch; their rows are locked, so nothing newer can have come between.
UPDATE_STATUS = text(f"""
    UPDATE vehicle_status AS status SET heard_at = :heard_at, {", ".join(f"{name} = now.{name}" for name in SAID[1:])}
    FROM heard_now AS now WHERE status.vehicle_id = now.vehicle_id
""")  # noqa: S608 - the names are the fields of `Known`


async def hear(
    session: AsyncSession, clock: Clock, known: Mapping[UUID, Known], heard: Mapping[UUID, Sequence[Heard]]
) -> list[UUID]:
    """Bring the latest states of all `known` vehicles up to date; the vehicles of which something newer was heard.

    The caller holds them by `queries.lock_known`, and has left out what was said before and positions made in a rental.
    A vehicle of `known` that said nothing new was heard all the same.
    """
    states = {vehicle_id: newest(vehicle, heard.get(vehicle_id, ())) for vehicle_id, vehicle in known.items()}
    if states:
        connection = await driver_of(session)
        await connection.execute(STAGE)
        rows = [said_of(state) for state, _ in states.values()]
        await connection.copy_records_to_table("heard_now", records=rows, columns=SAID)
        await session.execute(UPDATE_STATUS, {"heard_at": clock.now()})
    return [vehicle_id for vehicle_id, (_, has_news) in states.items() if has_news]
