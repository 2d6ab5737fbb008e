from typing import Protocol

from mobility.partners.rules.trying import Outcome


class Sender(Protocol):
    """Brings a message to an address; every fault of the other side is an outcome, not an error."""

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome: ...
