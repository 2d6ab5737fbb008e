"""`mobility tariff preview`, as an operator types it."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.tariffs import NamedPlan
from mobility.cli.tariff import tariff
from mobility.db.embedded import Servers
from mobility.fleet.service import NewVehicle


@pytest.fixture
def environment(database_url: str, running_servers: Servers, town: list[NewVehicle]) -> dict[str, str]:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": running_servers.redis_url}
    return {**servers, "MOBILITY_CITY": "lakeport", "COLUMNS": "160"}


@pytest.fixture
def plan(town_file: CityFile) -> NamedPlan:
    """The first tariff of the town's file, a euro dearer at the start."""
    sold = msgspec.to_builtins(town_file.tariffs[0])
    del sold["effective_from"]
    return msgspec.convert(sold | {"price_cents": sold["price_cents"] + 100}, NamedPlan)


def preview(file: Path, environment: dict[str, str]) -> Result:
    return CliRunner().invoke(tariff, ["preview", str(file)], env=environment)


async def test_typical_rides_are_shown_by_the_draft_beside_the_tariff_in_force(
    tmp_path: Path, environment: dict[str, str], plan: NamedPlan
) -> None:
    file = tmp_path / "draft.json"
    file.write_bytes(msgspec.json.encode(plan))
    shown = await asyncio.to_thread(preview, file, environment)
    assert shown.exit_code == 0, shown.output
    short = next(line for line in shown.output.splitlines() if "5 min, 1 km" in line)
    assert "+1.00" in short
    assert shown.output.count("km") == 11


async def test_a_draft_that_contradicts_itself_is_refused_with_each_place(
    tmp_path: Path, environment: dict[str, str], plan: NamedPlan
) -> None:
    file = tmp_path / "draft.json"
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(plan, vehicle_type="zeppelin")))
    shown = await asyncio.to_thread(preview, file, environment)
    assert (shown.exit_code, "vehicle_type" in shown.output) == (2, True)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("nowhere.toml", None, "No such file"),
        ("draft.toml", "price = = 3", "Invalid"),
        ("draft.json", '{"code": "moped"}', "missing required field"),
        ("draft.json", "{", "draft.json"),
    ],
)
def test_a_file_that_holds_no_plan_is_a_sentence_and_status_2(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    shown = preview(file, {"COLUMNS": "160"})
    assert (shown.exit_code, said in shown.output, "Traceback" in shown.output) == (2, True, False)
