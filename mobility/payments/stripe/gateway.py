"""Stripe, by its official SDK; this package alone knows it.

Calls go through the SDK's default client in a thread: each has its own time limit and cannot hold up the loop.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import stripe

from mobility.base.money import Money
from mobility.payments.ports import (
    Captured,
    CardPage,
    CardSaved,
    Declined,
    GatewayUnavailable,
    Held,
    HoldCaptured,
    HolderAsked,
    HoldGone,
    Means,
    Refunded,
    RefundRefused,
    SavedCard,
    Seen,
    Told,
    WebhookForged,
)
from mobility.payments.rules.reconciliation import BalanceLine, Matter
from mobility.payments.stripe.answers import (
    HELD,
    asked_or_declined,
    balance_line,
    code_of,
    dispute_seen,
    expiry,
    hold_seen,
    intent_seen,
    outcome,
)

# Stripe answers within two seconds or is in trouble.
ANSWER_WITHIN_S = 10
# What Stripe says of a card that was removed there, or is another customer's: as final as a bank's no.
CARD_GONE = frozenset({"payment_method_unexpected_state", "resource_missing", "payment_method_customer_decline"})
PAGE_MAX = 100
MINIMUM_CENTS = MappingProxyType({"EUR": 50, "CHF": 50, "GBP": 30})
"""The smallest charge: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"""
EVENTS = (
    "payment_intent.succeeded",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "checkout.session.completed",
    "charge.dispute.created",
    "charge.dispute.closed",
)
"""What the webhook endpoint listens to; anything else is kept and means nothing."""


class StripeGateway:
    """A `PaymentGateway`; `secret` signs the webhooks, `base_url` is an emulator's in demos and tests."""

    name = "stripe"
    asks_for_cards = True
    minimum_cents: Mapping[str, int] = MINIMUM_CENTS

    def __init__(self, key: str, *, secret: str, base_url: str = "") -> None:
        self._secret = secret
        addresses: Any = {"base_addresses": {"api": base_url}} if base_url else {}
        self._client = stripe.StripeClient(
            key, http_client=stripe.RequestsClient(timeout=ANSWER_WITHIN_S), max_network_retries=0, **addresses
        )

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
        intent = await self._ask(key, amount, means, present_at, again=again)
        return intent if isinstance(intent, Declined) else outcome(intent)

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
        intent = await self._ask(key, amount, means, present_at, again=again, capture_method="manual")
        if isinstance(intent, Declined):
            return intent
        return Held(intent.id, expiry(intent)) if intent.status == HELD else asked_or_declined(intent)

    async def _ask(
        self, key: str, amount: Money, means: Means | None, present_at: str | None, *, again: bool, **how: Any
    ) -> Any:
        """The PaymentIntent of this key as it stands now, or `Declined`."""
        if means is None:
            return Declined("no_card")
        if again and (known := await self._asked_before(key, means.customer)):
            return await self._intent(known)
        if means.card is None:
            return Declined("no_card")
        asked = {
            "amount": amount.cents,
            "currency": amount.currency.lower(),
            "customer": means.customer,
            "payment_method": means.card,
            "payment_method_types": ["card"],
            "confirm": True,
            "metadata": {"key": key},
            **how,
        }
        return await self._create(key, asked | ({"return_url": present_at} if present_at else {"off_session": True}))

    async def _create(self, key: str, asked: dict[str, Any]) -> Any:
        try:
            intent = await _call(self._client.v1.payment_intents.create, asked, {"idempotency_key": key})
            # A repeated key is answered as the first time; how it stands now is another question.
            return await self._intent(intent.id)
        except stripe.CardError as error:
            return Declined(code_of(error.error))
        except stripe.InvalidRequestError as error:
            if error.code in CARD_GONE:
                return Declined("card_removed")
            raise

    async def _asked_before(self, key: str, customer: str) -> str | None:
        """The customer's PaymentIntent that was asked for with this key; Stripe itself forgets keys after a day."""
        asked: Any = {"customer": customer, "limit": PAGE_MAX}
        found = await _call(lambda: list(self._client.v1.payment_intents.list(asked).auto_paging_iter()))
        return next((intent.id for intent in found if getattr(intent.metadata, "key", "") == key), None)

    async def _intent(self, reference: str) -> Any:
        return await _call(self._client.v1.payment_intents.retrieve, reference, {"expand": ["latest_charge"]})

    async def capture_hold(self, *, key: str, reference: str, amount: Money) -> HoldCaptured | HoldGone:
        asked = {"amount_to_capture": amount.cents}
        try:
            intent = await _call(self._client.v1.payment_intents.capture, reference, asked, {"idempotency_key": key})
        except stripe.InvalidRequestError:
            # Captured before, by a question whose answer nobody heard, or let go by the bank.
            intent = await self._intent(reference)
        if intent.status == "succeeded":
            return HoldCaptured(intent.id, Money(intent.amount_received, amount.currency))
        if intent.status == "canceled":
            return HoldGone()
        raise GatewayUnavailable(intent.status)

    async def abandon(self, reference: str) -> Captured | None:
        try:
            await _call(self._client.v1.payment_intents.cancel, reference)
        except stripe.InvalidRequestError:
            intent = await self._intent(reference)
            return Captured(intent.id) if intent.status == "succeeded" else None
        return None

    async def refund(self, *, key: str, reference: str, amount: Money, again: bool = False) -> Refunded | RefundRefused:
        asked = {"payment_intent": reference, "amount": amount.cents, "metadata": {"key": key}}
        try:
            refund = await self._refunded_before(key, reference) if again else None
            refund = refund or await _call(self._client.v1.refunds.create, asked, {"idempotency_key": key})
        except stripe.InvalidRequestError as error:
            return RefundRefused(error.code or "invalid_request")
        return RefundRefused("failed") if refund.status in ("failed", "canceled") else Refunded(refund.id)

    async def _refunded_before(self, key: str, reference: str) -> Any:
        asked: Any = {"payment_intent": reference, "limit": PAGE_MAX}
        found = await _call(lambda: list(self._client.v1.refunds.list(asked).auto_paging_iter()))
        return next((refund for refund in found if getattr(refund.metadata, "key", "") == key), None)

    async def list_lines(self, *, since: datetime, until: datetime) -> list[BalanceLine] | None:
        within = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        asked: Any = {"created": within, "expand": ["data.source"], "limit": PAGE_MAX}
        lines = self._client.v1.balance_transactions.list
        return [balance_line(line) for line in await _call(lambda: list(lines(asked).auto_paging_iter()))]

    async def find_line(self, matter: Matter, about: str) -> BalanceLine | None:
        try:
            name = await self._line_of(matter, about)
            if name is None:
                return None
            return balance_line(
                await _call(self._client.v1.balance_transactions.retrieve, name, {"expand": ["source"]})
            )
        except stripe.InvalidRequestError:
            return None

    async def _line_of(self, matter: Matter, about: str) -> str | None:
        match matter:
            case Matter.CHARGE:
                charge = (await self._intent(about)).latest_charge
                return charge.balance_transaction if charge else None
            case Matter.REFUND:
                refund = await _call(self._client.v1.refunds.retrieve, about)
                return str(refund.balance_transaction) if refund.balance_transaction else None
            case Matter.DISPUTE:
                dispute = await _call(self._client.v1.disputes.retrieve, about)
                return dispute.balance_transactions[0].id if dispute.balance_transactions else None
        return None

    async def open_customer(self, *, key: str, account_id: UUID) -> str:
        # The account's id and nothing else: Stripe needs no name to charge a card.
        asked = {"metadata": {"account_id": str(account_id)}}
        customer = await _call(self._client.v1.customers.create, asked, {"idempotency_key": key})
        return str(customer.id)

    async def open_card_page(self, *, customer: str, return_url: str, locale: str) -> CardPage:
        asked = {
            "mode": "setup",
            "currency": "eur",
            "customer": customer,
            "payment_method_types": ["card"],
            "success_url": return_url,
            "cancel_url": return_url,
            "locale": locale,
        }
        page = await _call(self._client.v1.checkout.sessions.create, asked)
        return CardPage(page.id, page.url)

    async def forget_card(self, reference: str) -> None:
        try:
            await _call(self._client.v1.payment_methods.detach, reference)
        except stripe.InvalidRequestError:
            return  # it is gone already

    def read_webhook(self, body: bytes, signature: str) -> Told:
        try:
            event = stripe.Webhook.construct_event(body, signature, self._secret)
        except (ValueError, stripe.SignatureVerificationError):
            raise WebhookForged from None
        return Told(event.id, event.type, getattr(event.data.object, "id", ""))

    async def look_up(self, told: Told) -> list[Seen]:
        match told.type:
            case "payment_intent.succeeded":
                return [intent_seen(await self._intent(told.object_id))]
            case "payment_intent.amount_capturable_updated" | "payment_intent.canceled":
                return [hold_seen(await self._intent(told.object_id))]
            case "checkout.session.completed":
                return await self._card_saved(told.object_id)
            case "charge.dispute.created" | "charge.dispute.closed":
                return [dispute_seen(await _call(self._client.v1.disputes.retrieve, told.object_id))]
        return []

    async def _card_saved(self, page: str) -> list[Seen]:
        expand = {"expand": ["setup_intent.payment_method"]}
        session = await _call(self._client.v1.checkout.sessions.retrieve, page, expand)
        intent = session.setup_intent
        if session.mode != "setup" or intent is None or intent.status != "succeeded":
            return []
        method = intent.payment_method
        card = method.card
        return [
            CardSaved(SavedCard(session.customer, method.id, card.brand, card.last4, card.exp_month, card.exp_year))
        ]


async def _call(call: Callable[..., Any], *arguments: Any) -> Any:
    """Ask Stripe once.

    Raises
    ------
    GatewayUnavailable
        No answer, or one that says nothing about the outcome: too busy, out of order, the same key under way.
    stripe.CardError, stripe.InvalidRequestError
    """
    try:
        return await asyncio.to_thread(call, *arguments)
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        raise GatewayUnavailable(type(error).__name__) from error
