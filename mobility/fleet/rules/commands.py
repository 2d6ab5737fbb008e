"""Orders to vehicles: which there are, how long each is worth sending, and what a reply does to one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import Conflict, Invalid, NotFound, TooMany
from mobility.city.rules.alert_rules import AlertKind


class Kind(StrEnum):
    UNLOCK = "unlock"
    LOCK = "lock"
    LOCATE = "locate"
    HORN = "horn"
    IMMOBILISE = "immobilise"
    MOBILISE = "mobilise"
    SET_SPEED_LIMIT = "set_speed_limit"
    REBOOT = "reboot"


class State(StrEnum):
    SENT = "sent"
    """On its way: published again and again until something settles it."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    """It was not carried out; `code` says why, in the vehicle's words or ours (`NOT_AT_THE_BROKER`)."""
    EXPIRED = "expired"
    """No reply before the deadline. The vehicle does not carry it out any more."""
    SUPERSEDED = "superseded"
    """A later command about the same matter took its place."""


class Word(StrEnum):
    """What happens to a command."""

    DONE = "done"
    NOT_DONE = "not_done"
    DEADLINE = "deadline"
    REPLACED = "replaced"


S, W = State, Word

# Whatever is not here changes nothing: an answer once given is final, however often the vehicle replies.
SETTLED_BY: Final[Mapping[tuple[State, Word], State]] = {
    (S.SENT, W.DONE): S.CONFIRMED,
    (S.SENT, W.NOT_DONE): S.REFUSED,
    (S.SENT, W.DEADLINE): S.EXPIRED,
    (S.SENT, W.REPLACED): S.SUPERSEDED,
}
UNANSWERED: Final = frozenset({S.EXPIRED, S.SUPERSEDED})
REPLIES: Final = frozenset({W.DONE, W.NOT_DONE})


def after(state: State, word: Word) -> State:
    """The state that follows."""
    return SETTLED_BY.get((state, word), state)


def is_late(state: State, word: Word) -> bool:
    """Whether this is the vehicle's reply to what we had given up: worth keeping, though it changes nothing."""
    return state in UNANSWERED and word in REPLIES


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of command is treated.

    Of two commands about one `matter` the later one counts. `deadline_s` is how long the command may still be carried
    out, `pause_s` the least time between two of an operator, `standing` that only a vehicle that stands may get it from
    one.
    """

    matter: str
    deadline_s: float
    pause_s: float = 0.0
    standing: bool = False


MANNERS: Final[Mapping[Kind, Manner]] = {
    # Somebody stands at the vehicle and waits: a modem that sleeps wakes within ten seconds, and no patience is longer.
    Kind.UNLOCK: Manner("lock", 15),
    # Nobody waits, and an open vehicle is worth trying for: out of a car park's shadow, not for the next rider.
    Kind.LOCK: Manner("lock", 60, standing=True),
    Kind.LOCATE: Manner("locate", 60),
    # For whoever looks for it now; the pause spares the neighbours.
    Kind.HORN: Manner("horn", 20, pause_s=10),
    # A stolen vehicle hides from the network, and shows itself for minutes.
    Kind.IMMOBILISE: Manner("motion", 600, standing=True),
    Kind.MOBILISE: Manner("motion", 60),
    # Later the vehicle is in another zone.
    Kind.SET_SPEED_LIMIT: Manner("speed", 30),
    # A restart takes a minute and more; another one in the middle of it helps nobody.
    Kind.REBOOT: Manner("reboot", 120, pause_s=120, standing=True),
}


def expires_at(kind: Kind, issued_at: datetime) -> datetime:
    """The first instant at which a command is not carried out any more; what counts everywhere is our clock."""
    return issued_at + timedelta(seconds=MANNERS[kind].deadline_s)


AGAIN_AFTER_S: Final = (2.0, 3.0, 5.0, 10.0, 30.0)
"""Waits between publications: the first ones for a message lost on the way, the last for a vehicle out of reach."""


def next_try(*, attempts: int, now: datetime) -> datetime:
    """When to publish again what has been published `attempts` times, 1 or more."""
    return now + timedelta(seconds=AGAIN_AFTER_S[min(attempts, len(AGAIN_AFTER_S)) - 1])


NOT_AT_THE_BROKER: Final = "not_at_the_broker"
"""Why a vehicle that reports by HTTP refuses, at once: nobody waits for an answer that cannot come."""


class CommandArguments(Invalid):
    code = "command_arguments"
    fr = "La commande « {command} » ne prend pas ces arguments : {expected}."
    en = 'The command "{command}" does not take these arguments: {expected}.'


class VehicleMoving(Conflict):
    code = "vehicle_moving"
    fr = "Le véhicule roule, ou pourrait rouler : « {command} » attend qu'il soit arrêté."
    en = 'The vehicle is moving, or may be: "{command}" waits until it stands.'


class CommandUnderWay(Conflict):
    code = "command_under_way"
    fr = "Un client est en train de déverrouiller ou de verrouiller ce véhicule : attendez la réponse."
    en = "A rider is unlocking or locking this vehicle: wait for the answer."


class CommandTooSoon(TooMany):
    code = "command_too_soon"
    fr = "« {command} » vient d'être envoyé : attendez {retry_after_s} s."
    en = '"{command}" was sent a moment ago: wait {retry_after_s} s.'


class UnknownCommand(NotFound):
    code = "unknown_command"
    fr = "Cette commande n'existe pas pour ce véhicule."
    en = "This vehicle was not sent that command."


SpeedLimit = Annotated[int, Meta(ge=5, le=130)]


class SpeedLimitArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """In km/h; null lifts the limit."""

    speed_limit_kmh: SpeedLimit | None


class NoArguments(Struct, frozen=True, forbid_unknown_fields=True):
    """There is nothing to say."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a vehicle is told to do. Raises `CommandArguments` when the kind does not take these arguments."""

    kind: Kind
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        expected = SpeedLimitArguments if self.kind is Kind.SET_SPEED_LIMIT else NoArguments
        try:
            msgspec.convert(self.arguments, expected)
        except msgspec.ValidationError as error:
            raise CommandArguments(command=self.kind.value, expected=str(error)) from None


def confirmed_status(kind: Kind, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a vehicle that has confirmed a command, by columns of its latest state."""
    match kind:
        case Kind.LOCK | Kind.UNLOCK:
            return {"locked": kind is Kind.LOCK}
        case Kind.SET_SPEED_LIMIT:
            return {"speed_limit_kmh": arguments["speed_limit_kmh"]}
        case _:
            return {}


def alert_of(kind: Kind) -> AlertKind:
    """What it is called that a vehicle does not carry a command out."""
    match kind:
        case Kind.UNLOCK:
            return "unlock_failed"
        case Kind.LOCK:
            return "lock_unconfirmed"
        case _:
            return "command_expired"


class CommandMessage(Struct, frozen=True, kw_only=True):
    """What is published to a vehicle. It refuses one that has expired, and answers a repeated `id` as before."""

    id: UUID
    command: str
    arguments: Mapping[str, Any]
    issued_at: datetime
    expires_at: datetime


class Reply(Struct, frozen=True, kw_only=True):
    """What a vehicle says of a command: whether it was carried out, and if not, why."""

    id: UUID
    done: bool
    at: datetime
    code: Annotated[str, Meta(pattern="^[a-z0-9_]{1,60}$")] | None = None

    @property
    def word(self) -> Word:
        return Word.DONE if self.done else Word.NOT_DONE


class ReplyUnreadable(Exception):
    """The bytes are no reply."""


def read_reply(payload: bytes) -> Reply:
    """The reply in a message of a vehicle.

    Raises
    ------
    ReplyUnreadable
        Says what cannot be read, without quoting it.
    """
    try:
        return msgspec.json.decode(payload, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReplyUnreadable(type(error).__name__) from None


# Older than this, a speed says nothing of now.
SPEED_HOLDS: Final = timedelta(minutes=1)


def refuse_moving(kind: Kind, *, rented: bool, speed_kmh: float | None) -> None:
    """Keep a vehicle from being stopped under its rider.

    Parameters
    ----------
    speed_kmh
        None when the vehicle has not said so lately: then one that is in a rental may be moving.

    Raises
    ------
    VehicleMoving
    """
    may_move = rented if speed_kmh is None else speed_kmh > 0
    if MANNERS[kind].standing and may_move:
        raise VehicleMoving(command=kind.value)
