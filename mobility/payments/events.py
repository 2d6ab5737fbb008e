from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event
from mobility.base.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCaptured(Event):
    """Something is paid in full, by credit, by card or by both; `amount` is the whole, tax included."""

    topic: ClassVar[str] = "payments.payment_captured"

    payment_id: UUID
    reference_id: UUID
    kind: str
    account_id: UUID
    city_id: str
    amount: Money
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentDeclined(Event):
    """A payment could not be collected; `remedy` says what brings the money after all (`rules.dunning.Remedy`)."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDone(Event):
    """Money of a payment is back with its rider; a refund that goes back two ways is told once for each."""

    topic: ClassVar[str] = "payments.refund_done"

    refund_id: UUID
    payment_id: UUID
    reference_id: UUID
    kind: str
    account_id: UUID
    city_id: str
    amount: Money
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.refund_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationPlaced(Event):
    """The rider's bank keeps `amount` ready until `expires_at` (None: as long as we like)."""

    topic: ClassVar[str] = "payments.authorisation_placed"

    authorisation_id: UUID
    reference_id: UUID
    account_id: UUID
    city_id: str
    amount: Money
    expires_at: datetime | None
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.authorisation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationDeclined(Event):
    """The rider's bank keeps nothing ready; `remedy` says what the rider can do in the wallet."""

    topic: ClassVar[str] = "payments.authorisation_declined"

    authorisation_id: UUID
    reference_id: UUID
    account_id: UUID
    city_id: str
    amount: Money
    remedy: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.authorisation_id)
