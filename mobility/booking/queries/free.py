"""Vehicles that can be rented at once, and until when: who has booked one needs it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, case, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations

from mobility.booking.rules.nearby import HEARD_WITHIN, USEFUL_FOR, FreeVehicle
from mobility.booking.tables import Booking
from mobility.db.direct import Statement, connection_of
from mobility.fleet.tables import Vehicle, VehicleStatus, VehicleType
from mobility.geo import Bounds, LonLat

# The buffer holds before a booking as after it. A free-floating vehicle is booked where it stands: it stays there.
MUST_BE_BACK = func.min(
    case(
        (Booking.start_station_id.is_(None), Booking.created_at),
        else_=Booking.starts_at - (Booking.blocked_until - Booking.ends_at),
    )
)


def free_until_of(vehicle_id: SQLCoreOperations[UUID]) -> ColumnElement[datetime | None]:
    """When spontaneous use of the vehicle of the enclosing statement has to be over, for it is booked; else NULL."""
    return _booked(vehicle_id).scalar_subquery()


def _booked(vehicle_id: SQLCoreOperations[UUID]) -> Select[tuple[datetime | None]]:
    waiting = Booking.vehicle_id == vehicle_id, Booking.closed_at.is_(None), Booking.state == "confirmed"
    return select(MUST_BE_BACK.label("free_until")).where(*waiting)


FREE_UNTIL = free_until_of(Vehicle.id)
FAR_AHEAD: ColumnElement[datetime] = literal_column("'infinity'::timestamptz")

_ANY_TYPE = func.coalesce(bindparam("type_code", type_=Text()), Vehicle.type_code)
_STATUS = VehicleStatus
# First what stands in the box, then which of that may be rented, last until when: in any other order the bookings of
# each vehicle of the city are asked for. The planner would choose one, for it expects the box to be nearly empty.
_NEAR = (
    select(_STATUS.vehicle_id, _STATUS.lon, _STATUS.lat, _STATUS.charge_percent, _STATUS.range_m)
    .where(_STATUS.lon.between(bindparam("west"), bindparam("east")))
    .where(_STATUS.lat.between(bindparam("south"), bindparam("north")))
    .where(_STATUS.heard_at > bindparam("heard_after"))
    .cte("near")
    .prefix_with("MATERIALIZED")
)
_RENTABLE = (
    select(Vehicle.id, Vehicle.public_id, Vehicle.type_code, Vehicle.station_id)
    .add_columns(_NEAR.c.lon, _NEAR.c.lat, _NEAR.c.charge_percent, _NEAR.c.range_m)
    .join(_NEAR, _NEAR.c.vehicle_id == Vehicle.id)
    .join(VehicleType, and_(VehicleType.city_id == Vehicle.city_id, VehicleType.code == Vehicle.type_code))
    .where(Vehicle.city_id == bindparam("city_id"), Vehicle.type_code == _ANY_TYPE, Vehicle.state == "available")
    .where(VehicleType.retired_at.is_(None), _NEAR.c.charge_percent >= VehicleType.charge_percent_min)
    .cte("rentable")
    .prefix_with("MATERIALIZED")
)
_UNTIL = _booked(_RENTABLE.c.id).lateral("booked")
FREE_VEHICLES = Statement(
    select(*(column for column in _RENTABLE.c if column.name != "id"), _UNTIL.c.free_until)
    .join(_UNTIL, true())
    .where(func.coalesce(_UNTIL.c.free_until, FAR_AHEAD) >= bindparam("needed_until"))
)


async def list_free_vehicles(
    session: AsyncSession, city_id: str, box: Bounds, *, now: datetime, type_code: str | None
) -> list[FreeVehicle]:
    """Vehicles in the box that can be rented at once: available, charged enough, heard lately, not booked soon."""
    rows = await FREE_VEHICLES.rows(
        await connection_of(session),
        city_id=city_id,
        type_code=type_code,
        west=box.west,
        east=box.east,
        south=box.south,
        north=box.north,
        heard_after=now - HEARD_WITHIN,
        needed_until=now + USEFUL_FOR,
    )
    return [
        FreeVehicle(
            row["public_id"],
            row["type_code"],
            LonLat(row["lon"], row["lat"]),
            row["charge_percent"],
            row["range_m"],
            row["station_id"],
            row["free_until"],
        )
        for row in rows
    ]
