"""The command line: `mobility COMMAND`. A mistake of the caller is one sentence and exit status 2."""

import sys
from importlib import import_module

import rich_click as click

COMMANDS = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "worker": "work:worker",
    "consumer": "consume:consumer",
    "city": "city:city",
    "accounts": "accounts:accounts",
    "broker": "broker:broker",
    "db": "database:db",
    "street": "street:street",
    "feeds": "feeds:feeds",
    "mds": "mds:mds",
    "stripe-emulator": "stripe_emulator:stripe_emulator",
    "ledger": "ledger:ledger",
    "tariff": "tariff:tariff",
    "streets": "streets:streets",
    "people": "people:people",
    "forecast": "forecast:forecast",
    "plan": "plan:plan",
    "simulate": "simulate:simulate",
    "study": "study:study",
    "doctor": "doctor:doctor",
    "generated": "generated:generated",
}
"""Where each command is. Imported when asked for: the API takes a second to import, and most need no API."""


class Commands(click.RichGroup):
    def list_commands(self, _: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(import_module(f"mobility.cli.{module}"), attribute)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="mobility")
def cli() -> None:
    """Shared electric mopeds and cars for a mid-size city.

    `mobility demo` runs everything with servers of its own; the other commands use DATABASE_URL and REDIS_URL.
    """


def main() -> None:
    """Entry point of the console script."""
    from mobility.base.errors import SettingUnreadable
    from mobility.db.embedded.errors import EmbeddedError

    try:
        cli()
    except (SettingUnreadable, EmbeddedError) as error:
        click.echo(f"mobility: {error}", err=True)
        sys.exit(2)
