"""Stripe's test cards, by number and by the payment methods that stand for them: https://docs.stripe.com/testing."""

from dataclasses import dataclass
from enum import StrEnum


class Authentication(StrEnum):
    """When the bank wants to see the cardholder (SCA)."""

    NEVER = "never"
    UNLESS_SET_UP = "unless set up"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class TestCard:
    """How a card behaves; `decline` is what the bank says to a charge: (code, decline code)."""

    number: str
    token: str
    brand: str = "visa"
    authentication: Authentication = Authentication.NEVER
    decline: tuple[str, str | None] | None = None
    # Declined already when it is saved, not only when it is charged.
    declined_on_saving: bool = False
    disputed: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


CARDS = (
    TestCard("4242424242424242", "pm_card_visa"),
    TestCard("5555555555554444", "pm_card_mastercard", brand="mastercard"),
    TestCard("4000002500000003", "pm_card_fr"),
    TestCard(
        "4000002500003155",
        "pm_card_authenticationRequiredOnSetup",
        authentication=Authentication.UNLESS_SET_UP,
    ),
    TestCard("4000002760003184", "pm_card_authenticationRequired", authentication=Authentication.ALWAYS),
    TestCard(
        "4000008260003178",
        "pm_card_authenticationRequiredSetupForOffSession",
        authentication=Authentication.UNLESS_SET_UP,
        decline=("card_declined", "insufficient_funds"),
    ),
    TestCard(
        "4000000000000002",
        "pm_card_visa_chargeDeclined",
        decline=("card_declined", "generic_decline"),
        declined_on_saving=True,
    ),
    TestCard(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        decline=("card_declined", "insufficient_funds"),
        declined_on_saving=True,
    ),
    TestCard(
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        decline=("expired_card", None),
        declined_on_saving=True,
    ),
    TestCard(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        decline=("incorrect_cvc", None),
        declined_on_saving=True,
    ),
    TestCard("4000000000000341", "pm_card_chargeCustomerFail", decline=("card_declined", "generic_decline")),
    TestCard("4000000000000259", "pm_card_createDispute", disputed=True),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {card.token: card for card in CARDS}

MESSAGES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


def passes_luhn(number: str) -> bool:
    """Whether the last digit fits the others, as on every real card."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
