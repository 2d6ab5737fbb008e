import rich_click as click

from mobility.db.migrations import head, upgrade
from mobility.settings import read_settings


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def migrate() -> None:
    """Bring the database to the newest schema; safe to repeat."""
    upgrade(read_settings().database_url)
    click.echo(f"The database is at {head()}.")
