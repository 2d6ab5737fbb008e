from asyncio import Lock
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mobility.geo.streets.shelf import Streets

Told = list[dict[str, Any]]
FRESH = timedelta(seconds=1)
REMEMBERED_MAX = 1_000


@dataclass(slots=True)
class _Crowd:
    lock: Lock = field(default_factory=Lock)
    told: Told = field(default_factory=list)
    told_at: datetime | None = None


class Crowds:
    """What else is free nearby, looked up once a second for all who want a vehicle that is taken.

    Two hundred at once would otherwise ask two hundred times. It is a suggestion: whoever follows it asks anew.
    """

    def __init__(self) -> None:
        self._crowds: OrderedDict[UUID, _Crowd] = OrderedDict()

    async def tell(self, public_id: UUID, now: datetime, look: Callable[[], Awaitable[Told]]) -> Told:
        crowd = self._crowds.setdefault(public_id, _Crowd())
        async with crowd.lock:
            if crowd.told_at is None or not now - FRESH < crowd.told_at <= now:
                crowd.told, crowd.told_at = await look(), now
        if len(self._crowds) > REMEMBERED_MAX:
            self._crowds.popitem(last=False)
        return crowd.told


@dataclass(frozen=True, slots=True)
class Around:
    """What a process knows of a vehicle's surroundings: who else wants it, and the streets there."""

    streets: Streets
    crowds: Crowds = field(default_factory=Crowds)
