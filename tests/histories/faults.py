"""What goes wrong, and how often, from one seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine


class Killed(BaseException):
    """The process died here: nothing after this line happens, what was not committed never was."""


class Trouble(StrEnum):
    """What may happen to one question asked of somebody outside."""

    NOT_ASKED = "not_asked"
    """It never arrived."""
    NOT_HEARD = "not_heard"
    """It was done, and the answer was lost."""
    DIED_ASKING = "died_asking"
    """We died before it arrived."""
    DIED_HEARING = "died_hearing"
    """It was done, and we died before we read the answer."""


@dataclass
class Faults:
    """Draws troubles; `calm` ends them all."""

    random: Random
    shares: Mapping[Trouble, float] = field(default_factory=lambda: dict.fromkeys(Trouble, 0.08))
    calm: bool = False

    def trouble(self) -> Trouble | None:
        drawn = self.random.random()
        for trouble, share in self.shares.items():
            drawn -= share
            if drawn < 0 and not self.calm:
                return trouble
        return None

    def happens(self, share: float) -> bool:
        return self.random.random() < share and not self.calm


class Mortality:
    """Lets a process die in the middle of its next commit, before the database has heard of it."""

    def __init__(self, *engines: AsyncEngine) -> None:
        self._is_due = False
        for engine in engines:
            event.listen(engine.sync_engine, "commit", self._die)

    def kill(self) -> None:
        self._is_due = True

    def spare(self) -> bool:
        """End the danger; True if nobody has died of it."""
        was_due, self._is_due = self._is_due, False
        return was_due

    def _die(self, connection: Connection) -> None:
        if self._is_due:
            self._is_due = False
            # A dead process's sockets are closed, and the database takes back what it was not told to keep.
            connection.invalidate()
            raise Killed
