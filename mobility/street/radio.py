import asyncio
from collections.abc import Sequence
from typing import Protocol

from mobility.street.box import Report
from mobility.street.client import Client, Refused
from mobility.street.tally import Tally


class Radio(Protocol):
    """One vehicle's way to the service."""

    async def send(self, reports: Sequence[Report]) -> None:
        """Say the reports until they are heard: returns once they need not be said again."""

    async def reconnect(self) -> None:
        """Lose the connection and come back."""

    async def close(self) -> None: ...


class HttpRadio:
    """Batches over HTTP. No command ever comes this way.

    All vehicles go through one `door`: a pool of connections looks through whoever waits for it at every request.
    """

    def __init__(self, client: Client, tally: Tally, door: asyncio.Semaphore) -> None:
        self._client, self._tally, self._door = client, tally, door

    async def send(self, reports: Sequence[Report]) -> None:
        try:
            async with self._door:
                answer = await self._client.post("/v1/telemetry", {"reports": reports})
        except Refused as refusal:
            self._tally.reports_refused[refusal.code] += len(reports)
        else:
            self._tally.reports += answer["accepted"]
            self._tally.reports_refused.update(each["code"] for each in answer["refused"])

    async def reconnect(self) -> None:
        """Vehicles share connections here: there is none of its own to lose."""

    async def close(self) -> None:
        """Nor one to close."""
