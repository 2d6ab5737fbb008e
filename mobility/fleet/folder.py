import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from mobility.fleet.rules.photos import PhotoStoreUnavailable


class PhotoFolder:
    """A `PhotoStore` in a folder that only its owner may enter; several processes may share it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, name: str, jpeg: bytes) -> None:
        try:
            await asyncio.to_thread(self._write, self._path(name), jpeg)
        except OSError:
            raise PhotoStoreUnavailable from None

    async def find(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread(self._path(name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError:
            raise PhotoStoreUnavailable from None

    async def remove(self, names: Sequence[str]) -> None:
        try:
            await asyncio.to_thread(self._unlink, names)
        except OSError:
            raise PhotoStoreUnavailable from None

    async def names_before(self, before: datetime) -> AsyncIterator[Sequence[str]]:
        for shelf in await asyncio.to_thread(lambda: sorted(self._root.glob("??"))):
            yield await asyncio.to_thread(_older, shelf, before)

    def _unlink(self, names: Sequence[str]) -> None:
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        # 256 shelves: no folder grows so large that reading it is slow.
        return self._root / name[:2] / name

    def _write(self, path: Path, jpeg: bytes) -> None:
        self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(jpeg)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
        for folder in (path.parent, self._root):
            _sync(folder)


def _sync(folder: Path) -> None:
    """The names in a folder reach the disk too, and not only what lies under them."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _older(shelf: Path, before: datetime) -> list[str]:
    """Names of the pictures last written before, those half written among them."""
    with os.scandir(shelf) as entries:
        return [entry.name for entry in entries if entry.stat().st_mtime < before.timestamp()]
