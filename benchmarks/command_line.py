"""What the commands that solve published files have in common: FILE... --seconds --seed --json."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from mobility.base.errors import Problem

T = TypeVar("T")


def parser_of_files(module: str, doc: str, *, seconds: float) -> argparse.ArgumentParser:
    """A parser for `python -m module FILE...`; `doc` is the module's docstring, `seconds` the default for each file."""
    described = argparse.ArgumentParser(prog=f"python -m {module}", description=doc.split("\n")[0])
    described.add_argument("files", metavar="FILE", nargs="+", type=Path)
    help_ = f"wall time for each file (default {seconds:.0f})"
    described.add_argument("--seconds", type=positive, default=seconds, help=help_)
    described.add_argument("--seed", type=natural, default=0)
    described.add_argument("--json", action="store_true", help="one JSON object per line")
    return described


def positive(word: str) -> float:
    value = float(word)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{word} is not above 0")
    return value


def natural(word: str) -> int:
    value = int(word)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{word} is negative")
    return value


def at_least_one(word: str) -> int:
    value = int(word)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{word} is not at least 1")
    return value


def read_or_name(path: Path, read: Callable[[Path], T]) -> T:
    """What `read` makes of the file.

    Raises
    ------
    ValueError
        It cannot be used; the sentence names the file and the reason.
    """
    try:
        return read(path)
    except (OSError, Problem) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{path}: {reason}") from None
