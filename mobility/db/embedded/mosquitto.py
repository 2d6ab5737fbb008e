"""Mosquitto where the machine has it: the broker of the demo, the tests and the benchmarks."""

import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from os import kill
from pathlib import Path
from typing import Final

from mobility.db.embedded.errors import OWN_BROKER, BrokerMissing
from mobility.db.embedded.home import read_pid
from mobility.db.embedded.server import EmbeddedServer

# Debian puts it where only root's PATH leads, Homebrew beside its other servers.
PLACES: Final = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
ANSWER_S = 1.0
CONTRACT: Final[Mapping[str, str]] = {
    "allow_anonymous": "false",
    "allow_zero_length_clientid": "false",
    "persistence": "true",
    "autosave_on_changes": "true",
    "autosave_interval": "1",
    "max_queued_messages": "0",
    "max_queued_bytes": "2000000000",
    "persistent_client_expiration": "14d",
    "max_inflight_messages": "0",
    "max_inflight_bytes": "33554432",
    "max_packet_size": "262144",
    "retain_available": "false",
    "set_tcp_nodelay": "true",
}
"""What the shipped configuration (infra/mosquitto) promises and a test holds equal: nothing acknowledged is lost."""


class EmbeddedBroker(EmbeddedServer):
    """Mosquitto on the loopback address, with the shipped promises, without TLS.

    `access` is the text of its access list, `passwords` of its password file: one `user:hash` a line. A `port` of its
    own lets clients find it again after a restart.
    """

    name = "mosquitto"
    stop_signal = signal.SIGTERM
    instead = OWN_BROKER

    def __init__(self, data_dir: Path, *, access: str, passwords: str, port: int = 0, durable: bool = True) -> None:
        super().__init__(data_dir, durable=durable)
        self._access = access
        self._passwords = passwords
        self._port = port

    @property
    def pid_file(self) -> Path:
        return self.home.owned_folder("run") / "pid"

    @property
    def _password_file(self) -> Path:
        return self.home.folder / "passwords"

    def use_passwords(self, passwords: str) -> None:
        """Let these users in and no others; whoever is connected without a right to be is cut off at once."""
        self.home.write_secret(self._password_file, passwords)
        if pid := read_pid(self.pid_file):
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGHUP)

    def _choose_port(self) -> int:
        return self._port or super()._choose_port()

    def _prepare(self) -> None:
        self._program = find_broker()
        self.home.owned_folder("data")
        self.home.write_secret(self._password_file, self._passwords)
        self.home.write_secret(self.home.folder / "access", self._access)

    def _command(self, port: int) -> Sequence[str | Path]:
        folder = self.home.folder
        settings = dict(CONTRACT) | {
            "persistence": "true" if self.durable else "false",
            "persistence_location": f"{folder / 'data'}/",
            "password_file": str(self._password_file),
            "acl_file": str(folder / "access"),
            "pid_file": str(self.pid_file),
            "log_dest": "stderr",
            "listener": f"{port} 127.0.0.1",
        }
        config = "".join(f"{name} {value}\n" for name, value in settings.items()) + "log_dest topic\n"
        self.home.write_secret(folder / "mosquitto.conf", config)
        return [self._program, "-c", folder / "mosquitto.conf"]

    def _is_ready(self, port: int, pid: int) -> bool:
        """Whether it says that it runs and answers: another program may have taken the port first."""
        if " running" not in self._last_words():
            return False
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S):
            return True
        return False

    def _url(self, port: int) -> str:
        return f"mqtt://127.0.0.1:{port}"


def find_broker() -> Path:
    """Where the machine keeps Mosquitto; raises `BrokerMissing`."""
    found = shutil.which("mosquitto") or next(filter(None, (shutil.which("mosquitto", path=at) for at in PLACES)), None)
    if found is None:
        raise BrokerMissing
    return Path(found)
