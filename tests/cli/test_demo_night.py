"""The demo's first night, step by step."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.cli.demo_city import LOGINS
from mobility.cli.demo_night import FirstNight
from mobility.fleet.tables import VehicleStatus
from mobility.rebalancing.service import nights, plans, roster
from mobility.riders.service import get_or_create_account, grant_role
from mobility.settings import Settings
from tests.support.fleets import load_fleet
from tests.support.night_work import Piece, write_plan


async def test_a_night_is_asked_for_when_the_vehicles_have_spoken_and_the_crew_gets_the_busiest_tour(
    session: AsyncSession, clock: FixedClock
) -> None:
    await load_fleet(session, clock)
    crew = await get_or_create_account(session, clock, LOGINS["crew"])
    await grant_role(session, clock, crew.id, "crew", "lakeport")
    night = await nights.open_night(session, clock, "lakeport")
    first = FirstNight(Settings(database_url="postgresql://nowhere", redis_url="redis://nowhere"), "lakeport")

    assert not await first.step(session, clock)
    assert list(await plans.list_plans(session, night.id, limit=1)) == []

    await session.execute(update(VehicleStatus).values(report_seq=1))
    for _ in range(2):
        assert not await first.step(session, clock)
    (asked,) = await plans.list_plans(session, night.id, limit=9)
    assert (asked.state, asked.because) == ("asked", "evening")

    await plans.cancel(session, clock, asked.id)
    await write_plan(session, clock, Piece("swap", ["B-001"]), Piece("swap", ["B-002"], crew="late"))
    assert await first.step(session, clock)
    working = [(member.account_id, member.crew_code) for member, _ in await roster.list_roster(session, night.id)]
    assert working == [(crew.id, "early")]
