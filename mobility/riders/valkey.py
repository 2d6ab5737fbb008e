import math
import time

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from mobility.base.errors import Unavailable
from mobility.riders.rules.codes import Count


class SignInUnavailable(Unavailable):
    """Nothing is counted, so nothing may pass: codes cost money and guesses must stay few."""

    code = "sign_in_unavailable"
    fr = "La connexion est momentanément impossible : réessayez dans une minute."
    en = "Signing in is not possible for a moment: try again in a minute."


class ValkeyLimiter:
    """A `Limiter` whose moving windows live in Valkey: each hit is one atomic script there."""

    def __init__(self, url: str) -> None:
        self._windows = MovingWindowRateLimiter(RedisStorage(f"async+{url}", implementation="redispy"))

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
