"""Whom the broker turns away before the service hears of it, from what Mosquitto says of itself."""

from collections.abc import Sequence
from typing import Final

ENDINGS: Final = {
    b" disconnected, not authorised.": "broker_not_authorised",
    b" disconnected due to oversize packet.": "broker_oversize",
    b" disconnected due to malformed packet.": "broker_malformed",
    b" disconnected due to protocol error.": "broker_malformed",
    b" disconnected: Protocol error.": "broker_malformed",
}


def turned_away(line: bytes) -> Sequence[str]:
    """The code of what a line of the broker's log is about; none where it turns nobody away."""
    return [code for ending, code in ENDINGS.items() if line.endswith(ending)]
