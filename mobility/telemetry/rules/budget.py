"""How much a vehicle may send: a bucket of bytes that fills again, weighed before anything is parsed or stored."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from uuid import UUID

# A day kept aboard, one report of 400 bytes every ten seconds, may come at once.
BUDGET_BYTES = 4_000_000
# Twice what a vehicle says that reports every second.
REFILL_BYTES_PER_S = 1_000


@dataclass(slots=True)
class Budgets:
    """The buckets of all the vehicles that one process hears; each process has its own."""

    budget: int = BUDGET_BYTES
    refill_per_s: int = REFILL_BYTES_PER_S
    # By the number behind an id: a UUID computes its hash in Python.
    _left: dict[int, tuple[float, datetime]] = field(default_factory=dict)

    def wait_s(self, vehicle_id: UUID, now: datetime) -> int:
        """Seconds until the vehicle may send again; 0 while there is something left. Spends nothing."""
        return max(0, ceil((1 - self._now(vehicle_id, now)) / self.refill_per_s))

    def spend(self, vehicle_id: UUID, size: int, now: datetime) -> bool:
        """Take `size` bytes; False when nothing was left. The last message may overdraw, so that any size can pass."""
        left = self._now(vehicle_id, now)
        if left < 1:
            return False
        self._left[vehicle_id.int] = (left - size, now)
        return True

    def _now(self, vehicle_id: UUID, now: datetime) -> float:
        left, then = self._left.get(vehicle_id.int, (self.budget, now))
        return min(self.budget, left + max(0.0, (now - then).total_seconds()) * self.refill_per_s)
