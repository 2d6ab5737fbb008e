"""The service with Béthune loaded, as real processes, and the browser that looks at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from mobility.db.embedded import Servers

ROOT = Path(__file__).parents[2]
CITY = ROOT / "cities/bethune/city.toml"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_WITHIN_S = 120.0


def chromium() -> str:
    """Raises SystemExit where there is none."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise SystemExit("needs Chromium: sudo apt-get install chromium")
    return found


@contextmanager
def service(folder: Path, running: Servers, *names: str) -> Iterator[str]:
    """The processes that are named (`serve`, `worker`) on a free port; the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATABASE_URL": running.database_url,
        "REDIS_URL": running.redis_url,
        "MOBILITY_PORT": str(port),
        "MOBILITY_MAILBOX": str(folder / "mailbox.jsonl"),
        "MOBILITY_PHOTOS": str(folder / "photos"),
    }
    command = [sys.executable, "-m", "mobility"]
    for step in (["db", "migrate"], ["city", "load", str(CITY), "--keys", str(folder / "vehicles.jsonl")]):
        subprocess.run([*command, *step], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with (folder / "service.log").open("ab") as log:
        processes = [
            subprocess.Popen([*command, name], env=environment, cwd=ROOT, stdout=log, stderr=log) for name in names
        ]
    try:
        wait_for(f"http://127.0.0.1:{port}/health/ready")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer")
