"""What the worker does for documents. Each runs in one transaction: whoever dies has done nothing."""

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.invoicing import queries, service
from mobility.invoicing.ports import Typesetter

# Accounting records are kept for ten years after the year they are of; the database lets none go before.
KEPT_YEARS = 10


async def number_documents(session: AsyncSession, clock: Clock) -> int:
    return await service.number_documents(session, clock)


async def send_statements(session: AsyncSession, clock: Clock, typesetter: Typesetter) -> int:
    return await service.send_statements(session, clock, typesetter)


async def forget_old_documents(session: AsyncSession, clock: Clock) -> int:
    return await queries.drop_documents(session, before_year=clock.now().year - KEPT_YEARS)
