import sys
from pathlib import Path

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import CityFileRefused
from mobility.city.service import read_city_file
from mobility.cli.loading import keep_keys, load
from mobility.cli.session import in_transaction

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def city() -> None:
    """City files: zones, stations, vehicles and prices. `docs/city-file.md` explains the format."""


@city.command("check")
@FILE
def check_file(file: Path) -> None:
    """Say every error of a city file; asks no database."""
    click.echo(summary(read(file)))


@city.command("load")
@FILE
@click.option(
    "--keys",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("vehicles.jsonl"),
    show_default=True,
    help="Where the new vehicles' secrets are appended: they are shown only once.",
)
def load_file(file: Path, keys: Path) -> None:
    """Make a city what its file says; safe to repeat."""
    city_file = read(file)

    async def loaded(session: AsyncSession, clock: Clock) -> int:
        vehicles = await load(session, clock, city_file)
        keep_keys(keys, vehicles)
        return len(vehicles)

    count = in_transaction(loaded)
    click.echo(f"{summary(city_file)}\nLoaded, with {count} new vehicles.")


def read(file: Path) -> CityFile:
    """The city of a file; every error on a line of its own and exit status 2 when it is refused."""
    try:
        return read_city_file(file)
    except CityFileRefused as refused:
        for fault in refused.faults:
            click.echo(f"{fault} ({fault.code})", err=True)
        click.echo(str(refused), err=True)
        sys.exit(2)


def summary(city_file: CityFile) -> str:
    """One line on what the file holds."""
    vehicles = sum(deployment.count for deployment in city_file.fleet)
    name = city_file.name[city_file.languages[0]]
    parts = f"{len(city_file.zones)} zones, {len(city_file.stations)} stations, {vehicles} vehicles"
    return f"{name}: {parts}, {len(city_file.communes)} communes, {len(city_file.places)} places."
