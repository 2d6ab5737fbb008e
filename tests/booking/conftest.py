import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.booking.service import load_tariffs
from tests.support.fleets import lakeport, load_fleet
from tests.support.rides import Story, add_rider


@pytest.fixture
async def story(session: AsyncSession, clock: FixedClock) -> Story:
    vehicles = await load_fleet(session, clock)
    await load_tariffs(session, clock, lakeport())
    rider = add_rider(session, clock)
    await session.flush()
    return Story(session, clock, vehicles, rider)
