"""Stripe's emulator in this process, behind the official SDK and without a socket: thousands of questions a second."""

import json
import time
from typing import Any

import stripe

from mobility.payments.stripe import StripeGateway
from mobility.stripe_emulator.account import Account
from mobility.stripe_emulator.answers import Request, answer
from mobility.stripe_emulator.forms import Params
from mobility.stripe_emulator.pages import submit_authentication, submit_checkout
from mobility.stripe_emulator.store import Store

KEY, URL = "sk_test_bank", "http://bank.test"


class Bank(stripe.HTTPClient):
    """One emulated account, asked by Stripe's SDK; `stripe` is a client for it, `gateway` the product's own."""

    name = "bank"

    def __init__(self, *, secret: str) -> None:
        super().__init__()
        self.account = Account(Store(":memory:"), now=time.time, url=URL)
        self.stripe = stripe.StripeClient(KEY, http_client=self, max_network_retries=0)
        self.gateway = StripeGateway(KEY, secret=secret)
        self.gateway._client = self.stripe

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> tuple[str, int, Any]:
        path, _, query = url.removeprefix("https://api.stripe.com").partition("?")
        asked = Request(method.upper(), path, post_data or query, headers.get("Idempotency-Key"))
        given = answer(self.account, asked)
        return json.dumps(given.body), given.status, dict(given.headers)

    def forget_keys(self) -> None:
        """As Stripe does after a day."""
        self.account.store.db.execute("DELETE FROM request")

    def save_card(self, page: str, number: str) -> None:
        """What a rider does on the hosted page."""
        form: Params = {"number": number, "expiry": "12/34", "cvc": "123"}
        target, why = submit_checkout(self.account, page.rpartition("/")[2], form)
        assert target, why
        if "/authenticate/" in target:
            submit_authentication(self.account, target.rpartition("/")[2], passed=True)

    def customer_with(self, card: str) -> tuple[str, str]:
        """A customer and a card of theirs that was set up for later charges."""
        customer = self.stripe.v1.customers.create({}).id
        asked: Any = {"customer": customer, "payment_method": card, "confirm": True, "usage": "off_session"}
        return customer, str(self.stripe.v1.setup_intents.create(asked).payment_method)
