from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
MEANINGLESS = {"utils", "helpers", "helper", "common", "core", "lib", "misc", "manager", "managers"}


def test_every_arrow_of_import_points_down(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_no_room_is_without_a_meaning() -> None:
    rooms = {path.stem for path in (ROOT / "mobility").rglob("*") if path.suffix in {"", ".py"}}
    assert rooms.isdisjoint(MEANINGLESS)
