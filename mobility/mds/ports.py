from collections.abc import Sequence
from typing import Any, Literal, Protocol

from mobility.mds.rules.push import Answer


class AgencyApi(Protocol):
    """A city's Agency endpoint of one mode."""

    async def send(self, method: Literal["POST", "PUT"], path: str, records: Sequence[Any] | str) -> Answer:
        """Send records of one kind, or a report's CSV; raises `ConnectionError` when nobody answers."""
        ...
