"""A copy of all that is held of a person, and its erasure: asked for now, done when nobody may ask for it any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.db.tables import IdempotencyKey
from mobility.privacy import queries
from mobility.privacy.rules.erasure import ErasureRefused, due_at
from mobility.riders import queries as riders
from mobility.riders.service import desk, guardianships
from mobility.riders.tables import Account, SignInCode

# Something has come up since it was asked for: a dispute, a ride that a colleague booked.
TRY_AGAIN_AFTER = timedelta(days=7)

Copy = Mapping[str, Sequence[Mapping[str, Any]]]


async def export(session: AsyncSession, clock: Clock, account_id: UUID) -> Copy:
    """All rows about a person, by table, without what would open something; that it was asked for is noted."""
    await desk.note(session, clock, account_id, desk.Decision.EXPORTED, by=account_id)
    tables = sorted(queries.tables_held().items(), key=lambda each: each[0].name)
    return {table.name: await queries.list_rows(session, table, held, account_id) for table, held in tables}


async def ask_erasure(session: AsyncSession, clock: Clock, account_id: UUID) -> datetime:
    """Sign the person out for good; the day on which they are forgotten.

    Raises
    ------
    ErasureRefused
    """
    account = await riders.lock_account(session, account_id)
    if obstacles := await queries.list_obstacles(session, account_id):
        raise ErasureRefused(obstacles)
    due = due_at(clock.now(), await queries.last_ride_ended_at(session, account_id))
    account.erasure_due_at = due
    for mine in await guardianships.list_of(session, account_id, limit=100):
        if mine.closed_at is None:
            await guardianships.end(session, clock, account_id, mine.id)
    await desk.close_sessions(session, clock, account_id)
    await desk.note(session, clock, account_id, desk.Decision.ERASURE_ASKED, by=account_id)
    await session.flush()
    return due


async def erase_due(session: AsyncSession, clock: Clock) -> int:
    """Forget those whose day has come; how many."""
    erased = 0
    for account in await queries.lock_due(session, clock.now()):
        if await queries.list_obstacles(session, account.id):
            account.erasure_due_at = clock.now() + TRY_AGAIN_AFTER
        else:
            await _erase(session, clock, account)
            erased += 1
    return erased


async def _erase(session: AsyncSession, clock: Clock, account: Account) -> None:
    reached = [address for address in (account.email, account.phone) if address]
    await session.execute(delete(SignInCode).where(SignInCode.address.in_(reached)))
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.subject == str(account.id)))
    for table, held in queries.tables_held().items():
        mine = queries.rows_of(table, held, account.id)
        if not held.kept:
            await session.execute(delete(table).where(mine))
        elif held.blanked:
            blank = {column: text(value) for column, value in held.blanked.items()}
            now = {"erased_at": clock.now()} if table.name == Account.__tablename__ else {}
            await session.execute(update(table).where(mine).values(blank | now))
