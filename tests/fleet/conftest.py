import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from tests.support.fleets import Street, load_fleet


@pytest.fixture
async def street(session: AsyncSession, clock: FixedClock) -> Street:
    return Street(session, clock, await load_fleet(session, clock))
