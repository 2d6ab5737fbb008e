"""Studies of a tiny town: answered, killed and taken up again, refused, printed."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from mobility.base.errors import Problem
from mobility.cli.study import study
from mobility.placement.folder import Cabinet, StudyFolder, StudyNotKept, UnknownStudy, read_inputs
from mobility.placement.html import page
from mobility.placement.matplotlib import draw
from mobility.placement.processes import Processes
from mobility.placement.ray import ClusterUnreachable, RayCluster
from mobility.placement.rules.document import Answer
from mobility.placement.rules.report import as_lines, report_of
from mobility.placement.service.arena import Arena
from mobility.placement.service.inputs import Inputs, ground_for
from mobility.placement.service.studies import StudyStopped, run_study
from mobility.placement.service.town import study_town
from mobility.placement.typst import pdf
from tests.conftest import ROOT
from tests.support.studies import inputs_in, write_study

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
# Whoever runs the tests in the background ignores Ctrl-C, and so do the processes that they begin.
HEARS_INTERRUPTS = """
import signal
from mobility.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@dataclass
class Power:
    """Runs here, until the power fails after so many runs."""

    runs_left: int = 1_000
    ran: list[str] = field(default_factory=list)

    def run(self, work: Callable[[Any], Any], tasks: Sequence[Any], *, cancelled: Callable[[], bool]) -> Iterator[Any]:
        for number, task in enumerate(tasks):
            if self.runs_left == 0:
                raise ConnectionError
            self.runs_left -= 1
            self.ran.append(task.name)
            yield number, work(task)


@dataclass(frozen=True)
class Done:
    inputs: Inputs
    folder: StudyFolder
    answer: Answer


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("study")
    inputs = inputs_in(folder)
    kept = Cabinet(folder / "kept").folder_of(inputs, NOW)
    answer = run_study(inputs, kept, Processes(1))
    kept.answer(answer)
    return Done(inputs, kept, answer)


def test_a_study_answers_where_for_how_much_and_for_whom(done: Done) -> None:
    answer = done.answer
    today, small, large = (answer.scenario(code) for code in ("today", "budget-7000", "budget-15000"))
    assert today.place.invested_cents == 0
    assert [each.code for each in today.place.stations] == ["wharf", "market", "terminal"]
    assert today.reach.within < small.reach.within <= large.reach.within
    assert small.place.invested_cents <= 700_000
    assert large.place.invested_cents <= 1_500_000
    assert {each.group for each in large.reach.groups} == {"without_licence", "carless"}
    assert sum(each.residents for each in large.reach.communes) == large.reach.residents
    assert all(each.bays <= 2 for each in large.place.stations if each.code == "east")
    assert large.place.bound <= large.place.loss


def test_what_opens_in_one_year_stays_in_the_next(done: Done) -> None:
    steps = done.answer.scenario("steps")
    first, second = steps.place.invested_by_year_cents
    assert first <= 750_000
    assert first <= second <= 1_500_000
    assert steps.reach.by_year[0] <= steps.reach.by_year[1] == steps.reach.within
    assert {each.year for each in steps.place.stations} <= {1, 2}


def test_days_are_compared_rider_for_rider(done: Done) -> None:
    today = done.answer.scenario("today").played
    assert today is not None
    assert all(each.mean == 0 and each.half_width == 0 for each in today.differences.values())
    best = done.answer.scenario(done.answer.recommended).played
    assert best is not None
    assert best.differences["asked"].mean == 0
    assert best.figures["trips"].mean > today.figures["trips"].mean
    money = {name: each.mean for name, each in best.figures.items()}
    spent = money["fixed_cents"] + money["crew_cents"] + money["energy_cents"]
    assert money["subsidy_cents"] == pytest.approx(spent - money["revenue_net_cents"])
    assert money["co2_with_making_kg"] > money["co2_kg"] > 0


def test_a_study_that_is_killed_goes_on_without_repeating_a_run(done: Done, tmp_path: Path) -> None:
    kept = Cabinet(tmp_path).folder_of(done.inputs, NOW)
    failing = Power(runs_left=6)
    with pytest.raises(ConnectionError):
        run_study(done.inputs, kept, failing)
    (kept.path / "runs" / ".half-written").write_bytes(b"{")
    going_on = Power()
    answer = run_study(done.inputs, kept, going_on)
    assert len(failing.ran) == 6
    assert not set(failing.ran) & set(going_on.ran)
    assert answer.recommended == done.answer.recommended
    nothing = Power(runs_left=0)
    assert run_study(done.inputs, kept, nothing) == answer


def test_a_cancelled_study_keeps_what_is_finished(done: Done, tmp_path: Path) -> None:
    kept = Cabinet(tmp_path).folder_of(done.inputs, NOW)
    with pytest.raises(StudyStopped):
        run_study(done.inputs, kept, Processes(1), cancelled=lambda: kept.manifest().runs == 1)
    assert kept.manifest().runs == 1
    assert not kept.manifest().is_answered


def test_a_study_stopped_and_killed_as_a_process_repeats_nothing_and_ends_the_same(done: Done, tmp_path: Path) -> None:
    path, kept = write_study(tmp_path), tmp_path / "kept"
    status, told = interrupted(path, kept, signal.SIGINT, runs=1)
    assert (status, "Finished runs are kept" in told) == (2, True), told
    status, _ = interrupted(path, kept, signal.SIGKILL, runs=len(finished(kept)) + 1)
    assert status == -signal.SIGKILL
    before = finished(kept)
    assert len(before) >= 2
    assert not list(kept.glob("*/answer.json"))
    inputs, going_on = read_inputs(path, version("mobility")), Power()
    answer = run_study(inputs, Cabinet(kept).folder_of(inputs, NOW), going_on)
    assert not set(before) & {f"{name}.json" for name in going_on.ran}
    after = finished(kept)
    assert {name: after[name] for name in before} == before
    for one, other in zip(answer.scenarios, done.answer.scenarios, strict=True):
        assert (one.reach, one.played) == (other.reach, other.played)


def interrupted(path: Path, kept: Path, by: signal.Signals, *, runs: int) -> tuple[int, str]:
    """The exit status, and what was said, of a study in a process that hears the signal once it has so many runs."""
    arguments = ["study", "run", str(path), "--processes", "1", "--folder", str(kept)]
    command = [sys.executable, "-c", HEARS_INTERRUPTS, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        until = time.monotonic() + 240
        while len(finished(kept)) < runs and running.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        running.send_signal(by)
        told = running.communicate()[1]
    return running.returncode, told


def finished(kept: Path) -> dict[str, tuple[int, int]]:
    """By the run's name, which file it is: one that is written again is another."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in kept.glob("*/runs/*.json")}


def test_a_full_disk_is_told_and_loses_nothing_that_is_finished(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path, kept = write_study(tmp_path), tmp_path / "kept"
    synced, sync = [], os.fsync

    def until_it_is_full(file: int) -> None:
        if len(synced) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        synced.append(file)
        sync(file)

    monkeypatch.setattr(os, "fsync", until_it_is_full)
    told = CliRunner().invoke(study, ["run", str(path), "--processes", "1", "--folder", str(kept)])
    assert told.exit_code == 2
    assert "No space left" in told.output
    assert sorted(each.name for each in kept.rglob("*") if each.is_file()) == [
        "place-budget-7000.json",
        "place-today.json",
        "study.json",
    ]


def test_a_folder_that_cannot_be_made_is_told_before_anything_runs(tmp_path: Path) -> None:
    path = write_study(tmp_path)
    with pytest.raises(StudyNotKept) as refused:
        Cabinet(path).folder_of(inputs_in(tmp_path), NOW)
    assert refused.value.code == "study_not_kept"
    told = CliRunner().invoke(study, ["run", str(path), "--folder", str(path / "kept")])
    assert told.exit_code == 2
    assert "cannot be written" in told.output


def test_the_id_follows_from_the_content_alone(done: Done, tmp_path: Path) -> None:
    assert inputs_in(tmp_path).id == done.inputs.id
    assert inputs_in(tmp_path, **{"bay_cents = 10_000": "bay_cents = 10_001"}).id != done.inputs.id


REFUSED = {
    ("study_refused", "no class"): {'vehicle_type = "pebble"\nfirst': 'vehicle_type = "plane"\nfirst'},
    ("study_refused", "needs no stations"): {'vehicle_type = "pebble"\nfirst': 'vehicle_type = "breeze"\nfirst'},
    ("study_refused", "not shorter"): {"warm_up = 0": "warm_up = 2"},
    ("study_refused", "fall from year"): {"years = [0.5, 1.0]": "years = [1.0, 0.5]"},
    ("study_refused", "described twice"): {'code = "steps"': 'code = "today"'},
    ("study_refused", "do not rise"): {"[700_000, 1_500_000]": "[2, 1]"},
    ("study_refused", "unknown field"): {"seconds = 0.4": "hours = 3"},
    ("study_refused", "no station and no candidate"): {"years = [0.5, 1.0]": 'closes = ["nowhere"]'},
    ("study_refused", "cannot be read"): {'"candidates.csv"': '"missing.csv"'},
    ("placement_budget_too_small", "at least"): {"budget_cents = 1_500_000": "budget_cents = 10_000"},
    ("placement_fixed_contradicts", "to go"): {"years = [0.5, 1.0]": 'opens = ["wharf"]\ncloses = ["wharf"]'},
    ("placement_fixed_too_near", "nearer than"): {
        "years = [0.5, 1.0]": 'opens = ["north", "east"]',
        "budget_cents = 1_500_000": "budget_cents = 9_000_000",
        "spacing_m = 100": "spacing_m = 9_000",
    },
}


@pytest.mark.parametrize("wanted", REFUSED)
def test_what_cannot_be_studied_is_refused_before_anything_runs(wanted: tuple[str, str], tmp_path: Path) -> None:
    code, sentence = wanted
    power = Power()
    with pytest.raises(Problem) as refused:
        inputs = inputs_in(tmp_path, **REFUSED[wanted])
        run_study(inputs, Cabinet(tmp_path).folder_of(inputs, NOW), power)
    assert refused.value.code == code
    assert sentence in str(refused.value)
    assert power.ran == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [("a,A,square,175.06,-40.0,", "outside the service area"), ("a,A,square,east,-40,", "cannot be read")],
)
def test_an_unusable_candidate_is_named(row: str, sentence: str, tmp_path: Path) -> None:
    path = write_study(tmp_path)
    with (path.parent / "candidates.csv").open("a") as file:
        file.write(row + "\n")
    told = CliRunner().invoke(study, ["run", str(path), "--folder", str(tmp_path / "kept")])
    assert told.exit_code == 2
    assert sentence in " ".join(told.output.replace("│", "").split())


@pytest.mark.parametrize(
    ("language", "group"), [("fr", "Sans permis de conduire"), ("en", "Without a driving licence")]
)
def test_the_report_is_in_the_studys_language(done: Done, language: str, group: str) -> None:
    answer = msgspec.structs.replace(done.answer, language=language)
    lines = list(as_lines(report_of(answer, done.inputs.study, NOW.date()).blocks))
    assert group in lines
    assert not any("{" in line for line in lines)


def test_a_council_can_read_the_report(done: Done) -> None:
    answer = done.answer
    pictures = draw(answer, done.inputs.city)
    assert set(pictures) == {"map", "front", "communes", "played"}
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())
    report = report_of(answer, done.inputs.study, NOW.date())
    printed = pdf(report, pictures, NOW)
    assert len(PdfReader(BytesIO(printed)).pages) >= 3
    html = page(report, answer, done.inputs.city, pictures)
    assert 'src="data:image/png' in html
    assert not any(word in html for word in ('src="http', "<link", "@import", "url(http", "fetch("))


def test_studies_are_run_listed_shown_and_compared(tmp_path: Path) -> None:
    path = write_study(tmp_path, **{"simulate = 1": "simulate = 0", "replications = 2": "replications = 1"})
    kept = ["--folder", str(tmp_path / "kept")]
    run = CliRunner().invoke(study, ["run", str(path), "--processes", "1", *kept])
    assert run.exit_code == 0, run.output
    assert (tmp_path / "kept").glob("*/report.pdf")
    listed = CliRunner().invoke(study, ["list", *kept])
    assert "lake" in listed.output
    shown = CliRunner().invoke(study, ["show", "lake", "--json", *kept])
    answer = msgspec.json.decode(shown.stdout, type=Answer)
    assert answer.study_id in run.output
    assert CliRunner().invoke(study, ["show", answer.study_id[:5], *kept]).exit_code == 0
    compared = CliRunner().invoke(study, ["compare", "lake", answer.study_id, *kept])
    assert "budget-7000" in compared.output
    assert CliRunner().invoke(study, ["show", "pond", *kept]).exit_code == 2
    with pytest.raises(UnknownStudy):
        Cabinet(tmp_path / "kept").find("pond")


def test_an_extra_that_is_missing_is_named_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    told = CliRunner().invoke(study, ["run", str(write_study(tmp_path)), "--cluster"])
    assert told.exit_code == 2
    assert "cluster" in told.output


def test_a_study_on_ray_is_the_same_tasks_and_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(
        is_initialized=lambda: False,
        init=lambda **_: None,
        remote=lambda work: SimpleNamespace(remote=lambda task: (work, task)),
        wait=lambda waiting, num_returns, timeout: (waiting[-1:], waiting[:-1]),
        get=lambda reference: reference[0](reference[1]),
        cancel=lambda reference: None,
    )
    monkeypatch.setitem(sys.modules, "ray", stand_in)
    here, there = (
        dict(executor.run(abs, [-3, 4, -5], cancelled=lambda: False)) for executor in (Processes(1), RayCluster())
    )
    assert here == there == {0: 3, 1: 4, 2: 5}
    assert list(RayCluster().run(abs, [-3], cancelled=lambda: True)) == []


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(**_: Any) -> None:
        raise ConnectionError

    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(is_initialized=lambda: False, init=nobody))
    with pytest.raises(ClusterUnreachable, match="192") as refused:
        list(RayCluster("192.0.2.1:6379").run(abs, [-3], cancelled=lambda: False))
    assert refused.value.code == "study_cluster_unreachable"


def test_a_design_is_scored_on_the_days_of_all_others(done: Done) -> None:
    arena = Arena(study_town(ground_for(done.inputs)), trip_cents=2_000)
    nothing, more = frozenset[int](), frozenset(arena.candidates)
    assert arena.score(more, 1) == arena.score(more, 1)
    assert arena.score(more, 1) != arena.score(nothing, 1)
    for_nothing = Arena(arena.town, trip_cents=0)
    assert arena.score(more, 1) > for_nothing.score(more, 1)
