"""Loading a city, on the real database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.city import queries, service
from mobility.city.rules.city_file import CityFile
from mobility.city.tables import City, Station, Zone
from mobility.db.session import Sessions, transaction
from mobility.db.tables import OutboxMessage
from mobility.geo import LonLat


def without(city: CityFile, *, station: str, zone: str) -> CityFile:
    return msgspec.structs.replace(
        city,
        stations=tuple(each for each in city.stations if each.code != station),
        zones=tuple(each for each in city.zones if each.code != zone),
    )


async def rows(session: AsyncSession, table: type[Any]) -> dict[str, Any]:
    return {row.code: row for row in await session.scalars(select(table).execution_options(populate_existing=True))}


async def test_a_city_is_loaded_with_its_zones_and_stations(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile
) -> None:
    assert await service.load_city(session, clock, lakeport) == service.LoadResult("lakeport", 1, changed=True)
    stations = await queries.list_stations(session, "lakeport")
    assert [station.code for station in stations] == ["market", "terminal", "wharf"]
    assert (stations[0].lon, stations[0].lat, stations[0].bays, stations[0].chargers) == (175.01, -40.0, 2, 0)
    assert set(await rows(session, Zone)) == {zone.code for zone in lakeport.zones}
    assert (await rows(session, Zone))["market-day"].hours[1] == {"days": ["PH"], "begins": "08:00", "ends": "12:00"}


async def test_loading_the_same_file_again_changes_nothing(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile
) -> None:
    await service.load_city(session, clock, lakeport)
    before = {code: station.id for code, station in (await rows(session, Station)).items()}
    clock.advance(timedelta(days=1))
    assert await service.load_city(session, clock, lakeport) == service.LoadResult("lakeport", 1, changed=False)
    assert {code: station.id for code, station in (await rows(session, Station)).items()} == before
    assert await loadings(session) == [1]


async def test_what_leaves_the_file_is_retired_and_what_returns_keeps_its_identity(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile
) -> None:
    await service.load_city(session, clock, lakeport)
    market = (await rows(session, Station))["market"].id
    smaller = without(lakeport, station="market", zone="pier")
    assert (await service.load_city(session, clock, smaller)).version == 2
    assert [station.code for station in await queries.list_stations(session, "lakeport")] == ["terminal", "wharf"]
    assert (await rows(session, Station))["market"].retired_at == clock.now()
    assert (await rows(session, Zone))["pier"].retired_at == clock.now()
    assert (await service.load_city(session, clock, lakeport)).version == 3
    assert (await rows(session, Station))["market"].id == market
    assert (await rows(session, Station))["market"].retired_at is None
    assert await loadings(session) == [1, 2, 3]


async def test_a_change_of_the_file_is_seen_by_who_asks_next(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile
) -> None:
    pier = LonLat(175.001, -40.0)
    await service.load_city(session, clock, lakeport)
    first = await service.get_city(session, "lakeport")
    assert [zone.code for zone in first.zones.at(pier, vehicle_type="pebble")] == ["pier", "town"]
    assert await service.get_city(session, "lakeport") is first
    await service.load_city(session, clock, without(lakeport, station="none", zone="pier"))
    second = await service.get_city(session, "lakeport")
    assert [zone.code for zone in second.zones.at(pier, vehicle_type="pebble")] == ["town"]


async def test_a_city_that_is_not_loaded_is_refused(session: AsyncSession) -> None:
    with pytest.raises(service.UnknownCity) as refusal:
        await service.get_city(session, "atlantis")
    assert refusal.value.code == "unknown_city"


async def test_the_stored_city_is_the_file_s(session: AsyncSession, clock: FixedClock, lakeport: CityFile) -> None:
    await service.load_city(session, clock, lakeport)
    assert (await service.get_city(session, "lakeport")).file == lakeport
    city = await session.get_one(City, "lakeport")
    assert (city.name["mi"], city.currency, city.loaded_at) == ("Te Roto", "NZD", datetime(2026, 6, 15, 8, tzinfo=UTC))


async def test_two_cities_keep_their_stations_apart(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile
) -> None:
    twin = msgspec.structs.replace(lakeport, id="twin")
    await service.load_city(session, clock, lakeport)
    await service.load_city(session, clock, twin)
    await service.load_city(session, clock, without(twin, station="market", zone="pier"))
    assert len(await queries.list_stations(session, "lakeport")) == 3
    assert len(await queries.list_stations(session, "twin")) == 2


async def test_loaders_of_one_city_at_once_load_it_once(
    sessions: Sessions, clock: FixedClock, lakeport: CityFile
) -> None:
    async def load() -> service.LoadResult:
        async with transaction(sessions) as session:
            return await service.load_city(session, clock, lakeport)

    results = await asyncio.gather(*(load() for _ in range(5)))
    assert sorted(result.changed for result in results) == [False, False, False, False, True]
    assert {result.version for result in results} == {1}


async def loadings(session: AsyncSession) -> list[int]:
    """The versions told to other domains, in order."""
    told = select(OutboxMessage).where(OutboxMessage.topic == "city_loaded").order_by(OutboxMessage.id)
    return [message.payload["version"] for message in await session.scalars(told)]
