"""The demo's payment service: Stripe's emulator, unless the settings have a key of Stripe's."""

import secrets
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobility.settings import Settings

KEY = "sk_test_demo"
PORT_ABOVE = 420
"""The emulator listens so far above the API: at 8420 by default."""


@dataclass(frozen=True, slots=True)
class PretendedStripe:
    """What the demo's processes are told, and the process that is the emulator."""

    environment: Mapping[str, str] = field(default_factory=dict)
    commands: Sequence[list[str]] = ()


def pretended_stripe(settings: Settings, data_dir: Path) -> PretendedStripe:
    """Nothing when the settings name a Stripe; else an emulator that remembers, and tells the API what happens."""
    if settings.mobility_stripe_key:
        return PretendedStripe()
    port = _free(settings.mobility_port + PORT_ABOVE)
    environment = {
        "MOBILITY_STRIPE_KEY": KEY,
        "MOBILITY_STRIPE_URL": f"http://127.0.0.1:{port}",
        "MOBILITY_STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    }
    webhook = f"http://{settings.mobility_host}:{settings.mobility_port}/v1/webhooks/payments"
    data = str(data_dir.resolve() / "stripe.sqlite")
    command = ["stripe-emulator", "--port", str(port), "--data", data, "--webhook", webhook]
    return PretendedStripe(environment, [command])


def _free(port: int) -> int:
    """The port, or any other if it is taken."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
