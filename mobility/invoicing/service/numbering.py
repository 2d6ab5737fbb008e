from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db import outbox
from mobility.invoicing import queries
from mobility.invoicing.events import DocumentNumbered
from mobility.invoicing.rules.numbers import Series

# A ride's end takes milliseconds from its clock to its commit: who ends first is numbered first.
SETTLED_AFTER = timedelta(seconds=2)
# One transaction's worth; the next turn comes at once.
TURN_MAX = 500


async def number_documents(session: AsyncSession, clock: Clock) -> int:
    """Give their numbers to the documents that wait for one; how many got it.

    The numbers of a series are given under its row's lock and committed with it: whoever dies gives none, and a
    second worker has nothing to do. A ride's end waits for nobody.
    """
    if not await queries.is_alone(session):
        return 0
    until = clock.now() - SETTLED_AFTER
    waiting = await queries.list_waiting_series(session, until)
    return sum([await _number(session, clock, series, until) for series in waiting])


async def _number(session: AsyncSession, clock: Clock, series: Series, until: datetime) -> int:
    last, now = await queries.lock_last_number(session, series), clock.now()
    numbered = await queries.number_waiting(session, series, last=last, until=until, now=now, limit=TURN_MAX)
    await queries.keep_last_number(session, series, last + len(numbered))
    told = [DocumentNumbered(document_id=each, city_id=series.city_id, at=now) for each in numbered]
    await outbox.record(session, clock, *told)
    return len(numbered)
