import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from mobility.base.money import Money
from mobility.payments.ports import (
    Captured,
    CardPage,
    Declined,
    GatewayUnavailable,
    Held,
    HoldCaptured,
    HolderAsked,
    HoldGone,
    Means,
    Refunded,
    RefundRefused,
    Seen,
    Told,
    WebhookForged,
)
from mobility.payments.rules.reconciliation import BalanceLine, Matter


class LocalGateway:
    """A gateway without an outside: every capture succeeds but for the accounts it is told to decline.

    References follow from keys alone, so a repeated key is the same movement.
    """

    name = "local"
    asks_for_cards = False
    minimum_cents: Mapping[str, int] = MappingProxyType({})

    def __init__(self, declines: Mapping[UUID, str] = MappingProxyType({})) -> None:
        """`declines` gives the decline code of each account whose captures fail."""
        self._declines = declines

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
        if code := self._declines.get(account_id):
            return Declined(code)
        return Captured(_named(key))

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
        if code := self._declines.get(account_id):
            return Declined(code)
        return Held(_named(key), None)

    async def capture_hold(self, *, key: str, reference: str, amount: Money) -> HoldCaptured | HoldGone:
        return HoldCaptured(reference, amount)

    async def abandon(self, reference: str) -> Captured | None:
        return None

    async def refund(self, *, key: str, reference: str, amount: Money, again: bool = False) -> Refunded | RefundRefused:
        return Refunded(_named(key))

    async def list_lines(self, *, since: datetime, until: datetime) -> list[BalanceLine] | None:
        return None

    async def find_line(self, matter: Matter, about: str) -> BalanceLine | None:
        return None

    async def open_customer(self, *, key: str, account_id: UUID) -> str:
        return _named(key)

    async def open_card_page(self, *, customer: str, return_url: str, locale: str) -> CardPage:
        # There is no card to type: the rider is back at once.
        return CardPage(_named(customer), return_url)

    async def forget_card(self, reference: str) -> None:
        raise GatewayUnavailable

    def read_webhook(self, body: bytes, signature: str) -> Told:
        raise WebhookForged

    async def look_up(self, told: Told) -> list[Seen]:
        return []


def _named(key: str) -> str:
    return f"local_{hashlib.sha256(key.encode()).hexdigest()[:24]}"
