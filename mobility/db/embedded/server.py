"""Starting and stopping one server process on its folder."""

import errno
import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, ClassVar, Self

from mobility.db.embedded.account import server_account
from mobility.db.embedded.errors import OWN_SERVERS, AlreadyStarted, ServerFailed, WheelMissing, explained
from mobility.db.embedded.home import FREE_BYTES_MIN, Home, open_home, read_pid

START_S = 60.0  # recovery after a crash replays up to 256 MB of write-ahead log
STOP_S = 30.0  # a fast shutdown writes a checkpoint
POLL_S = 0.02
PORT_TRIES = 5  # a port that was free can be taken before the server binds it
# Nothing of our environment: no PG* variable may redirect the server, no secret of ours may reach it.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedServer(ABC):
    """One server on `data_dir / name`, running inside a `with` block or between `start` and `stop`.

    Raises
    ------
    EmbeddedError
        On start: the server cannot run; its text says what to do.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    instead: ClassVar[str] = OWN_SERVERS

    home: Home
    url: str
    _lock: BinaryIO
    _undo: ExitStack

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self._asked = data_dir / self.name
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    def _choose_port(self) -> int:
        return free_port()

    @abstractmethod
    def _prepare(self) -> None:
        """Make ready on disk what the command needs."""

    @abstractmethod
    def _command(self, port: int) -> Sequence[str | Path]: ...

    @abstractmethod
    def _is_ready(self, port: int, pid: int) -> bool: ...

    @abstractmethod
    def _url(self, port: int) -> str: ...

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @classmethod
    def find_url(cls, data_dir: Path) -> str | None:
        """Address of the server that a process has started on this data directory; None if it is not ours to know."""
        home = Home((data_dir / cls.name).resolve(), server_account())
        with suppress(FileNotFoundError, PermissionError):
            return home.url_file.read_text() if home.is_started() else None
        return None

    def start(self) -> None:
        with explained(self._asked, FREE_BYTES_MIN), ExitStack() as undo:
            self.home = open_home(self._asked, server_account())
            undo.enter_context(self.home.lock_starter())
            with self._lock_server() as self._lock:
                self._prepare()
                # PostgreSQL refuses to start when another program has got the process id of a killed server;
                # the server lock has just proved that no process of that server is left.
                self.pid_file.unlink(missing_ok=True)
                undo.callback(self._end)
                self.url = self._url(self._launch())
            self.home.write_secret(self.home.url_file, self.url)
            undo.callback(self.home.url_file.unlink, missing_ok=True)
            self._undo = undo.pop_all()

    def stop(self) -> None:
        self._undo.close()

    def _lock_server(self) -> BinaryIO:
        """The lock for the next server, once a server that outlived its starter has been stopped."""
        lock = self.home.try_lock_server()
        for end in (self.stop_signal, signal.SIGKILL):
            give_up = time.monotonic() + STOP_S
            while lock is None and time.monotonic() < give_up:
                if pid := read_pid(self.pid_file):
                    with suppress(ProcessLookupError):
                        os.kill(pid, end)
                time.sleep(POLL_S)
                lock = self.home.try_lock_server()
        if lock is None:
            raise AlreadyStarted(self.home.folder, read_pid(self.pid_file))
        return lock

    def _run(self, *command: str | Path, words: bytes = b"") -> None:
        """Run a preparing program to its end."""
        with self._spawn(command, stdin=subprocess.PIPE) as program:
            program.communicate(words)
        if program.returncode:
            raise self._failure()

    def _launch(self) -> int:
        for _ in range(PORT_TRIES):
            port = self._choose_port()
            self._process = self._spawn(self._command(port))
            if self._starts(self._process, port):
                return port
            if "address already in use" not in self._last_words().lower():
                break
        raise self._failure()

    def _starts(self, process: subprocess.Popen[bytes], port: int) -> bool:
        give_up = time.monotonic() + START_S
        while process.poll() is None and time.monotonic() < give_up:
            if self._is_ready(port, process.pid):
                return True
            time.sleep(POLL_S)
        self._end()
        return False

    def _spawn(self, command: Sequence[str | Path], *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        account = self.home.account
        with self.home.log.open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=self.home.folder,
                env=ENVIRONMENT,
                start_new_session=True,  # a terminal's Ctrl-C is for us: the database goes last
                pass_fds=(self._lock.fileno(),),
                user=account.user,
                group=account.group,
                extra_groups=account.extra_groups,
            )

    def _end(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _failure(self) -> Exception:
        words = self._last_words()
        return (
            OSError(errno.ENOSPC, words)
            if "No space left on device" in words
            else ServerFailed(self.name, words, self.instead)
        )

    def _last_words(self) -> str:
        return self.home.log.read_text(errors="replace")


def wheel_folder(package: str, wheel: str) -> Path:
    """Where a wheel was installed. Never imports it: only its programs are wanted."""
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise WheelMissing(wheel)
    return Path(found.submodule_search_locations[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
