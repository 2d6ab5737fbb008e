from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession


@runtime_checkable  # Litestar asks isinstance() of what it injects
class Witness(Protocol):
    """What vehicles themselves said of their rides, odometers alone; who reads it learns no place."""

    async def stood_since(
        self, session: AsyncSession, vehicle_id: UUID, *, since: datetime, until: datetime
    ) -> datetime | None:
        """The instant, at `since` at the earliest, from which the vehicle did not move until `until`; None if it did,
        or if it has not been heard often enough to know."""
        ...
