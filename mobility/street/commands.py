"""How a vehicle answers commands. Pure; waiting is left to whoever holds its radio."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from mobility.street.faults import Faults

DELAY_S = (0.3, 2.5)
"""From the command to its answer: a modem that wakes up and a relay that moves."""
LATE_S = (60.0, 120.0)
# Commands repeated after more than so many others are as good as new.
REMEMBERED_MAX = 100
NAMES = frozenset({"unlock", "lock", "locate", "horn", "immobilise", "mobilise", "set_speed_limit", "reboot"})
# Commands that undo each other are about one matter.
MATTERS: Mapping[str, str] = {"unlock": "lock", "immobilise": "motion", "mobilise": "motion"}


class Command(Struct, frozen=True):
    id: str
    command: str
    issued_at: datetime
    expires_at: datetime
    arguments: Mapping[str, Any] = {}


class Reply(Struct, frozen=True):
    """Whether a command was done; if not, `code` says why."""

    id: str
    done: bool
    code: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What follows a command: done now if `obeyed`, told after `delay_s`; a reply of None is never told."""

    reply: Reply | None
    delay_s: float = 0.0
    obeyed: bool = False


class Obedience:
    """One vehicle's answers: each command is done once, however often it comes, and answered the same each time.

    One issued before the last done about its matter comes too late: the lock of one ride must not close the next.
    """

    def __init__(self, faults: Faults, random: Random) -> None:
        self._faults, self._random = faults, random
        self._answered: dict[str, Reply | None] = {}
        self._done_until: dict[str, datetime] = {}

    def answer(self, command: Command, now: datetime) -> Answer:
        delay_s = self._random.uniform(*DELAY_S)
        if command.id in self._answered:
            return Answer(self._answered[command.id], delay_s)
        unanswered, late = self._random.random(), self._random.random()
        if unanswered < self._faults.unanswered:
            return self._remembered(command, Answer(None))
        if (code := refusal(command, now) or self._overtaken(command)) is not None:
            return self._remembered(command, Answer(Reply(command.id, done=False, code=code, at=now), delay_s))
        if late < self._faults.answered_late:
            delay_s = self._random.uniform(*LATE_S)
        self._done_until[_matter(command)] = command.issued_at
        return self._remembered(command, Answer(Reply(command.id, done=True, code=None, at=now), delay_s, obeyed=True))

    def _overtaken(self, command: Command) -> str | None:
        last = self._done_until.get(_matter(command))
        return "overtaken" if last is not None and command.issued_at < last else None

    def _remembered(self, command: Command, answer: Answer) -> Answer:
        self._answered[command.id] = answer.reply
        if len(self._answered) > REMEMBERED_MAX:
            del self._answered[next(iter(self._answered))]
        return answer


def read_command(payload: bytes) -> Command | None:
    """The command, or None when the bytes are none: a box has nobody to tell."""
    try:
        return msgspec.json.decode(payload, type=Command)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def refusal(command: Command, now: datetime) -> str | None:
    """Why a vehicle does not do what it is told; None when it does."""
    if now >= command.expires_at:
        return "expired"
    if command.command not in NAMES:
        return "unknown_command"
    if command.command == "set_speed_limit" and not _is_limit(command.arguments.get("speed_limit_kmh")):
        return "bad_arguments"
    return None


def _matter(command: Command) -> str:
    return MATTERS.get(command.command, command.command)


def _is_limit(value: Any) -> bool:
    """A speed above zero, or None to lift the limit."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)
