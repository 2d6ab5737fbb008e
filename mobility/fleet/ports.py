from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from mobility.fleet.rules.commands import CommandMessage


class RadioUnavailable(Exception):
    """Nothing could be sent just now; it is tried again until the command expires."""


class VehicleRadio(Protocol):
    """Brings commands to vehicles; never called within a database transaction.

    What is published may be lost or arrive twice. Replies come back through the consumer, to
    `service.commands.confirm`.
    """

    async def publish(self, vehicle_id: UUID, message: CommandMessage) -> None:
        """Send a command on its way, not to arrive after its `expires_at`.

        Raises
        ------
        RadioUnavailable
        """
        ...


@runtime_checkable  # Litestar asks isinstance() of what it injects
class PhotoStore(Protocol):
    """Keeps pictures under names that nobody can guess; read by this service only, never by the public.

    A picture is put before the row that names it is committed, and removed after that row is gone: a crash between the
    two leaves a picture without a row, which `tasks.sweep_photos` finds, and never a row without its picture.

    Raises
    ------
    PhotoStoreUnavailable
        From every method: the store gave no answer. What was asked may have happened.
    """

    async def put(self, name: str, jpeg: bytes) -> None:
        """Keep a picture; once this returns, no crash loses it."""
        ...

    async def find(self, name: str) -> bytes | None:
        """The picture; None when there is none of that name."""
        ...

    async def remove(self, names: Sequence[str]) -> None:
        """Forget pictures; those that are gone already too."""
        ...

    def names_before(self, before: datetime) -> AsyncIterator[Sequence[str]]:
        """The names of the pictures put before that instant, some at a time."""
        ...
