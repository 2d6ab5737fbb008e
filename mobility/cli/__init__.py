"""The command line: `mobility COMMAND`. A mistake of the caller is one sentence and exit status 2."""

import sys

import rich_click as click

from mobility.cli.accounts import accounts
from mobility.cli.city import city
from mobility.cli.database import db
from mobility.cli.demo import demo
from mobility.cli.doctor import doctor
from mobility.cli.generated import generated
from mobility.cli.serve import serve
from mobility.cli.street import street
from mobility.cli.work import worker
from mobility.db.embedded import EmbeddedError
from mobility.settings import SettingsError


@click.group()
@click.version_option(package_name="mobility")
def cli() -> None:
    """Shared electric mopeds and cars for a mid-size city.

    `mobility demo` runs everything with servers of its own; the other commands use DATABASE_URL and REDIS_URL.
    """


for command in (demo, serve, worker, city, accounts, db, street, doctor, generated):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    try:
        cli()
    except (SettingsError, EmbeddedError) as error:
        click.echo(f"mobility: {error}", err=True)
        sys.exit(2)
