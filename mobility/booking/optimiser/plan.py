"""The answer: which vehicle serves which booking, from where and when; who is not served is not in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from mobility.booking.optimiser.instance import Instance
from mobility.booking.rules.availability import Promise


@dataclass(frozen=True, slots=True)
class Served:
    vehicle_id: UUID
    promise: Promise
    cost: int


@dataclass(frozen=True, slots=True)
class Reassignment:
    """By booking. `is_proven`: of the bookings that were free to move, no other plan serves more, or changes less."""

    served: Mapping[UUID, Served] = field(default_factory=dict)
    is_proven: bool = False

    @property
    def value(self) -> tuple[int, int]:
        """Larger is better: how many are served, then how little is changed."""
        return len(self.served), -sum(each.cost for each in self.served.values())


def unserved(instance: Instance, plan: Reassignment) -> list[UUID]:
    """The bookings that nothing can be found for."""
    return [wish.id for wish in instance.wishes if wish.id not in plan.served]
