"""Each check finds the one thing that was broken, in a feed in which it finds nothing else."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.feeds.gbfs_validator import schema_findings
from mobility.feeds.rules.checks import findings
from mobility.feeds.rules.checks.feed import Document, Feed
from mobility.feeds.rules.system import VERSIONS, Version
from tests.feeds.editions import NOW, edition, feed

WHOLE: dict[Version, Feed] = {version: feed(edition(), version) for version in VERSIONS}
Break = Callable[[dict[str, Any]], object]


def broken(name: str, spoil: Break, version: Version = "v3") -> Feed:
    """The feed with one file spoilt, in every language."""

    def spoilt(document: Document) -> Document:
        body = copy.deepcopy(document.body)
        if document.name == name:
            spoil(body)
        return replace(document, body=body)

    return replace(WHOLE[version], documents=tuple(map(spoilt, WHOLE[version].documents)))


def codes(of: Feed) -> set[tuple[str, str]]:
    return {(finding.file, finding.code) for finding in findings(of, NOW)}


def vehicle(key: str, value: Any) -> Break:
    return lambda body: next(iter(body["data"].values()))[1].update({key: value})


def station(**change: Any) -> Break:
    return lambda body: body["data"]["stations"][0].update(change)


def bookable(**change: Any) -> Break:
    return lambda body: body["data"]["vehicles"][0].update(change)


def kind(**change: Any) -> Break:
    return lambda body: body["data"]["vehicle_types"][0].update(change)


def first_rule(**change: Any) -> Break:
    def spoil(body: dict[str, Any]) -> None:
        body["data"]["geofencing_zones"]["features"][0]["properties"]["rules"][0].update(change)

    return spoil


def turned_round(body: dict[str, Any]) -> None:
    body["data"]["geofencing_zones"]["features"][0]["properties"]["rules"].reverse()


def alert(**change: Any) -> Break:
    one = {"alert_id": "1", "type": "other", "summary": [{"text": "…", "language": each} for each in ("en", "mi")]}
    return lambda body: body["data"].update(alerts=[one | change])


def again(name: str) -> Break:
    return lambda body: body["data"][name].append(copy.deepcopy(body["data"][name][0]))


def envelope(**change: Any) -> Break:
    return lambda body: body.update(change)


TWICE = [{"vehicle_type_ids": ["pebble"], "count": 1}, {"vehicle_type_ids": ["pebble"], "count": 2}]
LATER = (NOW + timedelta(hours=1)).isoformat()
OLD = (NOW - timedelta(minutes=7)).isoformat()

COMING: list[tuple[str, Break]] = [
    ("unknown_vehicle", bookable(vehicle_id="ghost")),
    ("unknown_vehicle_type", bookable(vehicle_type_id="ghost")),
    ("unknown_station", bookable(station_id="ghost")),
    ("availability_impossible", bookable(availabilities=[{"from": LATER, "until": LATER}])),
    ("availability_impossible", bookable(availabilities=[{"from": LATER}, {"from": LATER}])),
    ("stale", envelope(last_updated=OLD)),
]

FAULTS: list[tuple[str, str, Break]] = [
    ("vehicle_status", "unknown_vehicle_type", vehicle("vehicle_type_id", "ghost")),
    ("vehicle_status", "unknown_station", vehicle("home_station_id", "ghost")),
    ("vehicle_status", "unknown_pricing_plan", vehicle("pricing_plan_id", "ghost")),
    ("vehicle_status", "range_missing", vehicle("current_range_meters", None)),
    ("vehicle_status", "repeated_id", again("vehicles")),
    ("vehicle_status", "stale", envelope(last_updated=OLD)),
    ("vehicle_status", "ttl_too_long", envelope(ttl=301)),
    ("vehicle_types", "unknown_pricing_plan", kind(default_pricing_plan_id="ghost")),
    ("vehicle_types", "ttl_unreadable", envelope(ttl="soon")),
    ("vehicle_types", "last_updated_unreadable", envelope(last_updated="today")),
    ("vehicle_types", "from_the_future", envelope(last_updated="2027-01-01T00:00:00Z")),
    ("station_information", "unknown_region", station(region_id="ghost")),
    ("station_information", "capacity_repeated", station(vehicle_types_capacity=TWICE)),
    ("station_information", "opening_hours_unreadable", station(station_opening_hours="all day")),
    ("station_information", "language_missing", station(name=[{"text": "Wharf", "language": "en"}])),
    ("station_status", "counts_differ", station(num_vehicles_available=2, num_docks_available=1)),
    ("station_status", "counts_exceed_capacity", station(num_docks_available=3)),
    ("station_status", "station_without_status", lambda body: body["data"]["stations"].pop()),
    ("station_status", "status_without_station", lambda body: body["data"]["stations"].append({"station_id": "ghost"})),
    ("system_information", "opening_hours_unreadable", lambda body: body["data"].update(opening_hours="nine to five")),
    ("system_alerts", "unknown_station", alert(station_ids=["ghost"])),
    ("system_alerts", "unknown_region", alert(region_ids=["ghost"])),
    ("geofencing_zones", "unknown_vehicle_type", first_rule(vehicle_type_ids=["breeze", "ghost"])),
    ("geofencing_zones", "first_rule_of_station_vehicles", turned_round),
]


@pytest.mark.parametrize(("file", "code", "spoil"), FAULTS, ids=[f"{file}-{code}" for file, code, _ in FAULTS])
def test_a_feed_broken_in_one_way_has_that_one_fault(file: str, code: str, spoil: Break) -> None:
    assert codes(broken(file, spoil)) == {(file, code)}


@pytest.mark.parametrize(("code", "spoil"), COMING)
def test_the_coming_version_is_checked_for_what_it_adds(code: str, spoil: Break) -> None:
    assert codes(broken("vehicle_availability", spoil, "v3.1-rc")) == {("vehicle_availability", code)}


def test_a_language_nobody_declared_is_found_and_the_missing_one_too() -> None:
    french = [{"text": "Quai", "language": "fr"}, {"text": "Wharf", "language": "en"}]
    found = codes(broken("station_information", station(name=french)))
    assert found == {("station_information", "language_undeclared"), ("station_information", "language_missing")}


def test_the_older_version_is_checked_alike_and_a_fault_in_all_languages_is_one() -> None:
    unknown = broken("free_bike_status", vehicle("vehicle_type_id", "ghost"), "v2")
    (finding,) = findings(unknown, NOW)
    assert (finding.file, finding.code) == ("free_bike_status", "unknown_vehicle_type")
    spoilt = broken("station_status", station(num_bikes_available=9), "v2")
    assert codes(spoilt) == {("station_status", "counts_differ"), ("station_status", "counts_exceed_capacity")}
    capacity = broken("station_information", station(vehicle_capacity={"ghost": 3}), "v2")
    assert codes(capacity) == {("station_information", "unknown_vehicle_type")}


def test_what_a_schema_forbids_is_told_with_its_place() -> None:
    (finding,) = schema_findings(broken("vehicle_status", vehicle("is_reserved", "no")))
    assert (finding.file, finding.path, finding.code) == ("vehicle_status", "data/vehicles/1/is_reserved", "schema")


def test_a_required_file_that_is_not_there_is_told() -> None:
    without = [each for each in WHOLE["v3"].documents if each.name != "system_information"]
    (finding,) = schema_findings(replace(WHOLE["v3"], documents=tuple(without)))
    assert (finding.file, finding.code) == ("system_information", "file_missing")


def test_an_index_that_is_none_is_told_and_not_fallen_over() -> None:
    assert schema_findings(Feed("http://mobility.test/gbfs.json", [], ()))[0].file == "gbfs"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container below a value with each of its keys."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_feed_however_wrong_makes_a_check_fall_over(data: st.DataObject) -> None:
    version: Version = data.draw(st.sampled_from(list(VERSIONS)))
    documents = [replace(each, body=copy.deepcopy(each.body)) for each in WHOLE[version].documents]
    for _ in range(3):
        container, key = data.draw(st.sampled_from(places(data.draw(st.sampled_from(documents)).body)))
        container[key] = data.draw(anything)
    findings(replace(WHOLE[version], documents=tuple(documents)), NOW)
