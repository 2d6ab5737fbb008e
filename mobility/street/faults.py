"""What a mobile network does to a vehicle's reports. Pure: chance comes from a seed, time from the caller."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Generic, TypeVar

Sent = TypeVar("Sent")


class UnknownFault(ValueError):
    """A fault that the street has no name for, or a number that is none of its."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often what goes wrong. Names without a unit are shares from 0 to 1."""

    lost: float = 0.0
    """Of reports, each time they are sent: never arrive."""
    unacknowledged: float = 0.0
    """Of those that arrive: the vehicle is not told, and sends them again."""
    repeated: float = 0.0
    """Of those that arrive: do so twice at once."""
    held_back: float = 0.0
    """Of those that arrive: only with the next sending, behind reports made after them."""
    silences: float = 0.0
    """Of sendings: begin a time in which nothing arrives."""
    silence_s: float = 0.0
    """The longest of these times."""
    reconnects: float = 0.0
    """Of sendings: the connection breaks before them."""
    restarts: float = 0.0
    """Of sendings: the box restarts before them and counts its reports from one again."""
    skew_s: float = 0.0
    """How far a vehicle's clock is off at most, either way, from its first day on."""
    charge_noise_percent: float = 0.0
    """How far a measured charge is off at most, either way."""
    unanswered: float = 0.0
    """Of commands: never come to the vehicle."""
    answered_late: float = 0.0
    """Of commands: done, and answered when nobody waits any more."""


NONE = Faults()
GENTLE = Faults(
    lost=0.01,
    unacknowledged=0.01,
    repeated=0.01,
    held_back=0.02,
    silences=0.001,
    silence_s=60,
    reconnects=0.002,
    restarts=0.0002,
    skew_s=5,
    charge_noise_percent=0.5,
    unanswered=0.01,
    answered_late=0.01,
)
# The worst that the service must bear without a loss: a clock further off than its tolerance of two minutes would
# place a ride's reports outside the ride.
ROUGH = Faults(
    lost=0.2,
    unacknowledged=0.2,
    repeated=0.2,
    held_back=0.2,
    silences=0.02,
    silence_s=120,
    reconnects=0.05,
    restarts=0.02,
    skew_s=90,
    charge_noise_percent=3,
    unanswered=0.1,
    answered_late=0.1,
)
PRESETS = {"none": NONE, "gentle": GENTLE, "rough": ROUGH}


def read_faults(text: str) -> Faults:
    """Faults by the name of a preset, by single numbers, or both: `rough`, `lost=0.1,skew_s=30`, `gentle,lost=0.5`.

    Raises
    ------
    UnknownFault
        A name that is no fault, a number that is none or below zero, a share above one.
    """
    faults = NONE
    for part in text.split(","):
        name, is_number, number = part.strip().partition("=")
        if not is_number and name in PRESETS:
            faults = PRESETS[name]
        elif is_number and name in {field.name for field in fields(Faults)}:
            faults = replace(faults, **{name: _number(name, number)})
        else:
            raise UnknownFault(f"{part.strip()!r} is no fault of the street")
    return faults


def _number(name: str, text: str) -> float:
    is_share = not name.endswith(("_s", "_percent"))
    try:
        number = float(text)
    except ValueError:
        raise UnknownFault(f"{name}: {text!r} is no number") from None
    if not 0 <= number <= (1 if is_share else 3600):
        raise UnknownFault(f"{name}: {text} is {'no share from 0 to 1' if is_share else 'not between 0 and 3600'}")
    return number


@dataclass(frozen=True, slots=True)
class Crossing(Generic[Sent]):
    """One sending, as the network made of it: what arrives, in this order, and what the sender is told of."""

    arrives: Sequence[Sent] = ()
    acknowledged: Sequence[Sent] = ()


class Network(Generic[Sent]):
    """The way from one vehicle to the service. Nothing is acknowledged that has not arrived.

    The same seed and the same sendings at the same times have the same fates.
    """

    def __init__(self, faults: Faults, random: Random) -> None:
        self._faults, self._random = faults, random
        self._held_back: list[Sent] = []
        self._silent_until_s = float("-inf")

    def breaks(self) -> bool:
        """Whether the connection is lost before the next sending."""
        return self._random.random() < self._faults.reconnects

    def carry(self, sent: Sequence[Sent], now_s: float) -> Crossing[Sent]:
        if self._is_silent(now_s):
            return Crossing()
        arrives, acknowledged, late = list[Sent](), list[Sent](), self._held_back
        self._held_back = []
        for each in sent:
            lost, held_back, unacknowledged, repeated = (self._random.random() for _ in range(4))
            if lost < self._faults.lost:
                continue
            if held_back < self._faults.held_back:
                self._held_back.append(each)
                continue
            arrives += [each] * (2 if repeated < self._faults.repeated else 1)
            if unacknowledged >= self._faults.unacknowledged:
                acknowledged.append(each)
        return Crossing([*arrives, *late], acknowledged)

    def _is_silent(self, now_s: float) -> bool:
        if now_s >= self._silent_until_s and self._random.random() < self._faults.silences:
            self._silent_until_s = now_s + self._random.uniform(0, self._faults.silence_s)
        return now_s < self._silent_until_s
