"""`mobility city check` and `mobility city load`, as an operator types them."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mobility.cli.city import city
from mobility.db.embedded import Servers

LAKEPORT = Path(__file__).parents[1] / "support/cities/lakeport"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A copy of the fictional city's file that may be spoilt."""
    return Path(shutil.copytree(LAKEPORT, tmp_path / "lakeport")) / "city.toml"


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(city, [str(argument) for argument in arguments], env=environment)


def test_a_sound_file_is_summed_up_in_a_line(file: Path) -> None:
    result = run("check", file)
    assert result.exit_code == 0
    assert result.output == "Lakeport: 10 zones, 3 stations, 8 vehicles, 1 communes, 1 places.\n"


def test_a_spoilt_file_is_refused_with_one_line_for_each_error_and_status_2(file: Path) -> None:
    spoilt = file.read_text(encoding="utf-8").replace("bays = 3", "bays = -3").replace('"NZD"', '"AUD"', 1)
    file.write_text(spoilt, encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "stations[0].bays: Expected `int` >= 1 (wrong_value)",
        "tariffs[0].currency: is NZD, but the city's currency is AUD (currency_differs)",
        "tariffs[1].currency: is NZD, but the city's currency is AUD (currency_differs)",
        "tariffs[2].currency: is NZD, but the city's currency is AUD (currency_differs)",
        "The city file is refused: 4 error(s).",
    ]


def test_a_file_that_is_not_there_is_a_sentence_and_status_2(tmp_path: Path) -> None:
    result = run("check", tmp_path / "nowhere.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{tmp_path}/nowhere.toml: No such file or directory (file_missing)")


def test_a_loaded_city_has_its_vehicles_whose_keys_are_kept_once(
    file: Path, tmp_path: Path, database_url: str, running_servers: Servers
) -> None:
    keys = tmp_path / "keys.jsonl"
    servers = {"DATABASE_URL": database_url, "REDIS_URL": running_servers.redis_url}
    first = run("load", file, "--keys", keys, **servers)
    assert (first.exit_code, first.output.splitlines()[-1]) == (0, "Loaded, with 8 new vehicles.")
    again = run("load", file, "--keys", keys, **servers)
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "Loaded, with 0 new vehicles.")
    plates = [json.loads(line)["plate"] for line in keys.read_text(encoding="utf-8").splitlines()]
    assert sorted(plates) == ["B-001", "B-002", "B-003", "B-004", "B-005", "P-001", "P-002", "P-003"]
