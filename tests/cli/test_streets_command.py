"""`mobility streets build`, as an operator types it."""

from pathlib import Path

from click.testing import CliRunner, Result

from mobility.cli.streets import streets
from mobility.geo.streets.shelf import Streets
from tests.support.osm import Sheet

LAKEPORT = Path(__file__).parents[1] / "support/cities/lakeport/city.toml"


def run(folder: Path, file: Path, city: Path = LAKEPORT) -> Result:
    environment = {"MOBILITY_STREETS": str(folder / "streets")}
    return CliRunner().invoke(streets, ["build", str(file), "--city", str(city)], env=environment)


def around(lon: float, lat: float) -> Sheet:
    return Sheet(lon, lat).node(1, -5, -5).node(2, 5, -5).node(3, 5, 5).way(10, [1, 2, 3, 1])


def test_a_file_becomes_a_network_for_each_way_to_move(tmp_path: Path) -> None:
    result = run(tmp_path, around(175.0, -40.0).write(tmp_path))
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()] == ["walk", "slow_walk", "drive", "Kept"]
    walked = Streets(tmp_path / "streets").find("lakeport", "walk")
    assert walked is not None
    assert walked.network.nodes == 3


def test_streets_of_another_region_are_refused(tmp_path: Path) -> None:
    result = run(tmp_path, around(2.6, 50.5).write(tmp_path))
    assert (result.exit_code, "none of the city's stations" in result.stderr) == (2, True)
    assert not (tmp_path / "streets").exists()


def test_a_file_that_cannot_be_read_is_a_sentence_and_status_2(tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "nowhere.osm.pbf")
    assert (result.exit_code, "nowhere.osm.pbf" in result.stderr) == (2, True)
