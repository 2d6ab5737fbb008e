from typing import Protocol

from mobility.riders.rules.codes import CodeMessage, Count


class CodeDelivery(Protocol):
    """Brings a one-time code to a person; called after the commit, so a code that is told is a code that is kept."""

    async def deliver(self, message: CodeMessage) -> None: ...


class Limiter(Protocol):
    """Counts across all processes."""

    async def hit(self, count: Count) -> int:
        """Count one more; 0 when it keeps to the rate, else the seconds [1, per_s] until one would."""
        ...
