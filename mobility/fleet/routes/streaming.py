"""Server-sent events to one reader: bounded, cut off when nobody reads, over when the reader may no longer see them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import timedelta

import structlog
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from mobility.base.clock import Clock
from mobility.fleet.rules.console import Console, News

HEARTBEAT, HEARTBEAT_S = b": \n\n", 1.0
STALLED_AFTER_S = 20.0
"""Who takes nothing for so long is cut off: a phone that comes out of a tunnel begins anew anyway."""
PENDING_MAX = 20_000
"""Events that wait for one console, about 10 MB that all consoles share: four times a city of 5,000 vehicles."""
EVENTS_AT_ONCE = 500
RECHECK_EVERY = timedelta(seconds=10)
"""How long the map of somebody signed out may go on; a look-up by key for each console."""

log = structlog.get_logger()


class Stalled(Exception):
    """The reader takes nothing."""


class EventStream(ASGIResponse):
    """Sends events as they come; a fault ends the stream, for the answer has begun: the reader returns."""

    _should_set_content_length = False

    def __init__(self, events: AsyncGenerator[bytes], *, stalled_after_s: float = STALLED_AFTER_S) -> None:
        # X-Accel-Buffering: a proxy in front passes each event on at once.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(media_type="text/event-stream", headers=headers)
        self._events, self._stalled_after_s = events, stalled_after_s

    async def send_body(self, send: Send, receive: Receive) -> None:
        tasks = [asyncio.ensure_future(each) for each in (self._tell(send), _hung_up(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, send: Send) -> None:
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    await self._send(send, event, more=True)
        except Stalled:
            log.info("live_reader_cut_off")
            return
        except Exception as error:
            log.warning("live_stream_failed", error=type(error).__name__)
        await self._send(send, b"", more=False)

    async def _send(self, send: Send, body: bytes, *, more: bool) -> None:
        try:
            async with asyncio.timeout(self._stalled_after_s):
                await send({"type": "http.response.body", "body": body, "more_body": more})
        except TimeoutError:
            raise Stalled from None


class Permit:
    """Whether a reader may go on, asked again from time to time."""

    def __init__(self, ask: Callable[[], Awaitable[bool]], clock: Clock) -> None:
        self._ask, self._clock = ask, clock
        self._stands, self._ask_at = True, clock.now() + RECHECK_EVERY

    async def stands(self) -> bool:
        if self._clock.now() >= self._ask_at:
            self._stands, self._ask_at = await self._ask(), self._clock.now() + RECHECK_EVERY
        return self._stands


class Screen:
    """A console at the end of a connection; follows a city's stream."""

    def __init__(self, console: Console, *, pending_max: int = PENDING_MAX) -> None:
        self.is_over = False
        self._console, self._pending_max = console, pending_max
        self._something = asyncio.Event()

    def hear(self, news: Sequence[News]) -> None:
        for each in news:
            self._console.hear(each)
        if self._console.waiting > self._pending_max:
            log.info("live_reader_cut_off")
            self.end()
        elif self._console.waiting:
            self._something.set()

    def end(self) -> None:
        self.is_over = True
        self._console.take(self._console.waiting)
        self._something.set()

    async def next(self) -> bytes:
        """The events that wait, or a sign of life."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._something.wait()
        except TimeoutError:
            return HEARTBEAT
        events = self._console.take(EVENTS_AT_ONCE)
        if not self._console.waiting:
            self._something.clear()
        return events


class Bell:
    """Tells a reader that something has happened, however much it was; follows a stream."""

    def __init__(self, ring: bytes) -> None:
        self.is_over = False
        self._ring = ring
        self._rung = asyncio.Event()

    def hear(self, news: Sequence[News]) -> None:
        if news:
            self._rung.set()

    def end(self) -> None:
        self.is_over = True
        self._rung.set()

    async def next(self) -> bytes:
        """The ring, or a sign of life."""
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                await self._rung.wait()
        except TimeoutError:
            return HEARTBEAT
        self._rung.clear()
        return self._ring


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
