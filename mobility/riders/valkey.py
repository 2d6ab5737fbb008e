import math
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mobility.riders.rules.codes import Count, SignInUnavailable


class ValkeyLimiter:
    """A `Limiter` whose moving windows live in Valkey: each hit is one atomic script there."""

    def __init__(self, valkey: Redis) -> None:
        """Uses the client's connections, and so is closed with it."""
        storage = RedisStorage(
            "redis://",
            implementation="redispy",
            connection_pool=valkey.connection_pool,  # type: ignore[arg-type]  # documented, missing in its annotation
        )
        self._windows = MovingWindowRateLimiter(storage)

    async def hit(self, count: Count) -> int:
        item = RateLimitItemPerSecond(count.rate.amount, count.rate.per_s)
        try:
            if await self._windows.hit(item, count.key):
                return 0
            stats = await self._windows.get_window_stats(item, count.key)
        except (RedisError, OSError):
            raise SignInUnavailable from None
        # The windows run on the process's clock, like those of the library.
        return min(max(math.ceil(stats.reset_time - time.time()), 1), count.rate.per_s)
