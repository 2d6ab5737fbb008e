from datetime import datetime
from typing import Protocol
from uuid import UUID

from mobility.geo import LonLat


class Seen(Protocol):
    """A position made in a rental, in memory; telemetry's `InRide` is one."""

    @property
    def rental_id(self) -> UUID | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def position(self) -> LonLat: ...
    @property
    def speed_kmh(self) -> float | None: ...
