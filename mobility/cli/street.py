import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Literal

import httpx
import msgspec
import rich_click as click

from mobility.base.clock import SystemClock
from mobility.street.client import Refused
from mobility.street.faults import Faults, UnknownFault, read_faults
from mobility.street.mqtt import Broker, BrokerUnreadable, read_broker
from mobility.street.reporting import Rhythm
from mobility.street.signing_in import NoCode
from mobility.street.street import ANSWER_WITHIN_S, CONNECTIONS, Plan, VehicleKey, read_keys, run
from mobility.street.tally import Tally

STATUS_EVERY_S = 1.0

Over = Literal["http", "mqtt"]
Status = Literal["line", "json", "none"]
POSITIVE = click.FloatRange(min=0.1)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Where the API listens.")
@click.option("--city", required=True, help="Id of the city to ride in.")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The vehicles' keys, as `mobility city load --keys` writes them.",
)
@click.option("--vehicles", type=click.IntRange(1), help="How many of the file's vehicles report [default: all].")
@click.option("--mailbox", type=FILE, help="The file that the API delivers sign-in codes to; riders need it.")
@click.option(
    "--memory", type=FILE, help="Where vehicles and sign-ins are kept between runs [default: beside the keys]."
)
@click.option("--riders", default=25, show_default=True, type=click.IntRange(0, 500), help="Simulated riders.")
@click.option(
    "--pace", default=15.0, show_default=True, type=POSITIVE, help="Rides that all riders together begin in a minute."
)
@click.option(
    "--speed", default=10.0, show_default=True, type=POSITIVE, help="How much faster driving, walking and charging go."
)
@click.option("--seed", default=1, show_default=True, help="Seed of every decision and every fault.")
@click.option("--operator-email", default="", help="An operator's address: verifies the riders' licences.")
@click.option(
    "--over", default="http", show_default=True, type=click.Choice(["http", "mqtt"]), help="How vehicles report."
)
@click.option(
    "--broker", envvar="MOBILITY_MQTT_URL", help="Where the message broker listens: mqtt://host:port, mqtts:// for TLS."
)
@click.option("--broker-ca", envvar="MOBILITY_MQTT_CA", help="File of the authority that signed its certificate.")
@click.option(
    "--faults", default="none", show_default=True, help="none, gentle, rough, single ones (lost=0.1,skew_s=30) or both."
)
@click.option("--alarms", is_flag=True, help="Now and then a vehicle falls over, or a charger fails it.")
@click.option("--every", type=POSITIVE, help="Seconds between two reports of a vehicle [default: 2 in use, 20 parked].")
@click.option(
    "--status", default="line", show_default=True, type=click.Choice(["line", "json", "none"]), help="What is printed."
)
def street(
    url: str,
    city: str,
    keys: Path,
    vehicles: int | None,
    mailbox: Path | None,
    memory: Path | None,
    riders: int,
    pace: float,
    speed: float,
    seed: int,
    operator_email: str,
    over: Over,
    broker: str | None,
    broker_ca: str | None,
    faults: str,
    alarms: bool,
    every: float | None,
    status: Status,
) -> None:
    """Simulate a city's vehicles and riders, clients like any other, until Ctrl-C.

    Vehicles report over HTTP, or over MQTT, where they also answer commands; riders sign in, reserve, ride and pay
    over HTTP like anybody. With `--riders 0` it only makes load. Prices go by the real clock. Cars charge at stations
    with chargers; nobody swaps batteries, so a vehicle that stands too empty to be rented gets its charge back slowly,
    wherever it is (the status says how many do).

    The same seed makes the same vehicles, riders and faults; which meet when is up to the real clock.
    """
    if riders and mailbox is None:
        raise click.UsageError("riders sign in with codes: name the file they are delivered to with --mailbox")
    plan = Plan(
        city=city,
        keys=_keys(keys)[:vehicles],
        mailbox=mailbox,
        memory=memory or keys.with_suffix(".street.json"),
        riders=riders,
        seed=seed,
        speed=speed,
        rides_per_minute=pace,
        operator_email=operator_email,
        broker=_broker(over, broker, broker_ca),
        faults=_faults(faults),
        with_alarms=alarms,
        rhythm=Rhythm(every, every) if every else Rhythm(),
    )
    failed: str | None = None
    try:
        asyncio.run(_until_stopped(url, plan, status))
    except* (NoCode, Refused) as group:
        failed = str(group.exceptions[0])
    if failed is not None:
        raise click.ClickException(failed)


def _broker(over: Over, url: str | None, ca: str | None) -> Broker | None:
    if over == "http":
        return None
    if not url:
        raise click.UsageError("say where the message broker listens, with --broker or MOBILITY_MQTT_URL")
    try:
        return read_broker(url, Path(ca) if ca else None)
    except (BrokerUnreadable, OSError) as error:
        raise click.UsageError(f"--broker: {error}") from None


def _faults(text: str) -> Faults:
    try:
        return read_faults(text)
    except UnknownFault as error:
        raise click.UsageError(f"--faults: {error}") from None


def _keys(path: Path) -> list[VehicleKey]:
    try:
        return read_keys(path)
    except msgspec.DecodeError as error:
        raise click.UsageError(f"{path} is no file of vehicle keys: {error}") from None


async def _until_stopped(url: str, plan: Plan, status: Status) -> None:
    tally, stopped = Tally(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    async with httpx.AsyncClient(base_url=url, timeout=ANSWER_WITHIN_S, limits=limits) as http:
        tasks = [asyncio.create_task(run(plan, http, SystemClock(), tally)), asyncio.create_task(stopped.wait())]
        tasks.append(asyncio.create_task(_show(tally, status)))
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _show(tally: Tally, status: Status) -> None:
    """Print the status every second: over the same line on a terminal, line by line into a file."""
    while status != "none":
        before = tally.reports
        await asyncio.sleep(STATUS_EVERY_S)
        per_s = (tally.reports - before) / STATUS_EVERY_S
        line = tally.line(reports_per_s=per_s)
        if status == "json":
            click.echo(json.dumps({"line": line} | tally.as_dict(reports_per_s=per_s)))
        elif sys.stdout.isatty():
            click.echo(f"\r\x1b[K{line}", nl=False)
        else:
            click.echo(line)
    await asyncio.Event().wait()
