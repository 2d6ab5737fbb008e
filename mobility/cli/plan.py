import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import rich_click as click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import Problem
from mobility.city.service import get_city
from mobility.cli.backtest import backtest
from mobility.cli.session import in_transaction
from mobility.geo.streets.shelf import Streets
from mobility.rebalancing.optimiser.night import file, plan_file
from mobility.rebalancing.optimiser.night.check import violations
from mobility.rebalancing.optimiser.night.instance import Night
from mobility.rebalancing.optimiser.night.plan import NightPlan
from mobility.rebalancing.optimiser.night.smallest import compile_kernels
from mobility.rebalancing.optimiser.night.solve import Limits, nothing, solve
from mobility.rebalancing.optimiser.night.solve import Progress as SoFar
from mobility.rebalancing.optimiser.value import lost_trips
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.service import nights, plans
from mobility.rebalancing.service.building import build
from mobility.rebalancing.service.picture import take
from mobility.settings import read_settings

night_file = click.Path(exists=True, dir_okay=False, path_type=Path)
json_only = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def plan() -> None:
    """The night's plan: solved, shown, checked, tried on past nights."""


plan.add_command(backtest)


@plan.command("solve")
@click.argument("city_id", metavar="CITY", required=False)
@click.option("--file", "path", type=night_file, help="A saved night instead of a city; asks no database.")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=20.0, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--save-night", type=click.Path(dir_okay=False, path_type=Path), help="Where to save what is solved.")
@click.option("--save-plan", type=click.Path(dir_okay=False, path_type=Path), help="Where to save the plan.")
@json_only
def solve_night(
    city_id: str | None,
    path: Path | None,
    seconds: float,
    seed: int,
    save_night: Path | None,
    save_plan: Path | None,
    as_json: bool,
) -> None:
    """Solve the coming night of a CITY, or a saved one, here and now; nothing is stored or published.

    Ctrl-C stops, and gives the best plan so far.
    """
    if (city_id is None) == (path is None):
        raise click.UsageError("Name a city, or give --file: one of the two.")
    night = _read(path) if path else _of_city(city_id or "")
    if save_night:
        save_night.write_bytes(file.dumps(night))
    found = _solve(night, Limits(seconds=seconds, seed=seed))
    if save_plan:
        save_plan.write_bytes(plan_file.dumps(found))
    faults = violations(night, found)
    click.echo(json.dumps(_summary(night, found, faults))) if as_json else _report(night, found, faults)


@plan.command("compile")
def compile_solver() -> None:
    """Make ready what solves nights, once on a machine: else the first plan waits for it."""
    lost_trips(np.ones(1), np.ones(1), 1)
    compile_kernels()


@plan.command("show")
@click.argument("city_id", metavar="CITY")
@json_only
def show(city_id: str, as_json: bool) -> None:
    """Print the plan of a CITY's latest night: the one in force, or else its latest draft."""

    async def job(session: AsyncSession, _: Clock) -> tuple[str, ZoneInfo, PlanDocument]:
        city = await get_city(session, city_id)
        found = await nights.list_nights(session, city_id, before=None, limit=1)
        versions = await plans.list_plans(session, found[0].id, limit=50) if found else []
        solved = [each for each in versions if each.state in ("published", "draft")]
        chosen = min(solved, key=lambda each: each.state != "published", default=None)
        if chosen is None:
            raise click.UsageError(f"there is no solved plan of a night of {city_id!r}")
        title = f"Night of {found[0].day}, version {chosen.version}, {chosen.state}"
        return title, nights.zone_of(city), msgspec.convert(chosen.document, PlanDocument)

    title, zone, document = in_transaction(job)
    click.echo(msgspec.json.encode(document)) if as_json else _print(title, zone, document)


@plan.command("check")
@click.argument("night_path", metavar="NIGHT", type=night_file)
@click.argument("plan_path", metavar="PLAN", type=night_file)
def check(night_path: Path, plan_path: Path) -> None:
    """Say what is wrong with a PLAN for a NIGHT, recomputed without the solver; status 1 if anything is."""
    try:
        faults = violations(_read(night_path), plan_file.loads(plan_path.read_bytes()))
    except Problem as refusal:
        raise click.UsageError(str(refusal)) from None
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("The plan keeps every rule of the night.")


def _read(path: Path) -> Night:
    try:
        return file.load(path)
    except Problem as refusal:
        raise click.UsageError(f"{path}: {refusal}") from None


def _of_city(city_id: str) -> Night:
    async def job(session: AsyncSession, clock: Clock) -> Night:
        night = await nights.open_night(session, clock, city_id)
        version = await plans.next_version(session, clock, night, plans.Wish(because="asked"))
        built, _ = build(await take(session, night, version), {}, Streets(read_settings().mobility_streets))
        await session.rollback()  # only looked at
        return built

    return in_transaction(job)


def _solve(night: Night, limits: Limits) -> NightPlan:
    with Progress(transient=True, console=Console(stderr=True)) as bar, _interruptible() as stopped:
        task = bar.add_task("solving", total=1.0)

        def tell(so_far: SoFar) -> None:
            bar.update(task, completed=so_far.done, description=f"{so_far.cost_cents / 100:.2f}")

        return solve(night, limits, progress=tell, cancelled=lambda: bool(stopped))


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Ctrl-C is noted instead of ending the program."""
    noted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


def _summary(night: Night, found: NightPlan, faults: list[str]) -> dict[str, Any]:
    return {
        "cost_cents": round(found.cost_cents),
        "nothing_cents": round(nothing(night).cost_cents),
        "bound_cents": round(found.bound_cents),
        "tasks": sum(1 for _ in found.tasks()),
        "unserved": [{"what": each.what, "index": each.index, "reason": each.reason} for each in found.unserved],
        "violations": faults,
    }


def _report(night: Night, found: NightPlan, faults: list[str]) -> None:
    table = Table("crew", "begins", "work", "where", "vehicles")
    for tour, task in found.tasks():
        names = night.cars.names if task.kind in ("plug", "drive") else night.mopeds.names
        places = [night.places.names[at] for at in (task.place, task.to_place) if at >= 0]
        vehicles = ", ".join(names[each] for each in task.vehicles)
        table.add_row(night.crews.names[tour.crew], f"+{task.starts_min} min", task.kind, " to ".join(places), vehicles)
    console = Console()
    console.print(table)
    said = _summary(night, found, faults)
    euros = {name: f"{said[f'{name}_cents'] / 100:.2f}" for name in ("cost", "nothing", "bound")}
    console.print(f"Cost {euros['cost']}; doing nothing {euros['nothing']}; no plan below {euros['bound']}.")
    for fault in faults:
        console.print(f"Broken: {fault}")


def _print(title: str, zone: ZoneInfo, document: PlanDocument) -> None:
    table = Table("crew", "begins", "why")
    for tour, task in document.tasks():
        begins = task.starts_at.astimezone(zone)
        table.add_row(tour.crew, f"{begins:%H:%M}", task.reason.get("en") or task.kind)
    console = Console()
    console.print(title, table, sep="\n")
