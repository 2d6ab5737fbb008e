"""Stripe's objects in our words."""

from datetime import UTC, datetime
from typing import Any

from mobility.base.money import Money
from mobility.payments.ports import (
    Captured,
    Declined,
    DisputeSeen,
    GatewayUnavailable,
    HolderAsked,
    HoldSeen,
    IntentSeen,
)
from mobility.payments.rules.reconciliation import BalanceLine, Matter

HELD = "requires_capture"
DISPUTE_STATES = {"won": "won", "lost": "lost", "warning_closed": "won"}
MATTERS = {
    "charge": Matter.CHARGE,
    "payment": Matter.CHARGE,
    "refund": Matter.REFUND,
    "payment_refund": Matter.REFUND,
    "payout": Matter.PAYOUT,
    "stripe_fee": Matter.FEE,
}
"""What a balance transaction is about: https://docs.stripe.com/reports/balance-transaction-types"""


def outcome(intent: Any) -> Captured | Declined | HolderAsked:
    return Captured(intent.id) if intent.status == "succeeded" else asked_or_declined(intent)


def asked_or_declined(intent: Any) -> Declined | HolderAsked:
    match intent.status:
        case "requires_action":
            return HolderAsked(intent.id, intent.next_action.redirect_to_url.url)
        case "requires_payment_method" | "canceled":
            return Declined(code_of(intent.last_payment_error))
    # "processing": the bank has not decided; the same key is asked again.
    raise GatewayUnavailable(intent.status)


def expiry(intent: Any) -> datetime:
    before = intent.latest_charge.payment_method_details.card.capture_before
    return datetime.fromtimestamp(before, UTC)


def hold_seen(intent: Any) -> HoldSeen:
    held = intent.status == HELD
    return HoldSeen(intent.id, getattr(intent.metadata, "key", ""), held, expiry(intent) if held else None)


def code_of(error: Any) -> str:
    return getattr(error, "decline_code", None) or getattr(error, "code", None) or "declined"


def intent_seen(intent: Any) -> IntentSeen:
    amount = Money(intent.amount_received or intent.amount, intent.currency.upper())
    return IntentSeen(intent.id, getattr(intent.metadata, "key", ""), amount, captured=intent.status == "succeeded")


def dispute_seen(dispute: Any) -> DisputeSeen:
    amount = Money(dispute.amount, dispute.currency.upper())
    return DisputeSeen(dispute.id, str(dispute.payment_intent), amount, DISPUTE_STATES.get(dispute.status, "open"))


def balance_line(line: Any) -> BalanceLine:
    """A balance transaction whose `source` is expanded."""
    matter, source = MATTERS.get(line.type, Matter.OTHER), line.source
    if line.type == "adjustment" and getattr(source, "object", "") == "dispute":
        matter = Matter.DISPUTE
    # A charge is known to us by its intent; one made by hand may have none.
    about = (getattr(source, "payment_intent", None) if matter is Matter.CHARGE else None) or getattr(source, "id", "")
    amount, at = Money(line.amount, line.currency.upper()), datetime.fromtimestamp(line.created, UTC)
    return BalanceLine(line.id, matter, str(about), amount, line.fee, at)
