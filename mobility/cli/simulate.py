import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import rich_click as click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from mobility.base.errors import Problem
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.cli.city import read
from mobility.geo.streets.paces import WALK
from mobility.geo.streets.shelf import Streets
from mobility.geo.walking import DETOUR_FACTOR
from mobility.simulation.city import Town, town_of
from mobility.simulation.nights import POLICIES
from mobility.simulation.picture import picture
from mobility.simulation.statistics import in_parallel
from mobility.simulation.study import Replication, Result, means, replicate

STREETS = click.option(
    "--streets",
    type=click.Path(path_type=Path),
    envvar="MOBILITY_STREETS",
    default=Path(".mobility/streets"),
    show_default=True,
    help="Folder of street networks, made by `mobility streets build`.",
)
CITIES = Path(__file__).parents[2] / "cities"
SAID = {
    "asked": "riders who asked",
    "served": "rides",
    "no_vehicle": "found no vehicle",
    "too_little_charge": "found too little charge",
    "not_eligible": "may not drive it",
    "closed": "came out of hours",
    "given_up": "gave up on the way",
    "revenue_cents": "revenue, cents",
    "ride_minutes": "minutes of a ride",
    "ride_km": "km of a ride",
    "used_kwh": "kWh used",
    "refused_parking": "rides that ended elsewhere",
}


@click.command()
@click.argument("city")
@click.option("--days", type=click.IntRange(1, 3_660), default=7, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the first replication's riders.")
@click.option("--replications", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option("--warm-up", type=click.IntRange(0), default=0, show_default=True, help="Days that are not counted.")
@click.option("--crews", type=click.Choice(list(POLICIES)), default="operators", show_default=True, help="At night.")
@click.option("--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), help="The first day; by default today.")
@STREETS
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--picture", "file", type=click.Path(dir_okay=False, path_type=Path), help="An SVG of hours and places.")
def simulate(
    city: str,
    days: int,
    seed: int,
    replications: int,
    warm_up: int,
    crews: str,
    first_day: datetime | None,
    streets: Path,
    as_json: bool,
    file: Path | None,
) -> None:
    """Simulate a CITY, a city file or the name of one in cities/; asks no database. `docs/simulation.md` says how."""
    if warm_up >= days:
        raise click.UsageError("The warm-up has to be shorter than the days that are simulated.")
    begins = first_day.date() if first_day else datetime.now(UTC).date()
    town = town_at(city, begins, days, seed, Streets(streets))
    runs = [Replication(town.scenario, town.demand, seed + number, crews, warm_up) for number in range(replications)]
    results = run(runs)
    if as_json:
        click.echo(json.dumps(as_object(town, results)))
    else:
        report(town, results, days - warm_up)
    if file is not None:
        file.write_text(drawn(town, results, days - warm_up), encoding="utf-8")


def city_at(city: str) -> CityFile:
    """The city of a file, or of a name in cities/; a sentence and exit status 2 when there is none."""
    file = Path(city) if Path(city).suffix == ".toml" else CITIES / city / "city.toml"
    if not file.is_file():
        known = ", ".join(sorted(path.parent.name for path in CITIES.glob("*/city.toml")))
        raise click.UsageError(f"There is no city “{city}”: name a city file, or one of {known}.")
    return read(file)


def town_at(city: str, first_day: date, days: int, seed: int, streets: Streets) -> Town:
    """The city as it is simulated; a sentence and exit status 2 when it cannot be."""
    city_file = city_at(city)
    prepared = PreparedCity(city_file, hash_of(city_file))
    try:
        walks = streets.find(city_file.id, WALK.name)
        return town_of(prepared, first_day=first_day, days=days, seed=seed, walks=walks)
    except Problem as refused:
        raise click.UsageError(str(refused)) from None


def run(runs: Sequence[Replication]) -> list[Result]:
    """All replications, side by side, in their order; after Ctrl-C those that are done."""
    results: dict[int, Result] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("simulating", total=len(runs))
        try:
            for number, result in in_parallel(replicate, runs, processes=len(os.sched_getaffinity(0))):
                results[number] = result
                progress.advance(bar)
        except KeyboardInterrupt:
            click.echo(f"Stopped after {len(results)} replications.", err=True)
    if not results:
        raise click.ClickException("No replication was done.")
    return [results[number] for number in sorted(results)]


def as_object(town: Town, results: Sequence[Result]) -> dict[str, object]:
    return {
        "walks": {"basis": "streets" if town.walks_streets else "straight_line", "detour_factor": DETOUR_FACTOR},
        "replications": len(results),
        "events": sum(result.events for result in results),
        "a_day": {name: asdict(mean) for name, mean in means(results).items()},
        "asked_by_hour": np.mean([result.asked_by_hour for result in results], axis=0).tolist(),
        "unmet_by_hour": np.mean([result.unmet_by_hour for result in results], axis=0).tolist(),
    }


def report(town: Town, results: Sequence[Result], days: int) -> None:
    table = Table("A day", "Mean and 95 % interval" if len(results) > 1 else "Mean")
    found = means(results)
    for name, words in SAID.items():
        table.add_row(words, str(found[name]))
    console = Console()
    events = sum(result.events for result in results)
    console.print(f"{len(results)} times {days} days, {events:,} events; {found['served_share'].mean:.0%} served.")
    console.print(table)
    along = "along the city's streets where they are known, else " if town.walks_streets else ""
    console.print(f"Walks are {along}straight lines × {DETOUR_FACTOR}.")


def drawn(town: Town, results: Sequence[Result], days: int) -> str:
    def a_day(name: str) -> list[float]:
        return [float(value) for value in np.mean([getattr(result, name) for result in results], axis=0) / days]

    name = town.city.file.name[town.city.file.languages[0]]
    return picture(
        f"{name}: {days} days simulated {len(results)} times, riders a day",
        position=town.scenario.places.position,
        asked_by_hour=a_day("asked_by_hour"),
        unmet_by_hour=a_day("unmet_by_hour"),
        asked_by_place=a_day("asked_by_place"),
        unmet_by_place=a_day("unmet_by_place"),
    )
