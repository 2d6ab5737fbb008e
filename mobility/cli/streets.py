from dataclasses import replace
from pathlib import Path

import rich_click as click

from mobility.base.errors import Problem
from mobility.city.rules.city_file import CityFile
from mobility.cli.city import read
from mobility.geo import LonLat
from mobility.geo.streets.build import build
from mobility.geo.streets.extract import StreetsUnreadable, read_extract
from mobility.geo.streets.network import Network, save
from mobility.geo.streets.paces import PROFILES, WALK, Profile
from mobility.geo.streets.shelf import file_of

PATH = click.Path(path_type=Path)


@click.group()
def streets() -> None:
    """Street networks made from OpenStreetMap files, for times on foot and by car. `docs/streets.md` explains them."""


@streets.command("build")
@click.argument("file", type=PATH)
@click.option("--city", "city_file", type=PATH, required=True, help="The city file that it is for.")
@click.option("--source", default="© OpenStreetMap contributors, ODbL", show_default=True, help="Who is to be named.")
@click.option(
    "--folder",
    type=PATH,
    envvar="MOBILITY_STREETS",
    default=Path(".mobility/streets"),
    show_default=True,
    help="Where the service looks for them.",
)
def build_streets(file: Path, city_file: Path, source: str, folder: Path) -> None:
    """Make a city's networks, one for each way to move, from FILE (.osm or .osm.pbf)."""
    city = read(city_file)
    try:
        extract = read_extract(file)
        networks = [build(extract, profile, source=source) for profile in profiles_of(city)]
        for network in networks:
            refuse_elsewhere(network, file, [station.position for station in city.stations] or [city.centre])
    except Problem as refused:
        raise click.UsageError(str(refused)) from refused
    folder.mkdir(parents=True, exist_ok=True)
    for network in networks:
        save(network, file_of(folder, city.id, network.profile))
        click.echo(told(network))
    click.echo(f"Kept in {folder} for {city.id}. A service that runs reads them when it starts again.")


def profiles_of(city: CityFile) -> list[Profile]:
    """Those of everywhere; a grown-up walks at the city's speed."""
    own = replace(WALK, speed_kmh=city.quarter_hour.walking_speed_kmh)
    return [own if profile is WALK else profile for profile in PROFILES.values()]


def refuse_elsewhere(network: Network, file: Path, places: list[LonLat]) -> None:
    """Streets of another region answer no question of this city."""
    if not any(network.bounds.contains(place) for place in places):
        raise StreetsUnreadable(file=file.name, reason="none of the city's stations lies among its streets")


def told(network: Network) -> str:
    metres = float(network.length_m.sum())
    left_out = f"; {network.left_out:,} nodes apart from the rest are left out" if network.left_out else ""
    return f"{network.profile:<9}  {metres / 1000:8.1f} km  {network.nodes:8,} nodes{left_out}"
