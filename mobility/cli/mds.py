import csv
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import rich_click as click
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.cli.session import in_transaction
from mobility.mds.rules.tokens import DAYS_MAX
from mobility.mds.service import publishing, registrations, tokens
from mobility.mds.tables import AgencyToken


@click.group()
def mds() -> None:
    """MDS: who of a city may read, what the city publishes, what vehicles' papers say."""


@mds.command()
@click.argument("city_id", metavar="CITY")
@click.argument("agency")
@click.option("--days", type=click.IntRange(1, DAYS_MAX), default=365, show_default=True, help="How long it is valid.")
def issue(city_id: str, agency: str, days: int) -> None:
    """Give AGENCY a token to read CITY's operator with; it is shown this once."""

    async def job(session: AsyncSession, clock: Clock) -> tuple[AgencyToken, str]:
        await get_city(session, city_id)
        return await tokens.issue(session, clock, city_id, agency, days)

    token, shown = in_transaction(job)
    click.echo(shown)
    click.echo(f"{agency} may read {city_id} until {token.expires_at:%Y-%m-%d}; token {token.id}.", err=True)


@mds.command()
@click.argument("token_id", metavar="TOKEN_ID", type=click.UUID)
def revoke(token_id: UUID) -> None:
    """Close the token with that id at once."""

    async def job(session: AsyncSession, clock: Clock) -> AgencyToken:
        return await tokens.revoke(session, clock, token_id)

    click.echo(f"{in_transaction(job).agency} may not read with it any more.")


@mds.command("tokens")
@click.argument("city_id", metavar="CITY")
def list_(city_id: str) -> None:
    """Show who was given a token for CITY."""

    async def job(session: AsyncSession, _: Clock) -> Sequence[AgencyToken]:
        return await tokens.list_tokens(session, city_id)

    table = Table("id", "agency", "valid until", "revoked")
    for token in in_transaction(job):
        revoked = "" if token.revoked_at is None else f"{token.revoked_at:%Y-%m-%d %H:%M}"
        table.add_row(str(token.id), token.agency, f"{token.expires_at:%Y-%m-%d %H:%M}", revoked)
    Console().print(table)


@mds.command()
@click.argument("city_id", metavar="CITY")
def publish(city_id: str) -> None:
    """Publish what CITY's permit says otherwise than before; the worker does so every minute."""

    async def job(session: AsyncSession, clock: Clock) -> int:
        return await publishing.publish(session, clock, city_id)

    click.echo(f"{in_transaction(job)} documents published.")


@mds.command()
@click.argument("city_id", metavar="CITY")
@click.argument("path", metavar="FILE.csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def register(city_id: str, path: Path) -> None:
    """Take over what registration documents say: plate, year, make, model, color, vin, license_plate."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    async def job(session: AsyncSession, _: Clock) -> int:
        return await registrations.register(session, city_id, rows)

    click.echo(f"{in_transaction(job)} vehicles registered.")
