"""A vehicle booked for a time to come: what others have to leave it free for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.queries.free import free_until_of
from mobility.booking.tables import Booking

LIVE = Booking.closed_at.is_(None)


async def free_until(session: AsyncSession, vehicle_id: UUID, now: datetime) -> datetime | None:
    """When a spontaneous hold or ride of the vehicle has to be over: the buffer before its next booking.

    None when nothing is booked, `now` when it is free no more.
    """
    until = await session.scalar(select(free_until_of(literal(vehicle_id))))
    return None if until is None else max(now, until)
