import json

import pytest

from benchmarks.rebalancing import reference_night
from benchmarks.rebalancing.generator import Size, generate
from mobility.rebalancing.optimiser.night.file import dumps

SMALL = Size(stations=5, mopeds=12, cars=3, vans=1, bookings=1)


def test_the_reference_nights_are_solved_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference_night, "REFERENCE", SMALL)
    assert reference_night.main(["--nights", "2", "--seconds", "0.2"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(":")[0] for row in rows] == ["night 0", "night 1", "mean share of the way to the bound"]
    assert reference_night.main(["--nights", "1", "--seconds", "0.1", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["bound"] <= row["plan"]
    assert row["feasible"]


def test_a_plan_that_breaks_a_rule_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(reference_night, "REFERENCE", SMALL)
    monkeypatch.setattr(reference_night, "violations", lambda night, plan: ["a rule is broken"])
    assert reference_night.main(["--nights", "1", "--seconds", "0.1"]) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_a_seed_is_the_same_night() -> None:
    assert dumps(generate(4, SMALL)) == dumps(generate(4, SMALL))
    assert dumps(generate(4, SMALL)) != dumps(generate(5, SMALL))
