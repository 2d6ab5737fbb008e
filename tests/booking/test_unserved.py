from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, insert, select, update

from mobility.base.clock import FixedClock
from mobility.booking.rules.unserved import CELL_M, COUNT_MAX, KEPT, Search, Unserved, unserved
from mobility.booking.service.unserved import Repeats, count
from mobility.booking.tables import UnservedSearch
from mobility.booking.tasks import forget_searches
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity
from mobility.db.session import Sessions, transaction
from mobility.fleet.tables import VehicleStatus
from mobility.geo import LonLat, distance_m
from tests.support.rides import MARKET, Story

NOON = datetime(2026, 6, 15, 0, 7, 33, tzinfo=UTC)  # in Lakeport
FAR = LonLat(100.0, 10.0)


@pytest.fixture
def lakeport(town_file: CityFile) -> PreparedCity:
    return PreparedCity(town_file, "hash")


def search(origin: LonLat = MARKET, walk_minutes_max: float | None = None, type_code: str | None = None) -> Search:
    return Search(origin, walk_minutes_max, type_code)


def test_a_search_is_counted_for_a_square_and_a_quarter_hour(lakeport: PreparedCity) -> None:
    counted = unserved(lakeport, search(), NOON)
    assert counted is not None
    assert (counted.city_id, counted.type_code) == ("lakeport", "")
    assert counted.quarter_at == datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
    assert distance_m(MARKET, LonLat(counted.lon, counted.lat)) <= CELL_M * 0.75


def test_two_positions_of_a_square_are_the_same_count(lakeport: PreparedCity) -> None:
    first = unserved(lakeport, search(), NOON)
    assert first is not None
    corner = LonLat(first.lon + 0.003, first.lat - 0.003)
    assert unserved(lakeport, search(corner), NOON + timedelta(minutes=3)) == first


@pytest.mark.parametrize(
    ("asked", "now"),
    [
        (search(FAR), NOON),
        (search(walk_minutes_max=5), NOON),
        (search(), NOON - timedelta(hours=9)),
    ],
    ids=["outside the service area", "a walk shorter than near", "while the city is closed"],
)
def test_an_empty_answer_that_says_nothing_about_the_fleet_is_not_counted(
    lakeport: PreparedCity, asked: Search, now: datetime
) -> None:
    assert unserved(lakeport, asked, now) is None


def test_whoever_looks_again_in_the_quarter_hour_is_one(lakeport: PreparedCity) -> None:
    repeats, now = Repeats(), unserved(lakeport, search(), NOON)
    later = unserved(lakeport, search(), NOON + timedelta(minutes=15))
    assert now is not None
    assert later is not None
    assert [repeats.is_first(*each) for each in [("a", now), ("a", now), ("b", now), ("a", later)]] == [
        True, False, True, True,
    ]  # fmt: skip


async def test_a_count_stops_where_only_a_machine_goes_on(story: Story) -> None:
    await story.session.execute(
        insert(UnservedSearch).values(
            city_id="lakeport", quarter_at=NOON.replace(minute=0, second=0), type_code="", lon=175, lat=-40, searches=20
        )
    )
    await story.session.commit()
    await count(story.session, Unserved("lakeport", NOON.replace(minute=0, second=0), "", 175.0, -40.0))
    assert await story.session.scalar(select(UnservedSearch.searches)) == COUNT_MAX


async def test_a_count_that_cannot_be_kept_troubles_nobody(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await count(session, Unserved("atlantis", NOON.replace(minute=0, second=0), "", 0.0, 0.0))
    assert await counts(sessions) == []


async def test_counts_are_forgotten_after_a_year_and_a_season(story: Story, clock: FixedClock) -> None:
    begun = clock.now().replace(minute=0, second=0, microsecond=0)
    for age in (KEPT + timedelta(hours=1), KEPT - timedelta(hours=1)):
        row = {"city_id": "lakeport", "type_code": "", "lon": 175, "lat": -40, "searches": 1}
        await story.session.execute(insert(UnservedSearch).values(quarter_at=begun - age, **row))
    assert await forget_searches(story.session, clock) == 1
    assert await story.session.scalar(select(func.count()).select_from(UnservedSearch)) == 1


async def counts(sessions: Sessions) -> list[tuple[Any, ...]]:
    async with transaction(sessions) as session:
        rows = await session.execute(select(UnservedSearch.type_code, UnservedSearch.searches))
        return [tuple(row) for row in rows]


@pytest.mark.usefixtures("town")
async def test_an_empty_search_is_counted_once_after_its_answer(
    client: httpx.AsyncClient, sessions: Sessions, clock: FixedClock
) -> None:
    clock.advance(NOON - clock.now())
    path, here = "/v1/cities/lakeport/vehicles/nearby", {"lon": MARKET.lon, "lat": MARKET.lat}
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(heard_at=NOON))
    assert (await client.get(path, params=here)).json()["items"]
    assert await counts(sessions) == []
    async with transaction(sessions) as session:
        await session.execute(update(VehicleStatus).values(charge_percent=1))
    for _ in range(3):
        assert (await client.get(path, params=here | {"type": "breeze"})).json()["items"] == []
    assert await counts(sessions) == [("breeze", 1)]
