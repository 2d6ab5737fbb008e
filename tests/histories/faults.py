"""What goes wrong, and how often, from one seed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any, NoReturn
from unittest.mock import patch

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from mobility.db.direct import Direct


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
    """Lets a process die in its next commit: before the database has heard of it, or after, the answer unread.

    A statement past SQLAlchemy that writes is a commit by itself.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine
        self._is_due = self._was_heard = False

    def kill(self, *, heard: bool) -> None:
        self._is_due, self._was_heard = True, heard

    def spare(self) -> None:
        """End the danger."""
        self._is_due = False

    @contextmanager
    def at_large(self) -> Iterator[None]:
        with patch.object(Direct, "fetchrow", self._of_direct(Direct.fetchrow)):
            event.listen(self._engine, "commit", self._before)
            event.listen(Session, "after_commit", self._after)
            yield
            event.remove(Session, "after_commit", self._after)

    def _before(self, connection: Connection) -> None:
        if self._is_due and not self._was_heard:
            # A dead process's sockets are closed, and the database takes back what it was not told to keep.
            connection.invalidate()
            self._die()

    def _after(self, _: Session) -> None:
        if self._is_due and self._was_heard:
            self._die()

    def _of_direct(self, fetchrow: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def mortal(direct: Direct, query: str, *args: Any) -> Any:
            is_last = self._is_due and "INSERT" in query
            if is_last and not self._was_heard:
                self._die()
            answer = await fetchrow(direct, query, *args)
            if is_last:
                self._die()
            return answer

        return mortal

    def _die(self) -> NoReturn:
        self._is_due = False
        raise Killed
