"""Live fan-out through Valkey streams: bounded, shared by all API processes, resumable by id."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis

# About ten minutes of a busy city; a reader that was away longer starts again from a snapshot.
STREAM_MAX_LENGTH = 10_000
READ_BLOCK_MS = 1_000
READ_COUNT = 200
BEGINNING = "0-0"
# One command for thousands of messages: as so many commands they cost this process ten times as much.
APPEND = """
    for at = 2, #ARGV do redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'd', ARGV[at]) end
"""
WRITTEN_ID = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")


class Overtaken(Exception):
    """The stream forgot messages before their reader came to them."""


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """One change; `id` orders the messages of a stream and is what a reader resumes from; `data` is JSON."""

    id: str
    data: bytes


class Live:
    """Publishes changes to named streams and reads them; holds no truth, may lose everything."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey

    async def publish(self, stream: str, message: object) -> None:
        """Append a message: whatever msgspec makes JSON of."""
        await self.publish_all(stream, [message])

    async def publish_all(self, stream: str, messages: Iterable[object]) -> None:
        """Append messages in their order, in one round trip."""
        if said := [msgspec.json.encode(message) for message in messages]:
            await self._valkey.eval(APPEND, 1, stream, str(STREAM_MAX_LENGTH), *said)

    async def last_id(self, stream: str) -> str:
        """The newest id; take it before a snapshot, then read from it: nothing falls between the two."""
        newest: list[tuple[bytes, Any]] = await self._valkey.xrevrange(stream, count=1)  # type: ignore[assignment]
        return newest[0][0].decode() if newest else BEGINNING

    async def holds(self, stream: str, id_: str) -> bool:
        """Whether the message is still there, so that reading after it misses nothing."""
        return bool(WRITTEN_ID.fullmatch(id_) and await self._valkey.xrange(stream, id_, id_, count=1))

    async def missed(self, stream: str, *, after: str, until: str) -> AsyncIterator[list[LiveMessage]]:
        """What came after the id `after`, up to the id `until` included, in batches."""
        while batch := _messages(await self._valkey.xrange(stream, f"({after}", until, count=READ_COUNT)):
            yield batch
            after = batch[-1].id

    async def read(self, stream: str, after: str) -> AsyncIterator[list[LiveMessage]]:
        """Batches of what came after the id `after`; an empty batch about every second of silence.

        Raises
        ------
        Overtaken
            Messages were forgotten before they were read.
        """
        while True:
            answer = await self._valkey.xread({stream: after}, count=READ_COUNT, block=READ_BLOCK_MS)
            batch = _messages(_entries(answer))
            # Whoever keeps up gets less than asked for; only who lags can have been overtaken.
            if len(batch) == READ_COUNT and after != BEGINNING and not await self.holds(stream, after):
                raise Overtaken
            if batch:
                after = batch[-1].id
            yield batch


def moment(id_: str) -> tuple[int, int]:
    """An id as numbers that order the messages of a stream: milliseconds, and the number within them."""
    at_ms, _, number = id_.partition("-")
    return int(at_ms), int(number)


def _messages(entries: Any) -> list[LiveMessage]:
    return [LiveMessage(id_.decode(), fields[b"d"]) for id_, fields in entries]


def _entries(answer: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The entries of the one stream asked for, whichever reply shape the protocol version gives."""
    if not answer:
        return []
    if isinstance(answer, dict):
        (batches,) = answer.values()
        return [entry for batch in batches for entry in batch] if batches and isinstance(batches[0], list) else batches
    return list(answer[0][1])
