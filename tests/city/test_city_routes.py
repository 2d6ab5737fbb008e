"""The city's public pages of the API, with nobody signed in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, Response
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.routes import ROUTES
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city


def refused(_: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, str]]:
    return Response({"code": problem.code}, status_code=problem.status)


@pytest.fixture
async def client(session: AsyncSession, clock: FixedClock, lakeport: CityFile) -> AsyncIterator[AsyncClient]:
    await load_city(session, clock, lakeport)
    given = {"session": lambda: session, "clock": lambda: clock}
    app = Litestar(
        ROUTES,
        dependencies={name: Provide(value, sync_to_thread=False) for name, value in given.items()},
        exception_handlers={Problem: refused},
    )
    async with AsyncClient(transport=ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def test_the_cities_served_are_listed(client: AsyncClient) -> None:
    answer = (await client.get("/v1/cities")).json()
    name = {"en": "Lakeport", "mi": "Te Roto"}
    city = {"id": "lakeport", "name": name, "time_zone": "Pacific/Auckland", "currency": "NZD"}
    assert answer == {"items": [city], "next": None}


async def test_a_city_tells_its_classes_bounds_and_the_prices_of_today(client: AsyncClient) -> None:
    answer = (await client.get("/v1/cities/lakeport")).json()
    assert [each["code"] for each in answer["vehicle_types"]] == ["breeze", "pebble"]
    assert [each["code"] for each in answer["tariffs"]] == ["breeze-minute", "pebble-hour-2025"]
    assert answer["bounds"] == {"west": 174.96, "south": -40.06, "east": 175.11, "north": -39.96}
    assert answer["centre"] == {"lon": 175.0, "lat": -40.0}
    assert answer["quarter_hour"] == {"walk_minutes": 10, "walking_speed_kmh": 5.0}


async def test_a_city_s_map_says_what_each_feature_is(client: AsyncClient) -> None:
    answer = await client.get("/v1/cities/lakeport/map")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds == ["commune", *["zone"] * 4, *["station"] * 3, "place"]
    assert features[2]["properties"] == {
        "kind": "zone",
        "code": "old-town",
        "name": {"en": "Old town", "mi": "Tāone tawhito"},
        "zone": "slow",
        "vehicle_types": ["breeze"],
        "max_speed_kmh": 25,
    }
    assert features[6]["geometry"] == {"type": "Point", "coordinates": [175.01, -40.0]}


async def test_a_map_that_has_not_changed_is_not_sent_again(client: AsyncClient) -> None:
    first = await client.get("/v1/cities/lakeport/map")
    assert first.headers["cache-control"] == "public, max-age=300"
    again = await client.get("/v1/cities/lakeport/map", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = await client.get("/v1/cities/lakeport/map", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_stations_are_listed_page_by_page(client: AsyncClient) -> None:
    first = (await client.get("/v1/cities/lakeport/stations", params={"limit": 2})).json()
    assert [station["code"] for station in first["items"]] == ["market", "terminal"]
    last = (await client.get("/v1/cities/lakeport/stations", params={"limit": 2, "after": first["next"]})).json()
    assert [station["code"] for station in last["items"]] == ["wharf"]
    assert last["next"] is None
    assert last["items"][0]["position"] == {"lon": 175.0, "lat": -40.0}


@pytest.mark.parametrize("path", ["", "/map", "/stations"])
async def test_a_city_that_is_not_served_is_not_found(client: AsyncClient, path: str) -> None:
    answer = await client.get(f"/v1/cities/atlantis{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_city")


@pytest.mark.parametrize("limit", ["0", "101", "many"])
async def test_a_page_of_no_sensible_size_is_refused(client: AsyncClient, limit: str) -> None:
    assert (await client.get("/v1/cities/lakeport/stations", params={"limit": limit})).status_code == 400
