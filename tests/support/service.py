"""The whole service as real processes on a database of its own: for browsers, the street and `kill -9`."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from mobility.riders.mailbox import list_letters

START_WITHIN_S = 180.0  # of a machine that is doing other things
CODE_WITHIN_S = 60.0
ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """API and worker of one city; `processes` are theirs by name."""

    database_url: str
    redis_url: str
    folder: Path
    city: str
    mqtt_url: str = ""
    more_environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_port())
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mailbox(self) -> Path:
        return self.folder / "mailbox.jsonl"

    @property
    def vehicles(self) -> Path:
        return self.folder / "vehicles.jsonl"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "MOBILITY_PORT": str(self.port),
            "MOBILITY_MAILBOX": str(self.mailbox),
            "MOBILITY_PHOTOS": str(self.folder / "photos"),
            "MOBILITY_CITY": self.city,
            "MOBILITY_MQTT_URL": self.mqtt_url,
            **self.more_environment,
        }

    def run(self, *arguments: str) -> None:
        """Run a command of the command line to its end."""
        subprocess.run(
            [sys.executable, "-m", "mobility", *arguments],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
        )

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", "mobility", name], env=self.environment, cwd=ROOT, stdout=log, stderr=log
                )
        if "serve" in names:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while True:
            try:
                if httpx.get(f"{self.url}/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline or self.processes["serve"].poll() is not None:
                raise RuntimeError((self.folder / "serve.log").read_text())
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """`kill -9`, and wait until it is gone."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def end(self, name: str) -> None:
        """As by its supervisor: it finishes what it has begun."""
        self.processes[name].terminate()
        self.processes[name].wait(timeout=60)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=60)

    def last_code(self, contact: str) -> str:
        """The newest code sent to an address; waits for it."""
        deadline = time.monotonic() + CODE_WITHIN_S
        while time.monotonic() < deadline:
            if codes := [each.code for each in list_letters(self.mailbox) if each.to == contact and each.code]:
                return codes[-1]
            time.sleep(0.05)
        raise LookupError(f"no code was sent to {contact}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
