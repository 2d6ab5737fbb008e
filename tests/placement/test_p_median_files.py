import json
from pathlib import Path

import pytest

from benchmarks.placement import pmed
from benchmarks.placement.instance_file import read_instance
from benchmarks.placement.pmed import main
from tests.support.sites import optimum, write_published

BROKEN = {
    "an empty file": ("", "the first line"),
    "a header without p": ("3 2\n1 2 5\n2 3 5\n", "the first line"),
    "a header in words": ("three 2 1\n1 2 5\n2 3 5\n", "three is not a whole number"),
    "no vertex": ("0 0 1\n", "0 vertices"),
    "an edge too few": ("3 3 1\n1 2 5\n2 3 5\n", "2 lines of edges instead of 3"),
    "an edge without cost": ("3 2 1\n1 2\n2 3 5\n", "an edge is two vertices and a cost"),
    "an edge to nowhere": ("3 2 1\n1 2 5\n2 4 5\n", "the edge 2 4"),
    "a negative cost": ("3 2 1\n1 2 5\n2 3 -5\n", "costs -5"),
    "a graph in two pieces": ("4 2 1\n1 2 5\n3 4 5\n", "not connected"),
    "more stations than vertices": ("3 2 4\n1 2 5\n2 3 5\n", "4 stations for 3 candidates"),
    "no stations": ("3 2 0\n1 2 5\n2 3 5\n", "0 stations"),
}


def test_distances_are_shortest_paths_and_an_edge_given_again_takes_its_last_cost(tmp_path: Path) -> None:
    (tmp_path / "town.txt").write_text("4 5 2\n1 2 1\n2 3 4\n1 3 100\n3 4 0\n2 1 3\n")
    instance = read_instance(tmp_path / "town.txt")
    assert instance.distance.tolist() == [[0, 3, 7, 7], [3, 0, 4, 4], [7, 4, 0, 0], [7, 4, 0, 0]]
    assert instance.stations_max == 2


def test_shortest_paths_are_those_of_floyd_and_warshall(tmp_path: Path) -> None:
    distance = read_instance(write_published(tmp_path / "town.txt", vertices=25, p=3, seed=4)).distance
    assert (distance == distance.T).all()
    assert all((distance <= distance[:, [k]] + distance[[k], :]).all() for k in range(25))


def test_one_json_line_per_file_has_the_plans_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [write_published(tmp_path / f"town{k}.txt", vertices=12, p=k, seed=k) for k in (2, 3)]
    assert main([*map(str, files), "--seconds", "5", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (
        [line["cost"] for line in lines]
        == [line["bound"] for line in lines]
        == [optimum(read_instance(f)) for f in files]
    )
    assert list(lines[0]) == ["name", "n", "p", "cost", "feasible", "seconds", "bound", "read_seconds"]
    assert [(line["name"], line["n"], line["p"], line["feasible"]) for line in lines] == [
        ("town2", 12, 2, True),
        ("town3", 12, 3, True),
    ]


def test_a_number_of_stations_given_replaces_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = write_published(tmp_path / "town.txt", vertices=12, p=5, seed=1)
    assert main([str(town), "--p", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["p"] == 1


def test_an_instance_like_the_published_ones_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town = write_published(tmp_path / "town.txt", vertices=120, p=10, seed=1)
    assert main([str(town), "--seconds", "60"]) == 0
    words = capsys.readouterr().out.split()
    assert words[words.index("bound") + 1] == words[5]


def test_an_optimum_beside_the_files_is_shown_in_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "optimum.csv").write_text("name,opt\ntown,123\n")
    assert main([str(write_published(tmp_path / "town.txt", vertices=8, p=2, seed=1))]) == 0
    assert capsys.readouterr().out.endswith("optimum      123\n")


def test_a_plan_that_breaks_a_rule_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr(pmed, "violations", lambda instance, plan: ["a rule is broken"])
    assert main([str(write_published(tmp_path / "town.txt", vertices=8, p=2, seed=1)), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["feasible"] is False


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_bad_file_is_one_sentence_and_nothing_is_solved(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = write_published(tmp_path / "good.txt", vertices=8, p=2, seed=1), tmp_path / "bad.txt"
    bad.write_text(text)
    assert main([str(good), str(bad)]) == 2
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


@pytest.mark.parametrize(
    "option", [["--seconds", "0"], ["--seconds", "inf"], ["--seed", "-1"], ["--p", "0"], ["--p", "x"]]
)
def test_an_option_that_means_nothing_is_refused(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["town.txt", *option])
    assert left.value.code == 2
    assert option[0] in capsys.readouterr().err
