import pytest

from benchmarks.placement import covering


def test_a_city_is_covered_and_the_figures_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(covering, "SITES", 40)
    monkeypatch.setattr(covering, "POINTS", 90)
    assert covering.main(["--side-km", "8", "--stations", "5", "--seeds", "2", "--seconds", "30"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == ["city", "greedy", "local", "exact"] * 2
    assert all("proved" in row for row in rows if row.startswith("exact"))


def test_a_cover_that_breaks_a_rule_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covering, "SITES", 10)
    monkeypatch.setattr(covering, "POINTS", 20)
    monkeypatch.setattr(covering, "violations", lambda instance, plan: ["a rule is broken"])
    assert covering.main(["--stations", "2", "--seeds", "1"]) == 1
