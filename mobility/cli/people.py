import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import numpy as np
import rich_click as click
from rich.console import Console
from rich.table import Table

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.cli.city import read
from mobility.people.points import DemandPoints, People, Source
from mobility.people.reading import PeopleRefused, read_people
from mobility.people.sheets import SheetRefused, read_sheet
from mobility.people.spreading import CELL_M
from mobility.people.writing import MANIFEST, as_text, file_name, manifest, renamed

PATH = click.Path(path_type=Path)
FAULTS_SHOWN = 20
CITY = click.option("--city", "city_file", type=PATH, required=True, help="The city file that they belong to.")
FOLDER = click.option("--folder", type=PATH, help="Where people.toml is; beside the city file unless told.")


@click.group()
def people() -> None:
    """Who lives where and what they go to, for placement and simulation. `docs/people.md` explains the files."""


@people.command("check")
@CITY
@FOLDER
def check(city_file: Path, folder: Path | None) -> None:
    """Say every error of a city's people and places."""
    click.echo(summary(read_or_leave(folder or city_file.parent, read(city_file))))


@people.command("show")
@CITY
@FOLDER
@click.option("--communes", type=click.IntRange(1), default=20, show_default=True, help="How many, the largest first.")
def show(city_file: Path, folder: Path | None, communes: int) -> None:
    """Sum up by commune and by group, and name the sources."""
    found = read_or_leave(folder or city_file.parent, read(city_file))
    console = Console()
    click.echo(summary(found))
    for table in (by_commune(found.points, communes), by_group(found.points), by_kind(found)):
        if table.row_count:
            console.print(table)
    for source in dict.fromkeys((*found.points.sources, *found.places.sources)):
        click.echo(f"{source.code}: {source.name}, {source.licence}, as of {source.as_of}, {source.url}")


@people.command("import")
@click.argument("file", type=PATH)
@CITY
@click.option("--places", "places_file", type=PATH, help="A file of places of the same source.")
@click.option("--source", "code", required=True, help="A short name for the source.")
@click.option("--name", required=True, help="Whose figures they are.")
@click.option("--licence", required=True, help="Under which licence.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day that the figures are of.")
@click.option("--url", required=True, help="Where they can be read.")
@click.option("--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column of people by another name.")
@click.option("--cell-m", type=click.FloatRange(50, 5_000), default=CELL_M, show_default=True)
@click.option("--folder", type=PATH, required=True, help="Where people.toml and its files are written.")
def import_people(
    file: Path,
    city_file: Path,
    places_file: Path | None,
    code: str,
    name: str,
    licence: str,
    as_of: datetime,
    url: str,
    columns: tuple[str, ...],
    cell_m: float,
    folder: Path,
) -> None:
    """Make a folder of people and places from FILE (.csv or .geojson), with its source named; check it first."""
    if (folder / MANIFEST).exists():
        raise click.UsageError(f"{folder / MANIFEST} is there already: name another folder, or remove it.")
    source = Source(code=code, name=name, licence=licence, as_of=as_of.date(), url=url)
    files = {"people": (file, mapping(columns))}
    if places_file is not None:
        files["places"] = places_file, {}
    with TemporaryDirectory() as drafts:
        draft = Path(drafts)
        write(draft, files, source, cell_m)
        found = read_or_leave(draft, read(city_file))
        folder.mkdir(parents=True, exist_ok=True)
        for each in draft.iterdir():
            copyfile(each, folder / each.name)
    click.echo(f"{summary(found)}\nKept in {folder}.")


def mapping(columns: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in columns]
    if wrong := [each for each, (ours, _, theirs) in zip(columns, pairs, strict=True) if not (ours and theirs)]:
        raise click.UsageError(f"“{wrong[0]}” is not written as OURS=THEIRS.")
    return {ours: theirs for ours, _, theirs in pairs}


def write(folder: Path, files: Mapping[str, tuple[Path, dict[str, str]]], source: Source, cell_m: float) -> None:
    names = {}
    for kind, (path, columns) in files.items():
        try:
            sheet = renamed(read_sheet(path), columns, source.code)
        except SheetRefused as refused:
            raise click.UsageError(str(refused)) from None
        names[kind] = file_name(sheet, kind)
        (folder / names[kind]).write_text(as_text(sheet), encoding="utf-8")
    (folder / MANIFEST).write_text(manifest(names, source, cell_m), encoding="utf-8")


def read_or_leave(folder: Path, city_file: CityFile) -> People:
    """Every error on a line of its own and exit status 2 when they are refused."""
    try:
        return read_people(folder / MANIFEST, PreparedCity(city_file, hash_of(city_file)))
    except PeopleRefused as refused:
        for fault in refused.faults[:FAULTS_SHOWN]:
            click.echo(f"{fault} ({fault.code})", err=True)
        if len(refused.faults) > FAULTS_SHOWN:
            click.echo(f"and {len(refused.faults) - FAULTS_SHOWN} more", err=True)
        click.echo(str(refused), err=True)
        sys.exit(2)


def summary(found: People) -> str:
    points, residents = found.points, int(found.points.residents.sum())
    spread = int(points.residents[points.spread].sum())
    said = f"; {spread / residents:.0%} of them spread evenly over an outline" if spread else ""
    where = f"{len(points.communes)} communes at {len(points):,} points"
    return f"{residents:,} residents of {where}{said}; {len(found.places)} places."


def by_commune(points: DemandPoints, count: int) -> Table:
    groups = points.groups()
    table = Table("Commune", "Residents", *(_said(name) for name in groups))
    residents = points.by_commune(points.residents)
    sums = {name: points.by_commune(people) for name, people in groups.items()}
    for at in np.argsort(-residents, kind="stable")[:count].tolist():
        table.add_row(points.communes[at], f"{residents[at]:,.0f}", *(f"{each[at]:,.0f}" for each in sums.values()))
    return table


def by_group(points: DemandPoints) -> Table:
    """How many, and of how many residents nobody knows."""
    table, residents = Table("Group", "People", "Not known of"), int(points.residents.sum())
    known = points.residents_known()
    for name, people in points.groups().items():
        table.add_row(_said(name), f"{people.sum():,.0f}", f"{residents - known[name]:,}")
    return table


def by_kind(found: People) -> Table:
    table, places = Table("Kind", "Places", "Weight"), found.places
    for number, kind in enumerate(places.kinds):
        of_kind = places.kind == number
        if of_kind.any():
            table.add_row(_said(kind), str(of_kind.sum()), f"{places.weight[of_kind].sum():,.0f}")
    return table


def _said(name: str) -> str:
    return name.replace("_", " ")
