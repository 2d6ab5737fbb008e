"""What OpenTripPlanner, the main reader of feeds, drops without a word or fails on."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from mobility.feeds.rules.checks.feed import Finding, Record, View, records, strings

STATION_BOUND = ("any_station", "roundtrip_station")


def opentripplanner(view: View, _: datetime) -> Iterator[Finding]:
    yield from _vehicles(view)
    yield from _capacities(view)
    yield from _first_rules(view)


def _vehicles(view: View) -> Iterator[Finding]:
    """A motorised vehicle without its range is dropped."""
    motorised = {each.get("vehicle_type_id") for each in _types(view) if each.get("propulsion_type") != "human"}
    for at, vehicle in enumerate(view.vehicles):
        type_id = vehicle.get("vehicle_type_id")
        if isinstance(type_id, str) and type_id in motorised and vehicle.get("current_range_meters") is None:
            sentence = "a motorised vehicle without current_range_meters is dropped by OpenTripPlanner"
            yield Finding(view.file("vehicle_status"), f"vehicles/{at}", "range_missing", sentence)


def _capacities(view: View) -> Iterator[Finding]:
    """A type that stands twice in the capacity of a station makes the whole feed fail."""
    for at, station in enumerate(view.stations):
        listed = records(station.get("vehicle_types_capacity"))
        named = Counter(id_ for each in listed for id_ in strings(each.get("vehicle_type_ids")))
        for id_ in (id_ for id_, times in named.items() if times > 1):
            sentence = f'"{id_}" stands there twice, and OpenTripPlanner fails on it'
            path = f"stations/{at}/vehicle_types_capacity"
            yield Finding("station_information", path, "capacity_repeated", sentence)


def _first_rules(view: View) -> Iterator[Finding]:
    """Only a zone's first rule is read: it has to be that of vehicles which may be left anywhere."""
    bound = {each.get("vehicle_type_id") for each in _types(view) if each.get("return_constraint") in STATION_BOUND}
    for at, zone in enumerate(view.zones):
        first, *others = [strings(rule.get(view.type_key)) for rule in records(zone.get("rules"))] or [[]]
        if first and bound.issuperset(first) and any(not bound.issuperset(each) for each in others if each):
            sentence = "OpenTripPlanner reads the first rule only, and it is of vehicles that end at stations"
            yield Finding("geofencing_zones", f"features/{at}/rules", "first_rule_of_station_vehicles", sentence)


def _types(view: View) -> list[Record]:
    return [each for each in view.types if isinstance(each.get("vehicle_type_id"), str)]
