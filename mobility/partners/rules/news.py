"""What changed between two editions of a city's feeds: what partners are told, and not a word more than feeds say."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

from mobility.feeds.rules import v3
from mobility.feeds.rules.system import Edition

EventType = Literal["vehicle.changed", "vehicle.gone", "station.changed", "station.gone", "alert.changed", "alert.gone"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
IDS = {"vehicle": "vehicle_id", "station": "station_id", "alert": "alert_id"}

Subject = str
"""Whose story a message belongs to: `vehicle:` and its id as the feeds have it. A new id is a new story."""

Records = Mapping[Subject, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class News:
    """One change; `record` as GBFS 3.0 has it, or the id alone of what is gone."""

    type: str
    subject: Subject
    record: dict[str, Any]


def records_of(edition: Edition) -> Records:
    """Everything in an edition that partners follow, by subject."""
    listed = {
        "vehicle": v3.vehicle_status(edition)["vehicles"],
        "station": [_lasting(station) for station in v3.station_status(edition)["stations"]],
        "alert": v3.system_alerts(edition.system)["alerts"],
    }
    return {f"{kind}:{each[IDS[kind]]}": each for kind, records in listed.items() for each in records}


def fingerprint(record: dict[str, Any]) -> bytes:
    """Equal for records that say the same."""
    return hashlib.blake2b(msgspec.json.encode(record), digest_size=16).digest()


def news_between(told: Mapping[Subject, bytes], now: Records) -> Iterator[News]:
    """What is to be told to somebody who was told records of these fingerprints.

    What is gone comes first: a partner that shows vehicles shows rather one too few than one too many.
    """
    for subject in told.keys() - now.keys():
        kind, _, id_ = subject.partition(":")
        yield News(f"{kind}.gone", subject, {IDS[kind]: id_})
    for subject, record in now.items():
        if told.get(subject) != fingerprint(record):
            yield News(f"{subject.partition(':')[0]}.changed", subject, record)


def _lasting(station: dict[str, Any]) -> dict[str, Any]:
    """Without the time of asking, which is no news."""
    return {name: value for name, value in station.items() if name != "last_reported"}
