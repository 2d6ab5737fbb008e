from dataclasses import asdict
from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.unserved import COUNT_MAX, KEPT, Search, Unserved, unserved
from mobility.booking.tables import UnservedSearch
from mobility.city.service import get_city
from mobility.db.session import own_transaction

log = structlog.get_logger()

# A process hears no more people in a quarter-hour; beyond it repeats count again.
SEEN_MAX = 100_000


class Repeats:
    """Who has been counted in the quarter-hour that runs: in this process's memory, and behind a key that goes with it.

    Whoever looks ten times for a vehicle wants one ride.
    """

    def __init__(self) -> None:
        self._quarter_at: datetime | None = None
        self._seen: set[bytes] = set()
        self._key = token_bytes(32)

    def is_first(self, who: str, search: Unserved) -> bool:
        if search.quarter_at != self._quarter_at or len(self._seen) >= SEEN_MAX:
            self._quarter_at, self._seen, self._key = search.quarter_at, set(), token_bytes(32)
        seen = blake2b(f"{who} {search}".encode(), key=self._key, digest_size=16).digest()
        is_first = seen not in self._seen
        self._seen.add(seen)
        return is_first


async def missed(session: AsyncSession, clock: Clock, city_id: str, search: Search) -> Unserved | None:
    """What an empty search is counted as; None where it says nothing about the fleet (`rules.unserved`)."""
    return unserved(await get_city(session, city_id), search, clock.now())


async def count(session: AsyncSession, search: Unserved) -> None:
    """Add a search that found nothing to its count; in a transaction of its own, after the answer.

    A count that is lost is missed by nobody: what goes wrong is written to the log.
    """
    try:
        async with own_transaction(session) as beside:
            await beside.execute(_one_more(search))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("search_not_counted", error=type(error).__name__)


async def forget(session: AsyncSession, clock: Clock) -> int:
    """Delete counts older than `KEPT`; how many."""
    old = delete(UnservedSearch).where(UnservedSearch.quarter_at < clock.now() - KEPT)
    return len((await session.scalars(old.returning(UnservedSearch.searches))).all())


async def list_unserved(session: AsyncSession, city_id: str, begins: datetime, ends: datetime) -> list[UnservedSearch]:
    """The counts of a time, by quarter-hour."""
    within = UnservedSearch.quarter_at >= begins, UnservedSearch.quarter_at < ends
    found = select(UnservedSearch).where(UnservedSearch.city_id == city_id, *within)
    return list(await session.scalars(found.order_by(UnservedSearch.quarter_at)))


def _one_more(search: Unserved) -> Insert:
    first = insert(UnservedSearch).values(**asdict(search), searches=1)
    more = {"searches": func.least(UnservedSearch.searches + 1, COUNT_MAX)}
    return first.on_conflict_do_update(index_elements=UnservedSearch.__table__.primary_key, set_=more)
