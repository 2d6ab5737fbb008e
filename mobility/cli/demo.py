"""The whole service for one city on this machine: servers, API, worker and street, until Ctrl-C."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import rich_click as click
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from mobility.cli.demo_bank import pretended_stripe
from mobility.cli.demo_broker import started_broker
from mobility.cli.demo_city import LOGINS, STREET_OPERATOR, prepare_city
from mobility.cli.demo_night import FirstNight
from mobility.cli.demo_push import pretended_pushes
from mobility.cli.serve import listen
from mobility.db.embedded import Servers, servers
from mobility.db.migrations import upgrade
from mobility.settings import Settings, read_settings

STREET_DOMAIN = "street.example"
"""Simulated riders sign in with addresses of this domain; their codes are not worth a line on the screen."""
DISK_BYTES_MIN = 500_000_000
RESTART_AFTER_S = 1.0
STOP_WITHIN_S = 8.0
PR_SET_PDEATHSIG = 1


@click.command()
@click.option(
    "--city",
    "city_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=Path("cities/bethune/city.toml"),
    show_default=True,
    help="City file to load.",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".mobility"),
    show_default=True,
    help="Folder of the demo's databases, logs and mailbox.",
)
@click.option("--riders", default=25, show_default=True, type=click.IntRange(0, 500), help="Simulated riders.")
@click.option("--seed", default=1, show_default=True, help="Seed of the street's decisions.")
@click.option("--seconds", type=click.IntRange(1), help="Stop by itself after so long.")
def demo(city_file: Path, data_dir: Path, riders: int, seed: int, seconds: int | None) -> None:
    """Run the whole service for a city: servers, broker, API, worker, consumer, vehicles and riders."""
    console = Console()
    refuse_full_disk(data_dir)
    with ExitStack() as stack:
        environment = stack.enter_context(started_servers(data_dir.resolve(), console))
        settings = read_settings(environment)
        listen(settings).close()
        console.print("Migrating and loading the city …")
        upgrade(settings.database_url)
        city = prepare_city(settings, city_file, data_dir)
        broker = stack.enter_context(started_broker(settings, data_dir, console))
        environment["MOBILITY_MQTT_URL"] = broker
        emulator = pretended_stripe(settings, data_dir)
        environment |= emulator.environment
        environment |= pretended_pushes(settings, data_dir)
        welcome(console, settings, city)
        street = ["street", "--city", city, "--keys", str(data_dir / "vehicles.jsonl"), "--riders", str(riders)]
        street += ["--mailbox", str(settings.mobility_mailbox), "--seed", str(seed), "--status", "json"]
        street += ["--url", address(settings), "--operator-email", STREET_OPERATOR]
        street += ["--over", "mqtt" if broker else "http", "--faults", "gentle", "--alarms"]
        crew = [*emulator.commands, ["serve"], ["worker"], *([["consumer"]] if broker else []), street]
        processes = stack.enter_context(running(environment, data_dir, crew))
        until = time.monotonic() + seconds if seconds else None
        watch(console, processes, settings, FirstNight(settings, city), until=until)


@contextmanager
def started_servers(data_dir: Path, console: Console) -> Iterator[dict[str, str]]:
    """The environment of the demo's processes, with servers of its own unless both URLs are given."""
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = {"MOBILITY_MAILBOX": str(data_dir / "mailbox.jsonl"), "MOBILITY_PHOTOS": str(data_dir / "photos")}
    environment = {**kept, **os.environ}
    if environment.get("DATABASE_URL") and environment.get("REDIS_URL"):
        console.print("Using the servers of DATABASE_URL and REDIS_URL.")
        yield environment
        return
    console.print("Starting PostgreSQL and Valkey …")
    with servers(data_dir) as embedded:
        yield environment | addresses(embedded)
        console.print("Stopping PostgreSQL and Valkey …")


def addresses(embedded: Servers) -> dict[str, str]:
    return {"DATABASE_URL": embedded.database_url, "REDIS_URL": embedded.redis_url}


def refuse_full_disk(data_dir: Path) -> None:
    existing = next(folder for folder in (data_dir.resolve(), *data_dir.resolve().parents) if folder.exists())
    if (free := shutil.disk_usage(existing).free) < DISK_BYTES_MIN:
        raise click.UsageError(
            f"only {free // 1_000_000} MB are free at {existing}; the demo needs {DISK_BYTES_MIN // 1_000_000} MB: "
            "free some space or choose another folder with --data"
        )


def address(settings: Settings) -> str:
    return f"http://{settings.mobility_host}:{settings.mobility_port}"


def welcome(console: Console, settings: Settings, city: str) -> None:
    url = address(settings)
    console.print()
    console.print(
        f"  [bold]{city}[/] is open: [link]{url}/[/]            the way in, one button for each kind of person"
    )
    console.print(f"                   {url}/app         the resident's page (make the window phone-sized)")
    console.print(f"                   {url}/operator    the operator's live map")
    console.print(f"                   {url}/docs        the API")
    console.print()
    console.print("  Sign in with one of these; the code is printed here:")
    for role, email in LOGINS.items():
        console.print(f"    {role:<9} {email}")
    if not settings.mobility_stripe_key:
        console.print("  Before the first ride a bank card is saved: 4242 4242 4242 4242 is good. No money moves.")
    console.print()


@dataclass
class Process:
    """One child of the demo: started again when it ends by itself, its log kept in a file."""

    arguments: list[str]
    environment: Mapping[str, str]
    log: Path
    child: "subprocess.Popen[bytes] | None" = None
    restarts: int = -1
    restart_at: float = 0.0
    output: Path = field(init=False)

    def __post_init__(self) -> None:
        self.output = self.log.with_suffix(".jsonl")

    @property
    def name(self) -> str:
        return self.arguments[0]

    def keep_running(self) -> None:
        if self.child is not None and self.child.poll() is None:
            return
        if time.monotonic() < self.restart_at:
            return
        self.restarts, self.restart_at = self.restarts + 1, time.monotonic() + RESTART_AFTER_S
        with self.log.open("ab") as log, self.output.open("ab") as output:
            # A session of its own: the terminal's Ctrl-C reaches the demo only, which stops its children in order.
            self.child = subprocess.Popen(
                [sys.executable, "-m", "mobility", *self.arguments],
                env=dict(self.environment),
                stdout=output,
                stderr=log,
                start_new_session=True,
                preexec_fn=stop_with_parent,
            )

    def stop(self) -> None:
        if self.child is None or self.child.poll() is not None:
            return
        self.child.terminate()
        try:
            self.child.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def stop_with_parent() -> None:
    """Ask Linux to stop this child when the demo is killed, so that it does not hold the port against the next one."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def running(environment: Mapping[str, str], data_dir: Path, commands: list[list[str]]) -> Iterator[list[Process]]:
    """The children, stopped in reverse order at the end: the street before the API it talks to."""
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    crew = [Process(arguments, environment, logs / f"{arguments[0]}.log") for arguments in commands]
    for process in crew:
        process.output.write_bytes(b"")
    try:
        yield crew
    finally:
        for process in reversed(crew):
            process.stop()


def watch(console: Console, crew: list[Process], settings: Settings, night: FirstNight, *, until: float | None) -> None:
    """Keep the children alive, print sign-in codes, show one line of status, until Ctrl-C or a signal to stop."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    codes, status = follow(settings.mobility_mailbox), follow(crew[-1].output, from_start=True)
    line: dict[str, object] = {}
    with Live(Text("…"), console=console, refresh_per_second=2) as live:
        while not stopping and (until is None or time.monotonic() < until):
            for process in crew:
                process.keep_running()
            night.look()
            for message in next(codes):
                if not str(message["to"]).endswith(STREET_DOMAIN):
                    console.print(letter_line(message))
            for line in next(status):
                live.update(Text(status_line(line, crew)))
            time.sleep(0.3)
    console.print("Stopping …")
    if line:
        console.print(status_line(line, crew))


def letter_line(letter: Mapping[str, object]) -> str:
    if letter["code"]:
        return f"  Code for {letter['to']}: [bold]{letter['code']}[/]"
    return f"  Message to {letter['to']}: [bold]{escape(str(letter['subject']))}[/]"


def status_line(street: Mapping[str, object], crew: list[Process]) -> str:
    """What the street does, and how often a process had to be started again."""
    restarts = sum(process.restarts for process in crew)
    return f"{street['line']}" + (f" · {restarts} restarts" if restarts else "")


def follow(file: Path, *, from_start: bool = False) -> Iterator[list[dict[str, object]]]:
    """At each `next`, the JSON lines that a growing file has gained."""
    position = 0 if from_start or not file.exists() else file.stat().st_size
    while True:
        lines: list[dict[str, object]] = []
        if file.exists():
            with file.open("rb") as opened:
                # A file that became shorter was begun anew.
                position = position if position <= file.stat().st_size else 0
                opened.seek(position)
                whole, newline, _ = opened.read().rpartition(b"\n")
            position += len(whole) + len(newline)
            lines = [json.loads(line) for line in whole.splitlines()]
        yield lines
