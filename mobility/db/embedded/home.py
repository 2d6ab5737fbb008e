"""The folder of one server, and the two locks that say who uses it.

`starter.lock` is held by the process that starts the server; `server.lock` is inherited by the server and all of its
children. So a free starter lock beside a held server lock is a server that outlived its starter, and a free server lock
proves that no process of an earlier server is left, whatever its pid file says. The kernel releases both, however a
process ends.
"""

import fcntl
import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mobility.db.embedded.account import Account
from mobility.db.embedded.errors import AlreadyStarted, FolderUnreachable, NoDiskSpace

# Where root keeps the data when the folder asked for lies in one closed to `nobody`, such as root's own home.
SHELTER = Path("/var/lib/mobility")
# A new cluster and its write-ahead log (capped at 256 MB) with room for a season of demo rides.
FREE_BYTES_MIN = 512_000_000


@dataclass(frozen=True)
class Home:
    folder: Path
    account: Account

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def url_file(self) -> Path:
        return self.folder / "url"

    def owned_folder(self, name: str) -> Path:
        """A folder that only the server's account may read and write."""
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        self.account.own(folder)
        return folder

    def write_secret(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
        self.account.own(path)

    def lock_starter(self) -> BinaryIO:
        """Claim the folder for this process, until the returned file is closed."""
        path = self.folder / "starter.lock"
        lock = _try_lock(path)
        if lock is None:
            raise AlreadyStarted(self.folder, read_pid(path))
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        return lock

    def try_lock_server(self) -> BinaryIO | None:
        """The lock that a server inherits, or None while a process of an earlier server lives."""
        return _try_lock(self.folder / "server.lock")

    def is_started(self) -> bool:
        """Whether a living process holds the claim on this folder."""
        with (self.folder / "starter.lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def open_home(asked: Path, account: Account) -> Home:
    """Make or find the folder of a server; a link at `asked` leads to it when it has to be elsewhere."""
    asked.parent.mkdir(parents=True, exist_ok=True)
    folder = asked.resolve()
    if not account.reaches(folder):
        folder = _shelter(asked)
        asked.symlink_to(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700 if account.user is None else 0o755)
    if not account.reaches(folder):
        raise FolderUnreachable(folder, "a folder above it is closed to the account nobody")
    if shutil.disk_usage(folder).free < FREE_BYTES_MIN:
        raise NoDiskSpace(folder, FREE_BYTES_MIN)
    return Home(folder, account)


def _shelter(asked: Path) -> Path:
    folder = SHELTER / hashlib.sha256(os.fsencode(asked.parent.absolute())).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    for ours in (SHELTER, folder):
        ours.chmod(0o755)
    return folder / asked.name


def read_pid(path: Path) -> int | None:
    """The process id on a file's first line; None when the file is not there or not written yet."""
    with suppress(FileNotFoundError, IndexError, ValueError):
        return int(path.read_text().splitlines()[0])
    return None


def _try_lock(path: Path) -> BinaryIO | None:
    file = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "rb+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
