"""What comes in and what became of it, whichever way it came."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from mobility.geo import LonLat
from mobility.telemetry.rules.reports import Refusal, Report

NO_CITY = ""  # of vehicles that are not ours


@dataclass(frozen=True, slots=True)
class Message:
    """What one vehicle sent at once, as JSON: a report or a list of up to `BATCH_MAX`. The edge proved who sent it."""

    vehicle_id: UUID
    payload: bytes
    channel: str = "mqtt"


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
