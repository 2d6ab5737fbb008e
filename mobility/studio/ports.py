"""What works on a studio's jobs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from mobility.city.rules.city_file import CityFile
from mobility.studio.rules.drawings import NamedSketch


@dataclass(frozen=True, slots=True)
class Work:
    """All that a job needs beside its study's files."""

    kind: str
    city: CityFile
    sketches: tuple[NamedSketch, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Step:
    """So many of so many runs of a step are done."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The study it belongs to, or why there is none."""

    study_id: str | None
    failure: str | None = None


class JobLost(Exception):
    """Whoever worked on it is gone without a word."""


class JobRunner(Protocol):
    async def run(
        self,
        work: Work,
        *,
        tell: Callable[[Step], Awaitable[None]],
        is_cancelled: Callable[[], Awaitable[bool]],
    ) -> Ended | None:
        """None: cancelled; finished runs are kept.

        Raises
        ------
        JobLost
        """
        ...
