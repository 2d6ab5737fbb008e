"""The city's public pages of the API, with nobody signed in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, Response
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import FixedClock
from mobility.base.errors import Problem
from mobility.city.routes.cities import ROUTES
from mobility.city.rules.city_file import CityFile
from mobility.city.service import load_city
from mobility.geo.streets.network import save
from mobility.geo.streets.shelf import Streets, file_of
from tests.support.osm import Sheet


def refused(_: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, str]]:
    return Response({"code": problem.code}, status_code=problem.status)


@pytest.fixture
async def client(
    session: AsyncSession, clock: FixedClock, lakeport: CityFile, tmp_path: Path
) -> AsyncIterator[AsyncClient]:
    await load_city(session, clock, lakeport)
    streets = Streets(tmp_path)
    given = {"session": lambda: session, "clock": lambda: clock, "streets": lambda: streets}
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


async def test_a_city_tells_its_classes_and_bounds(client: AsyncClient) -> None:
    answer = (await client.get("/v1/cities/lakeport")).json()
    assert [each["code"] for each in answer["vehicle_types"]] == ["breeze", "pebble"]
    assert answer["bounds"] == {"west": 174.96, "south": -40.06, "east": 175.11, "north": -39.96}
    assert answer["centre"] == {"lon": 175.0, "lat": -40.0}
    assert answer["quarter_hour"] == {"walk_minutes": 10, "walking_speed_kmh": 5.0}


async def test_a_city_s_map_says_what_each_feature_is(client: AsyncClient) -> None:
    answer = await client.get("/v1/cities/lakeport/map")
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert kinds == ["commune", *["zone"] * 10, *["station"] * 3, "place"]
    assert features[2]["properties"] == {
        "kind": "zone",
        "code": "old-town",
        "name": {"en": "Old town", "mi": "Tāone tawhito"},
        "zone": "slow",
        "vehicle_types": ["breeze"],
        "max_speed_kmh": 25,
        "hours": [],
        "rule": {"maximum_speed_kph": 25},
    }
    market_day = features[5]["properties"]
    assert market_day["hours"][1] == {"days": ["PH"], "begins": "08:00", "ends": "12:00"}
    assert market_day["rule"] == {"ride_end_allowed": False}
    assert features[12]["geometry"] == {"type": "Point", "coordinates": [175.01, -40.0]}


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


async def rules_at(client: AsyncClient, **asked: object) -> Any:
    answer = await client.get("/v1/cities/lakeport/zones/at", params={"lon": 174.9745, "lat": -40.0055} | asked)
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["code"])


async def test_the_zone_that_decides_is_named(client: AsyncClient) -> None:
    """The market's bays in its square, on a Saturday morning and on a Friday, by Lakeport's clocks."""
    saturday = await rules_at(client, type="breeze", at="2026-06-20T09:00:00")
    (moped,) = saturday["rules"]
    assert (moped["ride_end_allowed"], moped["decided_by"]["ride_end_allowed"]) == (True, "market-bays")
    assert saturday["at"] == saturday["local"] == "2026-06-20T09:00:00+12:00"
    square = {"lon": 174.979, "type": "breeze"}
    (moped,) = (await rules_at(client, **square, at="2026-06-20T09:00:00"))["rules"]
    assert (moped["ride_end_allowed"], moped["decided_by"]["ride_end_allowed"]) == (False, "market-day")
    (moped,) = (await rules_at(client, **square, at="2026-06-19T09:00:00"))["rules"]
    assert (moped["ride_end_allowed"], moped["decided_by"]["ride_end_allowed"]) == (True, "town")
    assert [(zone["code"], zone["is_in_force"]) for zone in moped["zones"]] == [("market-day", False), ("town", True)]


async def test_every_class_is_told_its_rule_of_now_unless_one_is_asked_for(client: AsyncClient) -> None:
    answer = await rules_at(client, lon=175.001, lat=-40.001)
    assert answer["at"] == "2026-06-15T08:00:00Z"
    assert [item["vehicle_type"] for item in answer["rules"]] == ["breeze", "pebble"]
    assert [item["maximum_speed_kph"] for item in answer["rules"]] == [25, None]
    assert [item["station_parking"] for item in answer["rules"]] == [False, True]


async def test_outside_every_zone_the_floor_answers(client: AsyncClient) -> None:
    (moped,) = (await rules_at(client, lon=175.07, type="breeze"))["rules"]
    assert (moped["ride_end_allowed"], moped["ride_through_allowed"], moped["zones"]) == (False, True, [])
    assert set(moped["decided_by"].values()) == {None}


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"type": "hovercraft"}, (404, "unknown_vehicle_type")),
        ({"lon": 300}, (422, "position_out_of_range")),
        ({"lon": -40.0, "lat": 175.0}, (422, "position_out_of_range")),
        ({"at": "0001-01-01T00:00:00Z"}, (422, "time_too_far")),
        ({"at": "9999-12-31T23:59:59"}, (422, "time_too_far")),
    ],
)
async def test_a_rule_that_cannot_be_known_is_refused(client: AsyncClient, asked: Any, refusal: object) -> None:
    assert await rules_at(client, **asked) == refusal


RINGS = "/v1/cities/lakeport/isochrones?lon=175.0&lat=-40.0"


async def test_without_streets_rings_are_circles_and_say_so(client: AsyncClient) -> None:
    rings = (await client.get(RINGS)).json()
    about = [feature["properties"] for feature in rings["features"]]
    assert rings["type"] == "FeatureCollection"
    assert [each["minutes"] for each in about] == [15, 10, 5]
    assert {(each["basis"], each["detour_factor"], each["source"]) for each in about} == {("straight_line", 1.3, None)}


async def test_over_streets_a_ring_follows_them_and_names_their_source(client: AsyncClient, tmp_path: Path) -> None:
    street = Sheet(175.0, -40.0).node(1, -20, 0).node(2, 20, 0).way(10, [1, 2]).network(tmp_path)
    save(street, file_of(tmp_path, "lakeport", "walk"))
    (ring,) = (await client.get(f"{RINGS}&minutes=5")).json()["features"]
    assert ring["properties"] == {"minutes": 5, "basis": "streets", "detour_factor": None, "source": "made up"}
    lats = [lat for _, lat in ring["geometry"]["coordinates"][0]]
    assert max(lats) - min(lats) < 0.001
    (slow,) = (await client.get(f"{RINGS}&minutes=5&walker=slow_walk")).json()["features"]
    assert slow["properties"]["basis"] == "straight_line"


async def test_a_spoilt_network_is_told_and_not_walked_around(client: AsyncClient, tmp_path: Path) -> None:
    file_of(tmp_path, "lakeport", "walk").write_text("no network")
    answer = await client.get(RINGS)
    assert (answer.status_code, answer.json()["code"]) == (422, "streets_unreadable")


@pytest.mark.parametrize("asked", [{"minutes": 0}, {"minutes": 61}, {"minutes": [1] * 7}, {"walker": "flies"}])
async def test_a_walk_that_makes_no_sense_is_refused(client: AsyncClient, asked: dict[str, Any]) -> None:
    answer = await client.get("/v1/cities/lakeport/isochrones", params={"lon": 175, "lat": -40} | asked)
    assert answer.status_code in (400, 422)
