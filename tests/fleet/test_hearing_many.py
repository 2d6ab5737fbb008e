"""How many vehicles are heard at once decides how they are looked for."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.fleet.service import begin_hearing


@pytest.mark.parametrize(("vehicles", "plans"), [(500, "auto"), (5_000, "force_custom_plan")])
async def test_thousands_of_vehicles_are_looked_for_by_a_plan_of_their_own(
    session: AsyncSession, vehicles: int, plans: str
) -> None:
    await begin_hearing(session, vehicles)
    assert await session.scalar(text("SHOW plan_cache_mode")) == plans
