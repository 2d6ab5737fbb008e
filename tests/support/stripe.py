"""The emulator behind a real socket, spoken to by Stripe's own SDK."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe
import uvicorn
from litestar import Litestar

from mobility.stripe_emulator.app import create_emulator
from tests.support.service import free_port

START_WITHIN_S = 30


@dataclass
class Emulated:
    """The emulator's address, Stripe's client for it, and a plain one for its pages."""

    url: str
    stripe: stripe.StripeClient
    http: httpx.Client

    def plan(self, operation: str, fault: str, times: int = 1) -> None:
        form = {"operation": operation, "fault": fault, "times": str(times)}
        self.http.post("/emulator/faults", data=form).raise_for_status()

    def customer_with(self, card: str) -> tuple[str, str]:
        """A customer and a card of theirs that was set up for later charges, its holder asked where they must be."""
        customer = self.stripe.v1.customers.create({"name": "Camille"})
        intent = self.stripe.v1.setup_intents.create(
            {"customer": customer.id, "payment_method": card, "confirm": True, "usage": "off_session"}
        )
        if intent.next_action:
            page = str(intent.next_action.redirect_to_url.url)  # type: ignore[union-attr]
            self.http.post(page, data={"answer": "yes"}).raise_for_status()
        return customer.id, str(self.stripe.v1.setup_intents.retrieve(intent.id).payment_method)


@dataclass
class Inbox:
    """What arrived at a webhook endpoint, raw; `refuse` makes it answer 500 so many times."""

    url: str = ""
    received: list[tuple[bytes, str]] = field(default_factory=list)
    refuse: int = 0

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + START_WITHIN_S
        while len(self.received) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return [httpx.Response(200, content=body).json() for body, _ in self.received]


def serve(app: Litestar, port: int) -> Callable[[], None]:
    """Serve in a thread until the function returned is called."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + START_WITHIN_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)

    def stop() -> None:
        server.should_exit = True
        thread.join(START_WITHIN_S)

    return stop


@contextmanager
def emulated() -> Iterator[Emulated]:
    """An emulator of its own, empty."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    stop = serve(create_emulator(":memory:", url=url), port)
    client = stripe.StripeClient("sk_test_any", base_addresses={"api": url}, max_network_retries=0)
    try:
        with httpx.Client(base_url=url) as http:
            yield Emulated(url, client, http)
    finally:
        stop()
