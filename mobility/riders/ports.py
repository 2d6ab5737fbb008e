from typing import Protocol, runtime_checkable

from mobility.riders.rules.codes import CodeMessage, Count

# Runtime-checkable: Litestar asks isinstance() of what it injects.


@runtime_checkable
class CodeDelivery(Protocol):
    """Brings a one-time code to a person; called after the commit, so a code that is told is a code that is kept."""

    async def deliver(self, message: CodeMessage) -> None: ...


@runtime_checkable
class Limiter(Protocol):
    """Counts across all processes."""

    async def hit(self, count: Count) -> int:
        """Count one more; 0 when it keeps to the rate, else the seconds [1, per_s] until one would.

        Raises
        ------
        SignInUnavailable
            Nothing can be counted now.
        """
        ...
