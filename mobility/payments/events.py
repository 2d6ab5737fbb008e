from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event
from mobility.base.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDeclined(Event):
    """A ride could not be collected; `remedy` says what brings the money after all (`rules.dunning.Remedy`)."""

    topic: ClassVar[str] = "payments.payment_declined"

    payment_id: UUID
    account_id: UUID
    city_id: str
    amount: Money
    remedy: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)
