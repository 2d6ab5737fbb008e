"""The command that measures the optimiser on published files: here on small ones made by hand."""

import json
from pathlib import Path

import pytest

from benchmarks.rebalancing import brp
from benchmarks.rebalancing.brp import main
from benchmarks.rebalancing.instance_file import read_instance
from tests.support.tours import optimum, random_night, write_published

BROKEN = {
    "nothing": ("", "first three lines"),
    "words": ("a night\n0 1\n3\n", "first three lines"),
    "no number": ("two\n0 1\n3\n0 1\n1 0\n", "two is not a whole number"),
    "one pickup too few": ("3\n0 1\n3\n0 1 1\n1 0 1\n1 1 0\n", "2 pickups for 3 places"),
    "a pickup in halves": ("2\n0 1.5\n3\n0 1\n1 0\n", "1.5 is not a whole number"),
    "a line of costs too few": ("2\n0 1\n3\n0 1\n", "1 lines of costs for 2 places"),
    "a row too long": ("2\n0 1\n3\n0 1\n1 0 1\n", "costs from place 1 are 3 for 2 places"),
    "a cost beyond any number": ("2\n0 1\n3\n0 1e400\n1 0\n", "1e400 is not a whole number"),
    "a negative cost": ("2\n0 1\n3\n0 -4\n1 0\n", "cost"),
    "a negative capacity": ("2\n0 0\n-3\n0 1\n1 0\n", "capacity is -3"),
    "a place beyond the capacity": ("2\n0 -7\n3\n0 1\n1 0\n", "Place 1 asks for -7 vehicles; a van carries 3"),
    "no places": ("0\n\n3\n", "first three lines"),
}


def test_a_published_file_is_read_as_written(tmp_path: Path) -> None:
    written = random_night(9, capacity=5, seed=2)
    read = read_instance(write_published(tmp_path / "town.txt", written))
    assert (read.cost == written.cost).all()
    assert (read.pickups == written.pickups).all()
    assert read.capacity == 5


def test_one_json_line_per_file_has_the_plans_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    towns = [random_night(5, capacity=6, seed=seed) for seed in (1, 2)]
    files = [str(write_published(tmp_path / f"town{k}.txt", town)) for k, town in enumerate(towns)]
    assert main([*files, "--seconds", "0.3", "--seed", "7", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == ["town0", "town1"]
    assert [line["cost"] for line in lines] == [optimum(town) for town in towns]
    assert list(lines[0]) == ["name", "cost", "vehicles", "feasible", "seconds", "bound"]
    assert all(line["feasible"] and line["bound"] <= line["cost"] and line["vehicles"] >= 1 for line in lines)


def test_a_reference_beside_the_files_is_shown_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = random_night(5, capacity=6, seed=3)
    (tmp_path / "reference.csv").write_text(f"name,reference\ntown,{optimum(town)}\n")
    assert main([str(write_published(tmp_path / "town.txt", town)), "--seconds", "0.3"]) == 0
    row = capsys.readouterr().out
    assert f"reference {optimum(town):>9} (+0.00 %)" in row
    assert "feasible" in row


def test_a_plan_that_breaks_a_rule_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr(brp, "violations", lambda instance, plan: ["a rule is broken"])
    town = write_published(tmp_path / "town.txt", random_night(4, capacity=6, seed=3))
    assert main([str(town), "--seconds", "0.1", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["feasible"] is False


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_bad_file_is_one_sentence_and_nothing_is_solved(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = write_published(tmp_path / "good.txt", random_night(4, capacity=3, seed=1)), tmp_path / "bad.txt"
    bad.write_text(text)
    assert main([str(good), str(bad), "--seconds", "0.1"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{bad}: ")
    assert printed.err.count("\n") == 1
    assert words in printed.err


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path: Path, capsys) -> None:
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff")
    for name, words in {"absent.txt": "No such file", "photo.txt": "not a text file"}.items():
        assert main([str(tmp_path / name)]) == 2
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--seconds", "0"], ["--seconds", "inf"], ["--seed", "-1"], ["--seed", "x"]])
def test_an_option_that_means_nothing_is_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["town.txt", *option])
    assert left.value.code == 2
    assert option[0] in capsys.readouterr().err
