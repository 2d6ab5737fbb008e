import os
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from mobility.base.errors import Problem

if TYPE_CHECKING:
    from mobility.placement.folder import Cabinet
    from mobility.placement.ports import Executor
    from mobility.placement.rules.document import Answer
    from mobility.placement.service.inputs import Inputs

PATH = click.Path(path_type=Path)
INTO = click.option(
    "--folder",
    type=PATH,
    envvar="MOBILITY_STUDIES",
    default=Path(".mobility/studies"),
    show_default=True,
    help="Where studies are kept.",
)
STEPS = {"place": "placing", "play": "simulating"}


class Stopped(click.ClickException):
    exit_code = 2


@click.group()
def study() -> None:
    """Where stations should stand and what it would cost. `docs/studies.md` explains study files and answers."""


@study.command("run")
@click.argument("file", type=PATH)
@INTO
@click.option("--processes", type=click.IntRange(1, 1_000), help="At once; by default one for each core.")
@click.option("--cluster", is_flag=True, help="On Ray, the optional extra `cluster`, instead of processes.")
@click.option("--address", help="Of a Ray cluster that runs already.")
def run(file: Path, folder: Path, processes: int | None, cluster: bool, address: str | None) -> None:
    """Answer the question of a study FILE; asks no database.

    Finished runs are kept: stopped by Ctrl-C or killed, the same command goes on where it was.
    """
    # Solvers, compilers and statistics take seconds to import: no other command waits for them.
    from mobility.placement.folder import Cabinet, read_inputs

    _require("matplotlib", extra="studies")
    if cluster:
        _require("ray", extra="cluster")
    try:
        inputs = read_inputs(file, version("mobility"))
        answer, shown = _answered(inputs, Cabinet(folder), _executor(processes, cluster, address))
    except Problem as refused:
        for fault in getattr(refused, "faults", ()):
            click.echo(f"{fault} ({fault.code})", err=True)
        raise click.UsageError(str(refused)) from None
    except KeyboardInterrupt:
        raise Stopped("Stopped. Finished runs are kept: the same command goes on with the others.") from None
    _tell(answer)
    click.echo(f"Study {answer.study_id}: {shown}")


def _require(package: str, *, extra: str) -> None:
    if find_spec(package) is None:
        raise click.UsageError(f"This needs the optional extra `{extra}`: install mobility[{extra}].")


def _executor(processes: int | None, cluster: bool, address: str | None) -> "Executor":
    from mobility.placement.processes import Processes
    from mobility.placement.ray import RayCluster

    if cluster:
        return RayCluster(address)
    return Processes(processes or len(os.sched_getaffinity(0)))


def _answered(inputs: "Inputs", cabinet: "Cabinet", executor: "Executor") -> "tuple[Answer, Path]":
    from mobility.placement.press import publish
    from mobility.placement.service.studies import run_study

    folder = cabinet.folder_of(inputs, datetime.now(UTC))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bars = {step: progress.add_task(words, total=None) for step, words in STEPS.items()}

        def told(step: str, done: int, total: int) -> None:
            progress.update(bars[step], completed=done, total=total)

        answer = run_study(inputs, folder, executor, told=told)
    publish(answer, inputs, folder)
    folder.answer(answer)  # the last: what is answered has its report
    return answer, folder.path


@study.command("list")
@INTO
def list_studies(folder: Path) -> None:
    """The studies that are kept, the latest first."""
    from mobility.placement.folder import Cabinet

    table = Table("Id", "Study", "City", "Begun", "Runs", "Answered")
    for each in Cabinet(folder).studies():
        begun = f"{each.begun_at:%Y-%m-%d %H:%M}"
        table.add_row(each.study_id, each.code, each.city_id, begun, str(each.runs), "yes" if each.is_answered else "")
    Console().print(table)


@study.command("show")
@click.argument("name")
@INTO
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def show(name: str, folder: Path, as_json: bool) -> None:
    """The answer of a study, named by the beginning of its id, or by its code for the latest."""
    from mobility.placement.folder import ANSWER

    answer, path = _kept(name, folder)
    if as_json:
        click.echo((path / ANSWER).read_text(encoding="utf-8"))
        return
    _tell(answer)
    click.echo(f"Study {answer.study_id}: {path}")


@study.command("compare")
@click.argument("first")
@click.argument("second")
@INTO
def compare(first: str, second: str, folder: Path) -> None:
    """What the second study answers otherwise than the first, scenario by scenario of the same name."""
    one, other = _kept(first, folder)[0], _kept(second, folder)[0]
    table = Table("Scenario", "Residents within", "Invested", "Trips a day", title=f"{other.study_id} − {one.study_id}")
    for each in other.scenarios:
        before = next((scenario for scenario in one.scenarios if scenario.code == each.code), None)
        if before is not None:
            trips = (
                ""
                if not (each.played and before.played)
                else _less(each.played.figures["trips"].mean, before.played.figures["trips"].mean, 1)
            )
            invested = _less(each.place.invested_cents / 100, before.place.invested_cents / 100, 0)
            table.add_row(each.code, _less(each.reach.within, before.reach.within, 0), invested, trips)
    Console().print(table)


def _less(after: float, before: float, digits: int) -> str:
    return f"{after - before:+,.{digits}f}"


def _kept(name: str, folder: Path) -> "tuple[Answer, Path]":
    from mobility.placement.folder import Cabinet

    try:
        found = Cabinet(folder).find(name)
    except Problem as refused:
        raise click.UsageError(str(refused)) from None
    if not found.manifest().is_answered:
        raise click.UsageError(f"The study {name} is not finished: run its file again.")
    return found.read(), found.path


def _tell(answer: "Answer") -> None:
    table = Table(
        "Scenario",
        "Stations",
        f"Invested, {answer.currency}",
        "Residents within",
        "Gap",
        "Trips a day",
        "Subsidy a trip",
    )
    for each in answer.scenarios:
        figures = each.played.figures if each.played else {}
        table.add_row(
            each.code + (" *" if each.code == answer.recommended else ""),
            str(len(each.place.stations)),
            f"{each.place.invested_cents / 100:,.0f}",
            f"{each.reach.within:,} ({each.reach.share:.0%})",
            f"{each.place.gap:.1%}",
            _figure(figures.get("trips"), 1),
            _figure(figures.get("subsidy_per_trip_cents"), 100),
        )
    Console().print(table)


def _figure(interval: object, cents: int) -> str:
    if interval is None:
        return ""
    mean, half = interval.mean / cents, interval.half_width  # type: ignore[attr-defined]
    return f"{mean:,.1f}" + (f" ± {half / cents:,.1f}" if half is not None else "")
