"""Who keeps to the published policies and who does not, by what is known of the vehicles at an instant.

Where a ridden vehicle is, nobody knows: a rule about a part of the town is not held against it, save for a speed limit
that the vehicle was given there and did not take, or took and does not keep to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol
from uuid import UUID

import shapely

from mobility.geo import LonLat, ZoneIndex
from mobility.mds.rules.protocol import milliseconds

Document = Mapping[str, Any]
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR: Final = timedelta(hours=1)
NO_TIME: Final = timedelta(0)


class Version(Protocol):
    """A published policy."""

    @property
    def id(self) -> UUID: ...
    @property
    def code(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def document(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """A vehicle at an instant. `position` is None while somebody rides it.

    Speeds in km/h: what it can do, what it said last in a ride, the limit of a zone that it took a while ago and still
    has, and one that it did not take.
    """

    vehicle_id: UUID
    mode: str
    vehicle_type: str
    state: str
    since: datetime
    position: LonLat | None
    top_speed: int
    speed: float | None = None
    limit: int | None = None
    declined: int | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is not kept now: by one vehicle, or by the fleet as a whole."""

    policy_id: UUID
    code: str
    kind: str
    provider_id: UUID
    vehicle_id: UUID | None
    measured: int
    allowed: int


def in_force(versions: Sequence[Version], at: datetime) -> list[Version]:
    """Of each policy the version that holds at an instant; none of one that is over."""
    instant, holding = milliseconds(at), dict[str, Version]()
    for version in sorted(versions, key=lambda each: (each.code, each.version)):
        if version.document["start_date"] <= instant:
            holding[version.code] = version
    return [each for each in holding.values() if instant < each.document["end_date"]]


def overlapping(versions: Sequence[Version], since: datetime, until: datetime | None) -> list[Version]:
    """The versions that hold at some instant from `since` up to `until`."""
    begin, end = milliseconds(since), None if until is None else milliseconds(until)
    replaced = {(each.code, each.version - 1): each.document["start_date"] for each in versions if each.version > 1}
    return [
        each
        for each in versions
        if (end is None or each.document["start_date"] < end)
        and begin < min(each.document["end_date"], replaced.get((each.code, each.version), each.document["end_date"]))
    ]


def breaches(
    policies: Sequence[Version],
    areas: Mapping[str, Document],
    whole: frozenset[str],
    standing: Sequence[Standing],
    local: datetime,
) -> Iterator[Breach]:
    """What is not kept at `local`, an instant on the city's clocks.

    Parameters
    ----------
    areas
        GeoJSON of the geographies by id; `whole` are the ids of those that ridden vehicles are taken to be in.
    """
    for policy in policies:
        vehicles = [each for each in standing if each.mode == policy.document["mode_id"]]
        for rule in policy.document["rules"]:
            if is_time(rule, local):
                yield from _of_rule(policy, rule, _matching(rule, areas, whole, vehicles), whole, local)


def is_time(rule: Document, local: datetime) -> bool:
    """Whether a rule holds at that time of the week; hours past midnight belong to the day they began on."""
    begins, ends = time.fromisoformat(rule["start_time"]), time.fromisoformat(rule["end_time"])
    days, now = rule.get("days") or WEEK, local.time().replace(microsecond=0)
    today, yesterday = WEEK[local.weekday()] in days, WEEK[local.weekday() - 1] in days
    if begins <= ends:
        return today and begins <= now <= ends
    return (today and now >= begins) or (yesterday and now <= ends)


def _matching(
    rule: Document, areas: Mapping[str, Document], whole: frozenset[str], vehicles: Sequence[Standing]
) -> list[Standing]:
    there = [each for each in vehicles if each.state in rule["states"]]
    placed = [each for each in there if each.position is not None]
    inside = _index(tuple(_wkb(areas[each]) for each in rule["geographies"]))
    positions = [each.position for each in placed if each.position is not None]
    found = inside.containing_each(positions) if positions else []
    in_area = {each.vehicle_id for each, zones in zip(placed, found, strict=True) if zones}
    is_everywhere = not whole.isdisjoint(rule["geographies"]) or rule["rule_type"] == "speed"
    return [each for each in there if each.vehicle_id in in_area or (each.position is None and is_everywhere)]


def _of_rule(
    policy: Version, rule: Document, vehicles: Sequence[Standing], whole: frozenset[str], local: datetime
) -> Iterator[Breach]:
    provider_id = UUID(policy.document["provider_ids"][0])

    def breach(vehicle_id: UUID | None, measured: int, allowed: int) -> Breach:
        return Breach(policy.id, policy.code, rule["rule_type"], provider_id, vehicle_id, measured, allowed)

    maximum, minimum, count = rule.get("maximum"), rule.get("minimum"), len(vehicles)
    if rule["rule_type"] == "count" and maximum == 0:
        yield from (breach(each.vehicle_id, 1, 0) for each in vehicles)
    elif rule["rule_type"] == "count" and maximum is not None and count > maximum:
        yield breach(None, count, maximum)
    elif rule["rule_type"] == "count" and minimum is not None and count < minimum:
        yield breach(None, count, minimum)
    elif rule["rule_type"] != "count":
        for each in vehicles:
            measured = _measured(rule, each, whole, local)
            if measured is not None and measured > rule["maximum"]:
                yield breach(each.vehicle_id, measured, rule["maximum"])


def _measured(rule: Document, vehicle: Standing, whole: frozenset[str], local: datetime) -> int | None:
    """Hours in its state, or km/h: in a part of the town, of a vehicle that a limit was given there."""
    if rule["rule_type"] == "time":
        return -((vehicle.since - local) // HOUR)  # an hour begun counts
    if vehicle.declined is not None and vehicle.declined <= rule["maximum"]:
        return vehicle.top_speed
    is_there = vehicle.limit is not None and vehicle.limit <= rule["maximum"]
    is_meant = is_there or not whole.isdisjoint(rule["geographies"])
    return round(vehicle.speed) if is_meant and vehicle.speed is not None else None


def _wkb(area: Document) -> str:
    """An area as WKB in hex: published areas never change, and equal ones are prepared once."""
    return str(shapely.union_all([shapely.geometry.shape(each["geometry"]) for each in area["features"]]).wkb_hex)


@lru_cache(256)
def _index(areas: tuple[str, ...]) -> ZoneIndex[int]:
    return ZoneIndex(enumerate(shapely.from_wkb(list(areas))))


def seconds_within(began_at: datetime, ended_at: datetime, since: datetime, until: datetime) -> int:
    """How much of a breach lies from `since` up to `until`."""
    return round(max(NO_TIME, min(ended_at, until) - max(began_at, since)).total_seconds())
