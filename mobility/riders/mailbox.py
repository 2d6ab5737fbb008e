import asyncio
import fcntl
import os
from pathlib import Path

import msgspec

from mobility.riders.rules.messages import Letter

# Some 4,000 codes; then the file begins anew.
MAILBOX_MAX_BYTES = 1_000_000


class Mailbox:
    """A `Delivery` that appends one JSON line a letter to a file only its owner reads: for demo and tests."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def deliver(self, letter: Letter) -> None:
        await asyncio.to_thread(self._append, msgspec.json.encode(letter) + b"\n")

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_size > MAILBOX_MAX_BYTES:
                os.ftruncate(file, 0)
            os.write(file, line)
        finally:
            os.close(file)


def list_letters(path: Path) -> list[Letter]:
    """What lies in the mailbox, oldest first."""
    if not path.exists():
        return []
    return [msgspec.json.decode(line, type=Letter) for line in path.read_bytes().splitlines()]
