from collections.abc import Mapping
from datetime import date, timedelta

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

# As long as the quarantine, which says more about the same reports.
KEPT = timedelta(days=14)


class ValkeyTally:
    """A `Tally` of one hash a city and day, shared by all processes."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey

    async def add(self, day: date, counts: Mapping[str, Mapping[str, int]]) -> None:
        pipeline = self._valkey.pipeline(transaction=False)
        for city_id, counted in counts.items():
            for what, count in counted.items():
                pipeline.hincrby(_key(day, city_id), what, count)
            pipeline.expire(_key(day, city_id), KEPT)
        try:
            await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("reports_not_counted", error=type(error).__name__)

    async def read(self, day: date, city_id: str) -> dict[str, int]:
        counted = await self._valkey.hgetall(_key(day, city_id))
        return {_text(what): int(count) for what, count in counted.items()}


def _key(day: date, city_id: str) -> str:
    return f"telemetry:tally:{day}:{city_id}"


def _text(answer: bytes | str) -> str:
    return answer.decode() if isinstance(answer, bytes) else answer
