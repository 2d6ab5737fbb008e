"""One reader of each live stream in a process, however many follow it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog

from mobility.db.live import Live, LiveMessage, moment

News = TypeVar("News")
Heard = TypeVar("Heard", contravariant=True)

log = structlog.get_logger()


class Follower(Protocol[Heard]):
    """Takes what it is given at once, without waiting: others wait behind it."""

    def hear(self, news: Sequence[Heard]) -> None: ...

    def end(self) -> None:
        """Nothing more comes, and something may have been lost: start again."""


@dataclass(eq=False)
class _Seat(Generic[News]):
    """A follower's place at a stream; `early` keeps what comes while it still hears what it missed."""

    follower: Follower[News]
    after: tuple[int, int]
    early: list[News] | None = field(default_factory=list)

    def hear(self, batch: Sequence[tuple[tuple[int, int], News]]) -> None:
        news = [each for at, each in batch if at > self.after]
        if self.early is None:
            self.follower.hear(news)
        else:
            self.early += news

    def catch_up(self) -> None:
        news, self.early = self.early or [], None
        self.follower.hear(news)


@dataclass(eq=False)
class _Feed(Generic[News]):
    """A stream that is being read; `position` is the id of what was handed on last, None before the start."""

    started: "asyncio.Future[str | None]"
    seats: list[_Seat[News]] = field(default_factory=list)
    position: str | None = None
    reader: "asyncio.Task[None] | None" = None


class Fanout(Generic[News]):
    """Hands the messages of streams to all who follow them; each message is read and understood once."""

    def __init__(self, live: Live, understand: Callable[[str, bytes], News]) -> None:
        self._live, self._understand = live, understand
        self._feeds: dict[str, _Feed[News]] = {}

    @asynccontextmanager
    async def following(self, stream: str, follower: Follower[News], *, after: str) -> AsyncIterator[None]:
        """Every message after the id `after` reaches the follower, once and in order, until the block is left."""
        feed = self._feeds.get(stream) or self._open(stream)
        # Taken together: each message is either up to `position` or reaches the seat.
        position, seat = feed.position, _Seat(follower, moment(after))
        feed.seats.append(seat)
        try:
            joined = position or await asyncio.shield(feed.started)
            if joined and moment(after) < moment(joined):
                async for batch in self._live.missed(stream, after=after, until=joined):
                    follower.hear([self._understand(message.id, message.data) for message in batch])
            seat.catch_up()
            yield
        finally:
            feed.seats.remove(seat)
            if not feed.seats:
                self._close(stream, feed)

    def count(self, stream: str) -> int:
        """How many follow a stream here."""
        feed = self._feeds.get(stream)
        return 0 if feed is None else len(feed.seats)

    def _open(self, stream: str) -> _Feed[News]:
        feed = self._feeds[stream] = _Feed[News](asyncio.get_running_loop().create_future())
        feed.reader = asyncio.create_task(self._read(stream, feed))
        return feed

    def _close(self, stream: str, feed: _Feed[News]) -> None:
        if self._feeds.get(stream) is feed:
            del self._feeds[stream]
        if feed.reader:
            feed.reader.cancel()

    async def _read(self, stream: str, feed: _Feed[News]) -> None:
        try:
            feed.position = await self._live.last_id(stream)
            feed.started.set_result(feed.position)
            async for batch in self._live.read(stream, feed.position):
                self._hand_on(feed, batch)
        except Exception as error:
            # What was published meanwhile may be lost: whoever follows starts again from a picture of the whole.
            log.warning("live_stream_broke_off", stream=stream, error=type(error).__name__)
            if self._feeds.get(stream) is feed:
                del self._feeds[stream]
            if not feed.started.done():
                feed.started.set_result(None)
            for seat in feed.seats:
                seat.follower.end()

    def _hand_on(self, feed: _Feed[News], batch: Sequence[LiveMessage]) -> None:
        if batch:
            news = [(moment(message.id), self._understand(message.id, message.data)) for message in batch]
            for seat in feed.seats:
                seat.hear(news)
            feed.position = batch[-1].id
