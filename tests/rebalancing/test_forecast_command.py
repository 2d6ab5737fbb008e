import asyncio
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from mobility.base.clock import FixedClock, SystemClock
from mobility.cli.forecast import forecast
from mobility.db.session import Sessions, transaction
from mobility.fleet.service import NewVehicle
from mobility.rebalancing.service.forecast import find_kept
from tests.support.pasts import Ridden, write_rides
from tests.support.rides import MARKET, add_rider

ELSEWHERE = {"REDIS_URL": "redis://127.0.0.1:1", "COLUMNS": "200"}
MISTAKES = [
    (["atlantis"], "not served"),
    (["lakeport", "--explain", "moon"], "no place 'moon'"),
    (["lakeport", "--day", "someday"], "does not match"),
    (["lakeport", "--day", "2999-01-01"], "60 days ahead at most"),
]


@pytest.fixture
async def url(database_url: str, sessions: Sessions, town: list[NewVehicle]) -> str:
    """Lakeport with two weeks of rides before now: the command's clock is the wall's."""
    now = SystemClock().now()
    async with transaction(sessions) as session:
        rider = add_rider(session, FixedClock(now))
        await session.flush()
        begins = [now - timedelta(days=day, minutes=20 * ride) for day in range(1, 15) for ride in range(3)]
        rides = [Ridden(town[0].id, at, at + timedelta(minutes=9), MARKET, MARKET) for at in begins]
        await write_rides(session, rider.account_id, rides)
    return database_url


async def run(url: str, *arguments: object) -> Result:
    """In a thread: the command runs a loop of its own."""
    given, environment = [str(argument) for argument in arguments], {"DATABASE_URL": url, **ELSEWHERE}
    return await asyncio.to_thread(CliRunner().invoke, forecast, given, env=environment)


async def test_a_day_is_told_as_a_table_a_document_and_a_picture(url: str, tmp_path: Path) -> None:
    shown = await run(url, "lakeport")
    assert shown.exit_code == 0, shown.output
    assert "42 rides" in shown.output
    assert "breeze" in shown.output
    picture = tmp_path / "day.png"
    told = json.loads((await run(url, "lakeport", "--json", "--picture", picture)).output)
    market = next(each for each in told["items"] if (each["place"], each["type"]) == ("market", "breeze"))
    assert market["departures_low"] < market["departures"] < market["departures_high"]
    assert sum(market["departures_by_hour"]) == pytest.approx(market["departures"], abs=1e-2)
    with Image.open(picture) as drawn:
        assert drawn.size == (960, 600)


async def test_a_place_is_explained_from_the_citys_file_to_the_forecast(url: str) -> None:
    shown = (await run(url, "lakeport", "--explain", "market")).output
    assert "Market (market)" in shown
    for line in ("the city's file", "the place's hours on that weekday", "forecast", "breeze: rides that end"):
        assert line in shown
    told = json.loads((await run(url, "lakeport", "--explain", "market", "--json")).output)
    assert [each["type_code"] for each in told["explained"]] == ["breeze", "pebble"]


async def test_a_forecast_with_weather_is_kept_for_the_night(url: str, sessions: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "weather.csv"
    file.write_text("day,rain_mm,temperature_c\n2026-03-02,1,12\n", encoding="utf-8")
    told = json.loads((await run(url, "lakeport", "--keep", "--json", "--weather", file)).output)
    async with transaction(sessions) as session:
        assert await find_kept(session, "lakeport", date.fromisoformat(told["day"])) is not None


async def test_a_mistake_is_a_sentence_and_status_2(url: str, tmp_path: Path) -> None:
    file = tmp_path / "weather.csv"
    file.write_text("day,rain_mm,temperature_c\n2026-03-02,wet,12\n", encoding="utf-8")
    for arguments, sentence in [*MISTAKES, (["lakeport", "--weather", file], "line 2")]:
        refused = await run(url, *arguments)
        assert refused.exit_code == 2, arguments
        assert sentence in " ".join(refused.output.split())
