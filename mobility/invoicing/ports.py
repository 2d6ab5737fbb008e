from typing import Protocol, runtime_checkable

from mobility.invoicing.rules.papers import Paper


@runtime_checkable  # litestar checks what it injects
class Typesetter(Protocol):
    """Sets a paper as PDF."""

    async def pdf(self, paper: Paper) -> bytes:
        """The same bytes for the same paper; a second or less, and no network."""
        ...
