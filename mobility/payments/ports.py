from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from mobility.base.money import Money


@dataclass(frozen=True, slots=True)
class Captured:
    """The money is ours; `reference` is the gateway's own name for this movement."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The rider's means of payment refused, for good; `code` is the gateway's reason."""

    code: str


class GatewayUnavailable(Exception):
    """The gateway gave no answer. The money may have moved: only the same key may be asked again."""


class PaymentGateway(Protocol):
    """Collects money outside; never called within a database transaction."""

    @property
    def name(self) -> str:
        """Owner of the ledger account that counts what this gateway collected."""
        ...

    async def capture(self, *, key: str, amount: Money, account_id: UUID) -> Captured | Declined:
        """Collect `amount` from the rider; the same `key` collects once and is always answered alike.

        Raises
        ------
        GatewayUnavailable
            Nothing is known about the outcome.
        """
        ...
