"""What can go wrong between a client and Stripe, on demand."""

import fnmatch
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What happens to a request."""

    REFUSED = "refused"
    """500, and nothing was done."""
    BROKEN = "broken"
    """500, though it was done; a repetition with the same key learns so."""
    UNANSWERED = "unanswered"
    """It was done and no answer ever comes."""
    LOST = "lost"
    """Nothing was done and no answer ever comes."""
    LIMITED = "limited"
    """429, and nothing was done."""
    IN_FLIGHT = "in_flight"
    """409: another request with the same key is under way."""
    SLOW = "slow"
    """It is answered, after its webhooks were delivered."""


class WebhookFault(StrEnum):
    """What happens to every delivery of an event."""

    TWICE = "twice"
    BACKWARDS = "backwards"
    """Waiting events go out newest first."""
    LATE = "late"
    """The first attempt of each is lost."""


@dataclass
class Faults:
    """Faults to come: each of `planned` waits for its operation ("POST /v1/payment_intents/*/capture")."""

    planned: list[tuple[str, Fault]] = field(default_factory=list)
    webhooks: set[WebhookFault] = field(default_factory=set)

    def plan(self, operation: str, fault: Fault, times: int = 1) -> None:
        self.planned += [(operation, fault)] * times

    def take(self, method: str, path: str) -> Fault | None:
        """The next fault planned for this request; it happens once."""
        for entry in self.planned:
            if fnmatch.fnmatchcase(f"{method} {path}", entry[0]):
                self.planned.remove(entry)
                return entry[1]
        return None
