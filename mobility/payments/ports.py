from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from mobility.base.money import Money
from mobility.payments.rules.reconciliation import BalanceLine, Matter


@dataclass(frozen=True, slots=True)
class Means:
    """What a rider pays with, by the gateway's names for them and for their card, if they have one."""

    customer: str
    card: str | None


@dataclass(frozen=True, slots=True)
class Captured:
    """The money is ours; `reference` is the gateway's own name for this movement."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The rider's means of payment refused; `code` is the gateway's reason."""

    code: str


@dataclass(frozen=True, slots=True)
class HolderAsked:
    """The bank wants to see the cardholder: they answer at `url`, and only then is anything decided."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class Held:
    """The rider's bank keeps the amount ready until `expires_at`; None: as long as we like."""

    reference: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldCaptured:
    """`amount` of a hold is ours, the rest of it is the rider's again."""

    reference: str
    amount: Money


@dataclass(frozen=True, slots=True)
class HoldGone:
    """The bank let go of the money before we took it."""


@dataclass(frozen=True, slots=True)
class Refunded:
    reference: str


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """The gateway will not give this money back, for good."""

    code: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """A page of the gateway where a rider saves a card; what they type never reaches us."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True)
class SavedCard:
    """What may be known of a card: never its number."""

    customer: str
    reference: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class IntentSeen:
    """How a movement stands at the gateway now; `key` is the one it was asked with."""

    reference: str
    key: str
    amount: Money
    captured: bool


@dataclass(frozen=True, slots=True)
class HoldSeen:
    """How a hold stands at the gateway now: `expires_at` and `held`, or it is gone."""

    reference: str
    key: str
    held: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardSaved:
    card: SavedCard


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A cardholder's bank takes a movement back (`open`), gives it back to us (`won`) or keeps it (`lost`)."""

    reference: str
    movement: str
    amount: Money
    state: str


Seen = IntentSeen | HoldSeen | CardSaved | DisputeSeen


class GatewayUnavailable(Exception):
    """The gateway gave no answer. The money may have moved: only the same key may be asked again."""


class WebhookForged(Exception):
    """The bytes were not signed by the gateway, or too long ago."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event that the gateway signed: its name, its kind, and the object it is about."""

    id: str
    type: str
    object_id: str


@runtime_checkable
class PaymentGateway(Protocol):
    """Collects money outside; never called within a database transaction.

    Every method may raise `GatewayUnavailable`: nothing is known about the outcome then.
    """

    @property
    def name(self) -> str:
        """Owner of the ledger account that counts what this gateway collected."""
        ...

    @property
    def asks_for_cards(self) -> bool:
        """Whether a rider needs a saved card before the first ride."""
        ...

    @property
    def minimum_cents(self) -> Mapping[str, int]:
        """The smallest amount it collects, by currency; any amount in those that are not named."""
        ...

    async def capture(
        self,
        *,
        key: str,
        amount: Money,
        account_id: UUID,
        means: Means | None,
        present_at: str | None = None,
        again: bool = False,
    ) -> Captured | Declined | HolderAsked:
        """Collect `amount` from the rider; the same `key` collects once and is always answered alike.

        `present_at` is where the rider is sent back to when they are there to answer their bank; without it nobody is.
        A gateway forgets keys (Stripe after a day): when `again`, it looks for what came of an earlier question first.
        """
        ...

    async def abandon(self, reference: str) -> Captured | None:
        """Give up a hold, or a movement that waits for its holder; if they answered meanwhile, it is captured."""
        ...

    async def authorise(
        self,
        *,
        key: str,
        amount: Money,
        account_id: UUID,
        means: Means | None,
        present_at: str | None = None,
        again: bool = False,
    ) -> Held | Declined | HolderAsked:
        """Have the rider's bank keep `amount` ready; as `capture`, but nothing is taken yet."""
        ...

    async def capture_hold(self, *, key: str, reference: str, amount: Money) -> HoldCaptured | HoldGone:
        """Take up to all of what is held, once; the rest is the rider's again."""
        ...

    async def refund(self, *, key: str, reference: str, amount: Money, again: bool = False) -> Refunded | RefundRefused:
        """Give back part or all of a captured movement."""
        ...

    async def list_lines(self, *, since: datetime, until: datetime) -> list[BalanceLine] | None:
        """Its own books from `since` on and before `until`; None: it keeps none."""
        ...

    async def find_line(self, matter: Matter, about: str) -> BalanceLine | None:
        """What its books say of one movement, refund or dispute."""
        ...

    async def open_customer(self, *, key: str, account_id: UUID) -> str:
        """The gateway's name for a rider; the same key gives the same."""
        ...

    async def open_card_page(self, *, customer: str, return_url: str, locale: str) -> CardPage: ...

    async def forget_card(self, reference: str) -> None: ...

    def read_webhook(self, body: bytes, signature: str) -> Told:
        """What a webhook says, once its signature is checked. Raises `WebhookForged`."""
        ...

    async def look_up(self, told: Told) -> list[Seen]:
        """How what an event is about stands now: events come late, twice and in disorder, the books do not."""
        ...
