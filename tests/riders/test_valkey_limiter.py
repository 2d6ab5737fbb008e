import asyncio
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from mobility.db.embedded import Servers
from mobility.riders.rules.codes import Count, Rate, SignInUnavailable
from mobility.riders.valkey import ValkeyLimiter

THREE_AN_HOUR = Rate(3, 3_600)


def some_count(rate: Rate = THREE_AN_HOUR) -> Count:
    return Count(rate, f"test:{uuid4()}")


@pytest.fixture
def limiter(valkey: Redis) -> ValkeyLimiter:
    return ValkeyLimiter(valkey)


async def test_a_rate_holds_across_processes_and_at_once(running_servers: Servers, limiter: ValkeyLimiter) -> None:
    count = some_count()
    async with Redis.from_url(running_servers.redis_url) as beside:
        second = ValkeyLimiter(beside)
        waits = await asyncio.gather(*(each.hit(count) for each in (limiter, second) for _ in range(10)))
    assert waits.count(0) == 3


async def test_a_refused_hit_says_how_long_to_wait(limiter: ValkeyLimiter) -> None:
    count = some_count()
    waits = [await limiter.hit(count) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert 3_500 < waits[3] <= 3_600


async def test_what_is_counted_apart_is_limited_apart(limiter: ValkeyLimiter) -> None:
    full = some_count()
    for _ in range(4):
        await limiter.hit(full)
    assert await limiter.hit(some_count()) == 0
    assert await limiter.hit(Count(Rate(3, 86_400), full.key)) == 0


async def test_without_valkey_nothing_passes() -> None:
    async with Redis.from_url("redis://127.0.0.1:1/0") as stopped:
        with pytest.raises(SignInUnavailable) as refused:
            await ValkeyLimiter(stopped).hit(some_count())
    assert (refused.value.code, refused.value.status) == ("sign_in_unavailable", 503)
