"""What the two files about stations say of each other, and sums."""

from collections.abc import Iterator
from datetime import datetime

from mobility.feeds.rules.checks.feed import Finding, Record, View, records, whole
from mobility.feeds.rules.checks.references import hashable


def information_and_status(view: View, _: datetime) -> Iterator[Finding]:
    if not {"station_information", "station_status"} & view.files.keys():
        return
    informed = {each["station_id"] for each in hashable(view.stations, "station_id")}
    reported = {each["station_id"] for each in hashable(view.statuses, "station_id")}
    for id_ in informed - reported:
        yield Finding("station_status", f"station_id={id_}", "station_without_status", f'station "{id_}" has no status')
    for id_ in reported - informed:
        sentence = f'station "{id_}" is not in station_information'
        yield Finding("station_status", f"station_id={id_}", "status_without_station", sentence)


def sums(view: View, _: datetime) -> Iterator[Finding]:
    capacities = {each["station_id"]: whole(each.get("capacity")) for each in hashable(view.stations, "station_id")}
    for status in hashable(view.statuses, "station_id"):
        path = f"station_id={status['station_id']}"
        wrong = [*_by_type(view, status), *_beyond(view, status, capacities.get(status["station_id"]))]
        yield from (Finding("station_status", path, *each) for each in wrong)


def _by_type(view: View, status: Record) -> Iterator[tuple[str, str]]:
    available = view.count(status, "available")
    by_type = [whole(each.get("count")) for each in records(status.get("vehicle_types_available"))]
    total = sum(count or 0 for count in by_type)
    if by_type and available is not None and total != available:
        yield "counts_differ", f"{available} vehicles available, but {total} by type"


def _beyond(view: View, status: Record, capacity: int | None) -> Iterator[tuple[str, str]]:
    """Vehicles and docks beyond the bays that there are."""
    docks = [whole(status.get(key)) or 0 for key in ("num_docks_available", "num_docks_disabled")]
    there = (view.count(status, "available") or 0) + (view.count(status, "disabled") or 0)
    if capacity is not None and any(docks) and there + sum(docks) > capacity:
        yield "counts_exceed_capacity", f"{there} vehicles and {sum(docks)} docks at a station of {capacity}"
