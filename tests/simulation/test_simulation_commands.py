"""`mobility simulate` and `mobility plan backtest` as their callers see them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mobility.cli.backtest import backtest
from mobility.cli.simulate import simulate
from tests.conftest import TOWN


def test_a_city_is_simulated_and_drawn(tmp_path: Path) -> None:
    drawn = tmp_path / "town.svg"

    arguments = [str(TOWN), "--days", "3", "--warm-up", "1", "--seed", "4", "--from", "2026-06-15", "--json"]
    arguments += ["--streets", str(tmp_path)]
    first, second = (CliRunner().invoke(simulate, [*arguments, "--picture", str(drawn)]) for _ in range(2))

    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    found = json.loads(first.stdout)
    assert found["a_day"]["asked"]["mean"] > 0
    assert found["walks"] == {"basis": "straight_line", "detour_factor": 1.3}
    assert sum(found["asked_by_hour"]) == pytest.approx(2 * found["a_day"]["asked"]["mean"])
    assert drawn.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "There is no city"),
        ([str(TOWN), "--days", "-1"], "not in the range"),
        ([str(TOWN), "--replications", "0"], "not in the range"),
        ([str(TOWN), "--days", "2", "--warm-up", "2"], "shorter than the days"),
        ([str(TOWN), "--crews", "robots"], "robots"),
    ],
)
def test_what_cannot_be_simulated_is_a_sentence(arguments: list[str], sentence: str) -> None:
    done = CliRunner().invoke(simulate, arguments)

    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "one of the two"),
        (["bethune", "--reference"], "one of the two"),
        (["nowhere"], "There is no city"),
        (["--reference", "--nights", "0"], "not in the range"),
    ],
)
def test_what_cannot_be_tried_is_a_sentence(arguments: list[str], sentence: str) -> None:
    done = CliRunner().invoke(backtest, arguments)

    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split())
