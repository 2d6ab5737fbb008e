"""A feed as it was read, and one way to look at all its versions. Nothing in it is trusted to have the right type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault: the file, where in it, a stable code, a sentence."""

    file: str
    path: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a feed; `language` is None where the version has one file for all."""

    name: str
    language: str | None
    url: str
    body: Any


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it was read from `url`, and what could not be read of it."""

    url: str
    index: Any
    documents: tuple[Document, ...]
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class View:
    """The files of a feed in one language, under the names of version 3."""

    files: Mapping[str, Record]
    is_v3: bool

    def data(self, name: str) -> Record:
        """The member `data` of a file; empty when the file or the member is missing."""
        return record(self.files.get(name, {}).get("data"))

    @property
    def information(self) -> Record:
        return self.data("system_information")

    @property
    def languages(self) -> list[str]:
        return strings(self.information.get("languages"))

    @property
    def types(self) -> list[Record]:
        return records(self.data("vehicle_types").get("vehicle_types"))

    @property
    def stations(self) -> list[Record]:
        return records(self.data("station_information").get("stations"))

    @property
    def statuses(self) -> list[Record]:
        return records(self.data("station_status").get("stations"))

    @property
    def vehicles(self) -> list[Record]:
        return records(self.data("vehicle_status").get("vehicles" if self.is_v3 else "bikes"))

    @property
    def bookable(self) -> list[Record]:
        """From 3.1 on, the vehicles that can be booked ahead."""
        return records(self.data("vehicle_availability").get("vehicles"))

    @property
    def plans(self) -> list[Record]:
        return records(self.data("system_pricing_plans").get("plans"))

    @property
    def regions(self) -> list[Record]:
        return records(self.data("system_regions").get("regions"))

    @property
    def alerts(self) -> list[Record]:
        return records(self.data("system_alerts").get("alerts"))

    @property
    def zones(self) -> list[Record]:
        collection = record(self.data("geofencing_zones").get("geofencing_zones"))
        return [record(feature.get("properties")) for feature in records(collection.get("features"))]

    @property
    def type_key(self) -> str:
        """Where a zone's rule names types."""
        return "vehicle_type_ids" if self.is_v3 else "vehicle_type_id"

    @property
    def vehicle_key(self) -> str:
        return "vehicle_id" if self.is_v3 else "bike_id"

    def file(self, name: str) -> str:
        """What the feed calls the file that version 3 calls so."""
        return name if self.is_v3 or name != "vehicle_status" else "free_bike_status"

    def count(self, status: Record, which: str) -> int | None:
        """`num_vehicles_available` or `num_vehicles_disabled` of a station."""
        return whole(status.get(f"num_{'vehicles' if self.is_v3 else 'bikes'}_{which}"))


def views(feed: Feed) -> Iterator[View]:
    """One view for each language that the feed has files in."""
    for language in sorted({each.language for each in feed.documents}, key=str):
        files = {each.name: record(each.body) for each in feed.documents if each.language == language}
        if "free_bike_status" in files:
            files["vehicle_status"] = files["free_bike_status"]
        yield View(files, is_v3=language is None)


def record(value: Any) -> Record:
    return value if isinstance(value, dict) else {}


def records(value: Any) -> list[Record]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def instant(value: Any) -> datetime | None:
    """POSIX seconds or RFC 3339; None when it is neither."""
    try:
        if isinstance(value, str):
            read = datetime.fromisoformat(value)
            return read if read.tzinfo else None
        return datetime.fromtimestamp(value, UTC) if whole(value) is not None else None
    except (ValueError, OverflowError, OSError):
        return None
