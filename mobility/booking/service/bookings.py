"""A vehicle booked for a time to come: what others have to leave it free for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.tables import Booking

LIVE = Booking.closed_at.is_(None)

# The buffer holds before a booking as after it. A free-floating vehicle is booked where it stands: it stays there.
MUST_BE_BACK = func.min(
    case(
        (Booking.start_station_id.is_(None), Booking.created_at),
        else_=Booking.starts_at - (Booking.blocked_until - Booking.ends_at),
    )
)


def free_until_of(vehicle_id: ColumnElement[UUID]) -> ColumnElement[datetime | None]:
    """Like `free_until`, for the vehicle of the enclosing statement."""
    waiting = Booking.vehicle_id == vehicle_id, LIVE, Booking.state == "confirmed"
    return select(MUST_BE_BACK).where(*waiting).scalar_subquery()


async def free_until(session: AsyncSession, vehicle_id: UUID, now: datetime) -> datetime | None:
    """When a spontaneous hold or ride of the vehicle has to be over: the buffer before its next booking.

    None when nothing is booked, `now` when it is free no more.
    """
    until = await session.scalar(select(free_until_of(literal(vehicle_id))))
    return None if until is None else max(now, until)
