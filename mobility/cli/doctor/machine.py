"""What `mobility doctor` asks the machine: programs, packages, disk, ports."""

import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from mobility.cli.doctor.findings import NOWHERE, Finding, Machine, State
from mobility.db.embedded import find_running
from mobility.geo.streets.extract import StreetsUnreadable
from mobility.geo.streets.network import open_network
from mobility.settings import SettingsError

PYTHON_MIN = (3, 11)
FREE_BYTES_MIN = 500_000_000  # what `mobility demo` asks for
FREE_BYTES_GOOD = 2_000_000_000  # what setting everything up takes
ANSWER_WITHIN_S = 3.0
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)([^\n]*)", flags=re.MULTILINE)


def check_python(_: Machine) -> Iterator[Finding]:
    fact = f"{platform.python_version()} at {sys.prefix}"
    if sys.version_info[:2] < PYTHON_MIN:
        yield Finding(State.BAD, "Python", fact, "install Python 3.11 or newer, then `make demo PYTHON=python3.11`")
    else:
        yield Finding(State.OK, "Python", fact)


def check_packages(machine: Machine) -> Iterator[Finding]:
    lock = machine.checkout and machine.checkout / "requirements.lock"
    if not lock or not lock.is_file():
        return
    wrong = differing(lock.read_text(encoding="utf-8"), installed_version)
    if wrong:
        fact = f"{len(wrong)} not as in requirements.lock: {', '.join(wrong[:5])}"
        yield Finding(State.BAD, "packages", fact, "any `make` command, such as `make fast`, installs what is locked")
    else:
        yield Finding(State.OK, "packages", "as in requirements.lock")


def differing(lock: str, installed: Callable[[str], str | None]) -> list[str]:
    """Names in a compiled lock whose installed version is another one, or missing where no marker allows that."""
    versions: dict[str, set[str | None]] = {}
    for name, version, rest in LOCKED.findall(lock):
        # A marker (after a semicolon) means: one of several versions, or on some machines none.
        versions.setdefault(name, set()).update([version, None] if ";" in rest else [version])
    return [name for name, right in versions.items() if installed(name) not in right]


def installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def check_disk(machine: Machine) -> Iterator[Finding]:
    existing = next(folder for folder in (machine.data_dir, *machine.data_dir.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    fact = f"{free / 1e9:.1f} GB free at {existing}"
    if free < FREE_BYTES_MIN:
        yield Finding(State.BAD, "disk", fact, "free some space: the demo's servers need 0.5 GB")
    elif free < FREE_BYTES_GOOD:
        yield Finding(State.WARN, "disk", fact, "free some space: setting everything up takes 2 GB")
    else:
        yield Finding(State.OK, "disk", fact)


def check_data(machine: Machine) -> Iterator[Finding]:
    subject, homes = "data", [machine.data_dir / name for name in ("postgres", "valkey")]
    if all(machine.environment.get(name) for name in NOWHERE):
        yield Finding(State.OK, subject, "DATABASE_URL and REDIS_URL are set: nothing is embedded")
    elif not any(home.exists() for home in homes):
        yield Finding(State.OK, subject, f"none at {machine.data_dir} yet: `make demo` makes it")
    elif not all(os.access(home / "server.lock", os.W_OK) for home in homes):
        advice = "use the account that ran the demo, or another folder with `mobility demo --data`"
        yield Finding(State.BAD, subject, f"{machine.data_dir} belongs to another account, or is incomplete", advice)
    elif find_running(machine.data_dir):
        yield Finding(State.OK, subject, f"servers run on {machine.data_dir}")
    elif any((home / "url").exists() for home in homes):
        fact = f"the demo on {machine.data_dir} was killed or is starting or stopping"
        yield Finding(State.WARN, subject, fact, "the next `make demo` recovers what was committed")
    else:
        yield Finding(State.OK, subject, f"kept at {machine.data_dir}, servers stopped")


def check_streets(machine: Machine) -> Iterator[Finding]:
    """A network that cannot be read keeps nobody from a vehicle, so that nobody would hear of it."""
    try:
        folder = machine.settings.mobility_streets
    except SettingsError:
        return
    for path in sorted(folder.glob("*.npz")):
        try:
            found = open_network(path)
        except StreetsUnreadable as unreadable:
            advice = "make it again with `mobility streets build`; until then walks are straight lines"
            yield Finding(State.BAD, "streets", f"{path}: {unreadable}", advice)
        else:
            yield Finding(State.OK, "streets", f"{path.name}, {found.nodes} nodes")


def check_port(machine: Machine) -> Iterator[Finding]:
    try:
        host, port = machine.settings.mobility_host, machine.settings.mobility_port
    except SettingsError:
        return
    subject = f"port {port}"
    try:
        with socket.create_server((host, port), reuse_port=False):
            yield Finding(State.OK, subject, "free")
    except OSError as error:
        if serves_mobility(f"http://{host}:{port}/health/live"):
            yield Finding(State.OK, subject, "serves this API")
        else:
            yield Finding(State.WARN, subject, os.strerror(error.errno or 0), "set MOBILITY_PORT to a free port")


def serves_mobility(url: str) -> bool:
    try:
        return bool(httpx.get(url, timeout=ANSWER_WITHIN_S, trust_env=False).json() == {"status": "ok"})
    except (httpx.HTTPError, ValueError):
        return False


def check_web_pages(machine: Machine) -> Iterator[Finding]:
    if machine.run is None:
        return
    stamp, subject = machine.run.WEB / "dist/.built-from", "web pages"
    if not stamp.is_file():
        yield Finding(State.WARN, subject, "not built", "`make demo` builds them")
    elif stamp.read_text() != machine.run.web_pages_hash():
        yield Finding(State.WARN, subject, "older than their sources", "`make demo` builds them again")
    else:
        yield Finding(State.OK, subject, "built from the sources as they are")


def check_node(machine: Machine) -> Iterator[Finding]:
    if machine.run is None:
        return
    beside_python = Path(sys.executable).parent
    found = shutil.which("node", path=f"{beside_python}{os.pathsep}{machine.environment.get('PATH', os.defpath)}")
    version = subprocess.check_output([found, "--version"], text=True).strip() if found else "v0.0"
    if tuple(map(int, version.lstrip("v").split(".")[:2])) < machine.run.NODE_MIN:
        fact = f"{found} is {version}" if found else "not found"
        yield Finding(State.WARN, "Node", fact, "`make demo` takes it from a wheel")
    else:
        yield Finding(State.OK, "Node", f"{version} at {found}")


def check_browser(machine: Machine) -> Iterator[Finding]:
    if machine.run is None:
        return
    found = next(filter(None, map(shutil.which, machine.run.BROWSERS)), None)
    if found is None:
        advice = "sudo apt-get install chromium; only the browser tests need it"
        yield Finding(State.WARN, "Chromium", "not found", advice)
    else:
        yield Finding(State.OK, "Chromium", f"at {found}")


def check_broker(machine: Machine) -> Iterator[Finding]:
    if machine.run is None:
        return
    found = machine.run.find_broker()
    if found is None:
        advice = "sudo apt-get install mosquitto mosquitto-clients; without it the demo's vehicles report over HTTP"
        yield Finding(State.WARN, "Mosquitto", "not found", advice)
    else:
        yield Finding(State.OK, "Mosquitto", f"at {found}")
