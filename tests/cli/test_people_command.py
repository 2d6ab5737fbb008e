"""`mobility people`, as somebody who brings a city's figures types it."""

from pathlib import Path

from click.testing import CliRunner, Result

from mobility.cli.people import people

LAKEPORT = str(Path(__file__).parents[1] / "support/cities/lakeport/city.toml")
SOURCE = [
    "--source",
    "invented",
    "--name",
    "Invented",
    "--licence",
    "EUPL-1.2",
    "--as-of",
    "2026-01-01",
    "--url",
    "https://example.org/",
]
GRID = "square,lives_in,adults\nA1,01,40\nA2,01,2\n"
PLACES = "id,name,kind,lon,lat\nquay,Quay,rail,175.0,-40.0\n"
COLUMNS = ["--column", "id=square", "--column", "commune=lives_in", "--column", "residents=adults"]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(people, [str(each) for each in (*arguments, "--city", LAKEPORT)])


def test_a_strangers_file_is_imported_with_its_source_and_shown(tmp_path: Path) -> None:
    (tmp_path / "grid.csv").write_text(GRID, encoding="utf-8")
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    files = (tmp_path / "grid.csv", "--places", tmp_path / "places.csv")
    imported = run("import", *files, *SOURCE, *COLUMNS, "--folder", tmp_path / "kept")
    assert imported.exit_code == 0, imported.output
    shown = run("show", "--folder", tmp_path / "kept")
    assert shown.exit_code == 0, shown.output
    for said in ("42 residents of 1 communes", "Lakeport", "rail", "https://example.org/"):
        assert said in shown.output
    again = run("import", *files, *SOURCE, *COLUMNS, "--folder", tmp_path / "kept")
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


def test_what_is_refused_is_said_line_by_line_and_nothing_is_kept(tmp_path: Path) -> None:
    rows = "\n".join(f"A{number},01,-1" for number in range(30))
    (tmp_path / "grid.csv").write_text(f"square,lives_in,adults\n{rows}\n", encoding="utf-8")
    refused = run("import", tmp_path / "grid.csv", *SOURCE, *COLUMNS, "--folder", tmp_path / "kept")
    assert (refused.exit_code, (tmp_path / "kept").exists()) == (2, False)
    assert "people.csv:2 residents" in refused.stderr
    assert "and 10 more" in refused.stderr


def test_a_column_without_a_name_and_a_missing_file_are_a_sentence(tmp_path: Path) -> None:
    nameless = run("import", "grid.csv", *SOURCE, "--column", "residents", "--folder", tmp_path)
    assert (nameless.exit_code, "OURS=THEIRS" in nameless.stderr) == (2, True)
    missing = run("import", tmp_path / "grid.csv", *SOURCE, "--folder", tmp_path)
    assert (missing.exit_code, "grid.csv" in missing.stderr) == (2, True)
    assert run("check", "--folder", tmp_path).exit_code == 2
