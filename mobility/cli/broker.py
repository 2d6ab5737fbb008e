import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import msgspec
import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.cli.session import in_transaction
from mobility.db.embedded.home import read_pid
from mobility.fleet.service.keys import broker_passwords, enrol_at_broker, renew_key, revoke_key
from mobility.settings import Settings, read_settings
from mobility.street.street import read_keys
from mobility.telemetry.gmqtt import BrokerUrlUnreadable, read_broker_url

FILE = click.Path(dir_okay=False, path_type=Path)
VEHICLE = click.argument("vehicle_id", type=click.UUID)


@click.group()
def broker() -> None:
    """Who may come in at the message broker. `infra/mosquitto` holds its configuration."""


@broker.command()
@click.option(
    "--file", required=True, type=click.Path(path_type=Path, allow_dash=True), help="Where to; - prints them."
)
@click.option("--pid-file", type=FILE, help="The broker's, on this machine: it is told to read the passwords again.")
def passwords(file: Path, pid_file: Path | None) -> None:
    """Write the broker's password file: every vehicle with a key, and the service as MOBILITY_MQTT_URL names it.

    Vehicles that are no longer in it are cut off when the broker reads it again.
    """
    settings = read_settings()
    text = in_transaction(lambda session, _: broker_passwords(session, service_user(settings)), settings)
    if str(file) == "-":
        sys.stdout.write(text)
        return
    replace(file, text)
    if pid_file is not None:
        reload_broker(pid_file)


@broker.command()
@click.argument("keys", type=FILE)
def enrol(keys: Path) -> None:
    """Let vehicles in that were added before there was a broker, by the file of KEYS that `city load` wrote."""
    try:
        known = [(UUID(key.vehicle_id), key.secret) for key in read_keys(keys)]
    except (msgspec.DecodeError, OSError) as error:
        raise click.UsageError(f"{keys} is no file of vehicle keys: {error}") from None

    async def enrolled(session: AsyncSession, _: Clock) -> int:
        return sum([await enrol_at_broker(session, vehicle_id, secret) for vehicle_id, secret in known])

    click.echo(f"{in_transaction(enrolled)} of {len(known)} vehicles may come in at the broker.")


@broker.command()
@VEHICLE
def renew(vehicle_id: UUID) -> None:
    """Give a vehicle a new key, shown here once; at the broker it holds once that has read `passwords`."""
    click.echo(f"{vehicle_id}.{in_transaction(lambda session, _: renew_key(session, vehicle_id))}")


@broker.command()
@VEHICLE
def revoke(vehicle_id: UUID) -> None:
    """Let nobody speak as a vehicle any more: at the broker, once it reads `passwords`."""
    in_transaction(lambda session, _: revoke_key(session, vehicle_id))


def service_user(settings: Settings) -> dict[str, str]:
    try:
        address = read_broker_url(settings.mobility_mqtt_url, settings.mobility_mqtt_ca)
    except (BrokerUrlUnreadable, OSError) as error:
        raise click.UsageError(str(error)) from None
    return {address.user: address.password}


def replace(file: Path, text: str) -> None:
    """Write a file at once, for its owner's eyes, with the owner of the one before it."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
        opened.write(text)
    if file.exists():
        owned = file.stat()
        os.chown(beside, owned.st_uid, owned.st_gid)
    beside.replace(file)


def reload_broker(pid_file: Path) -> None:
    pid = read_pid(pid_file)
    try:
        if pid is None:
            raise ProcessLookupError
        os.kill(pid, signal.SIGHUP)
    except OSError:
        raise click.ClickException(f"{pid_file} names no broker that runs here and may be told") from None
