from typing import Protocol, runtime_checkable

from mobility.riders.rules.codes import Count
from mobility.riders.rules.messages import Letter, Push

# Runtime-checkable: Litestar asks isinstance() of what it injects.


class Undeliverable(Exception):
    """No repetition would bring this letter to its address; the text says why and names nobody."""


@runtime_checkable
class Delivery(Protocol):
    """Brings a letter to its address; called after the commit, so what is told is what is kept."""

    async def deliver(self, letter: Letter) -> None:
        """Hand it over; any other error than the one below leaves it to another try.

        Raises
        ------
        Undeliverable
        """
        ...


class DeviceGone(Undeliverable):
    """The browser has taken its agreement back, or is no more: it is forgotten."""


class Pusher(Protocol):
    """Brings a message to a device; called after the commit, like `Delivery`."""

    async def push(self, push: Push) -> None:
        """Hand it over; any other error than these leaves it to another try.

        Raises
        ------
        DeviceGone, Undeliverable
        """
        ...


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
