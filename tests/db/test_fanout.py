import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from mobility.db import live as live_module
from mobility.db.fanout import Fanout
from mobility.db.live import Live, LiveMessage, Overtaken


class Listener:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.ended = asyncio.Event()
        self._more = asyncio.Event()

    def hear(self, news: Sequence[int]) -> None:
        self.heard += news
        self._more.set()

    def end(self) -> None:
        self.ended.set()

    async def until(self, last: int) -> list[int]:
        async with asyncio.timeout(30):
            while not self.heard or self.heard[-1] != last:
                self._more.clear()
                await self._more.wait()
        return self.heard


class Counted(Live):
    """Counts its readers."""

    readers = 0

    async def read(self, stream: str, after: str) -> AsyncIterator[list[LiveMessage]]:
        self.readers += 1
        async for batch in super().read(stream, after):
            yield batch


def number(_: str, data: bytes) -> int:
    return int(data)


async def test_one_reader_serves_all_who_follow_a_stream(valkey: Redis) -> None:
    live = Counted(valkey)
    fanout = Fanout(live, number)
    listeners = [Listener() for _ in range(20)]
    async with AsyncExitStack() as following:
        for listener in listeners:
            await following.enter_async_context(fanout.following("s", listener, after="0-0"))
        await live.publish_all("s", range(5))
        assert [await listener.until(4) for listener in listeners] == [[0, 1, 2, 3, 4]] * 20
    assert live.readers == 1


async def test_a_reader_leaves_with_its_last_follower_and_another_comes_with_the_next(valkey: Redis) -> None:
    live = Counted(valkey)
    fanout = Fanout(live, number)
    for turn in range(2):
        async with fanout.following("s", listener := Listener(), after=await live.last_id("s")):
            await live.publish("s", turn)
            assert await listener.until(turn) == [turn]
    assert live.readers == 2


async def test_who_comes_late_hears_what_was_missed_and_then_the_rest_once_and_in_order(valkey: Redis) -> None:
    live = Live(valkey)
    fanout = Fanout(live, number)
    async with fanout.following("s", first := Listener(), after="0-0"):
        ids = []
        for each in range(300):  # more than one batch
            await live.publish("s", each)
            ids.append(await live.last_id("s"))
        await first.until(299)
        late = Listener()
        publishing = asyncio.create_task(live.publish_all("s", range(300, 400)))
        async with fanout.following("s", late, after=ids[9]):
            await publishing
            assert await late.until(399) == list(range(10, 400))
        assert await first.until(399) == list(range(400))


async def test_who_already_knows_more_than_the_reader_hears_nothing_twice(live: Live) -> None:
    fanout = Fanout(live, number)
    await live.publish_all("s", range(3))
    async with fanout.following("s", Listener(), after="0-0"):
        await live.publish("s", 3)
        known = await live.last_id("s")
        async with fanout.following("s", listener := Listener(), after=known):
            await live.publish("s", 4)
            assert await listener.until(4) == [4]


async def test_all_who_follow_are_told_when_the_stream_breaks_off() -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    async with Fanout(Live(nowhere), number).following("s", listener := Listener(), after="0-0"):
        async with asyncio.timeout(30):
            await listener.ended.wait()
    await nowhere.aclose()


async def test_a_reader_that_was_overtaken_says_so(live: Live, valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "READ_COUNT", 2)
    await live.publish("s", 0)
    reading = live.read("s", await live.last_id("s"))
    await live.publish_all("s", range(1, 6))
    await valkey.xtrim("s", maxlen=3, approximate=False)
    with pytest.raises(Overtaken):
        await anext(reading)
