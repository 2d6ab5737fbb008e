import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from mobility.base.errors import Problem
from mobility.cli.simulate import city_at
from mobility.simulation.backtest.picture import picture
from mobility.simulation.backtest.report import Row, as_object, rows
from mobility.simulation.backtest.trial import Day, Evenings, trial
from mobility.simulation.statistics import in_parallel


@click.command()
@click.argument("city", required=False)
@click.option("--reference", is_flag=True, help="The reference city instead: 60 stations, 150 mopeds, 40 cars, 4 vans.")
@click.option("--nights", type=click.IntRange(1, 1_000), default=30, show_default=True)
@click.option("--warm-up", type=click.IntRange(1, 365), default=28, show_default=True, help="Days before.")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=5.0, show_default=True, help="For each plan.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--picture", "file", type=click.Path(dir_okay=False, path_type=Path), help="An SVG of the gains.")
def backtest(
    city: str | None,
    reference: bool,
    nights: int,
    warm_up: int,
    seconds: float,
    seed: int,
    as_json: bool,
    file: Path | None,
) -> None:
    """Say what a night's plan is worth in a CITY, or in the reference city; asks no database.

    Each evening is planned in several ways that know the past only, and the day after each is simulated with the same
    riders. Ctrl-C stops, and tells of the nights that are done.
    """
    if reference == (city is not None):
        raise click.UsageError("Name a city, or ask for --reference: one of the two.")
    first_day = datetime.now(UTC).date()
    evenings = Evenings(city_at(city) if city else None, first_day, warm_up, nights, seconds, seed)
    try:
        evenings.field()
    except Problem as refused:
        raise click.UsageError(str(refused)) from None
    done = run(evenings)
    if not done:
        raise click.ClickException("No night was done.")
    found = rows(done)
    click.echo(json.dumps(as_object(found, len(done)))) if as_json else report(found, len(done))
    if file is not None:
        file.write_text(picture(f"{city or 'The reference city'}, {len(done)} nights", found), encoding="utf-8")


def run(evenings: Evenings) -> list[dict[str, Day]]:
    """The nights, side by side, in their order; after Ctrl-C those that are done."""
    done: dict[int, dict[str, Day]] = {}
    tasks = [(evenings, number) for number in range(evenings.nights)]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("nights", total=len(tasks))
        try:
            for number, days in in_parallel(trial, tasks, processes=len(os.sched_getaffinity(0))):
                done[number] = days
                progress.advance(bar)
        except KeyboardInterrupt:
            click.echo(f"Stopped after {len(done)} nights.", err=True)
    return [done[number] for number in sorted(done)]


def report(found: Sequence[Row], nights: int) -> None:
    columns = (
        "Way",
        "Riders lost",
        "Fewer than none",
        "Promised",
        "Crew minutes",
        "Cost",
        "Gain over none",
        "Gap closed",
    )
    table = Table(*columns, title=f"{nights} nights, means a day with 95 % intervals; cost is lost trips and crew time")
    for row in found:
        table.add_row(
            row.way,
            str(row.lost),
            str(row.saved),
            "" if row.promised is None else str(row.promised),
            str(row.crew_minutes),
            f"{row.cost_cents.mean / 100:,.0f}",
            f"{row.gained_cents.mean / 100:,.0f} ± {(row.gained_cents.half_width or 0) / 100:,.0f}",
            "" if row.closed is None else f"{row.closed:.0%}",
        )
    Console().print(table)
