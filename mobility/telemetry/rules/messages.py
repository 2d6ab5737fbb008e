"""What comes in and what became of it, whichever way it came."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from mobility.geo import LonLat
from mobility.telemetry.rules.reports import Refusal, Report

NO_CITY = ""  # of vehicles that are not ours


class Message(NamedTuple):
    """What one vehicle sent at once, as JSON: a report or a list of up to `BATCH_MAX`. The edge proved who sent it."""

    vehicle_id: UUID
    payload: bytes
    channel: str = "mqtt"


@dataclass(frozen=True, slots=True)
class Speakers:
    """The vehicles that sent messages, each once, in the order of their ids; `of_message` is each message's among them.

    `key` are the ids as bytes: a `UUID` computes its hash, and compares, in Python.
    """

    ids: list[UUID]
    key: NDArray[np.bytes_]
    of_message: NDArray[np.int64]

    def places(self, vehicle_ids: Iterable[UUID]) -> NDArray[np.int64]:
        """Where these vehicles, which all spoke, are in `ids`."""
        return np.searchsorted(self.key, _key(vehicle_ids))


def speakers(messages: Sequence[Message]) -> Speakers:
    said = _key(message.vehicle_id for message in messages)
    key, first, of_message = np.unique(said, return_index=True, return_inverse=True)
    return Speakers([messages[at].vehicle_id for at in first.tolist()], key, of_message)


def _key(vehicle_ids: Iterable[UUID]) -> NDArray[np.bytes_]:
    return np.frombuffer(b"".join([vehicle_id.int.to_bytes(16, "big") for vehicle_id in vehicle_ids]), "S16")


class Said(NamedTuple):
    """A report, and its place: number of the message, number within it."""

    report: Report
    message: int
    place: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A report that was not taken; `index` is None when the message was refused whole."""

    message: int
    index: int | None
    code: Refusal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class InRide:
    """A position made in a rental: for whoever watches zones, in memory only. Never stored, logged or sent on."""

    vehicle_id: UUID
    rental_id: UUID | None
    city_id: str
    type_code: str
    at: datetime
    position: LonLat = field(repr=False)
    accuracy_m: float | None
    speed_kmh: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages of one transaction.

    `news` are the vehicles whose latest state changed, by city; `counts` how many reports were "accepted", "repeated"
    or refused by which code, by city or `NO_CITY`.
    """

    accepted: int
    repeated: int
    counts: dict[str, Counter[str]]
    refused: list[Refused]
    news: dict[str, list[UUID]]
    in_ride: list[InRide]
