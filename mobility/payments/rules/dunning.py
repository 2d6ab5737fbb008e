"""What follows when a card is declined: when it is tried again by itself, and what the rider can do."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Remedy(StrEnum):
    """What brings the money after all."""

    WAIT = "wait"
    """It is tried again by itself: the account may have money by then."""
    CONFIRM = "confirm"
    """The rider answers their bank once."""
    OTHER_CARD = "other_card"
    """This card will not do any more."""


AGAIN_AFTER: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Waits after the first, second and third decline: past a weekend, past a pay day; then only the rider can."""

# Codes of the card networks as Stripe names them: https://docs.stripe.com/declines/codes
MAY_PASS: Final = frozenset(
    {
        "approve_with_id",
        "card_velocity_exceeded",
        "generic_decline",
        "insufficient_funds",
        "issuer_not_available",
        "processing_error",
        "reenter_transaction",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    }
)
AUTHENTICATION_REQUIRED: Final = "authentication_required"
ASKS_HOLDER: Final = frozenset({AUTHENTICATION_REQUIRED, "payment_intent_authentication_failure"})


def remedy(decline_code: str) -> Remedy:
    if decline_code in ASKS_HOLDER:
        return Remedy.CONFIRM
    return Remedy.WAIT if decline_code in MAY_PASS else Remedy.OTHER_CARD


def next_try(decline_code: str, *, declines: int, now: datetime) -> datetime | None:
    """When a payment declined `declines` times (1 or more) is tried again by itself; None: never."""
    if remedy(decline_code) is not Remedy.WAIT or declines > len(AGAIN_AFTER):
        return None
    return now + AGAIN_AFTER[declines - 1]
