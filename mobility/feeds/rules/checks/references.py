"""Ids that one file takes from another."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mobility.feeds.rules.checks.feed import Finding, Record, View, record, records, strings

Reference = tuple[str, str, str, Any]
"""File, path, what is referred to, its id."""

OWNERS = {
    "vehicle type": ("vehicle_types", "unknown_vehicle_type"),
    "station": ("station_information", "unknown_station"),
    "pricing plan": ("system_pricing_plans", "unknown_pricing_plan"),
    "region": ("system_regions", "unknown_region"),
    "vehicle": ("vehicle_status", "unknown_vehicle"),
}


def unknown_ids(view: View, _: datetime) -> Iterator[Finding]:
    known = {
        "vehicle type": {each.get("vehicle_type_id") for each in hashable(view.types, "vehicle_type_id")},
        "station": {each.get("station_id") for each in hashable(view.stations, "station_id")},
        "pricing plan": {each.get("plan_id") for each in hashable(view.plans, "plan_id")},
        "region": {each.get("region_id") for each in hashable(view.regions, "region_id")},
        "vehicle": {each.get(view.vehicle_key) for each in hashable(view.vehicles, view.vehicle_key)},
    }
    for file, path, what, id_ in _references(view):
        owner, code = OWNERS[what]
        if isinstance(id_, str) and id_ not in known[what]:
            yield Finding(view.file(file), path, code, f'{what} "{id_}" is not in {owner}')


def repeated_ids(view: View, _: datetime) -> Iterator[Finding]:
    listed = {
        ("vehicle_types", "vehicle_type_id"): view.types,
        ("station_information", "station_id"): view.stations,
        ("station_status", "station_id"): view.statuses,
        ("vehicle_status", view.vehicle_key): view.vehicles,
        ("vehicle_availability", "vehicle_id"): view.bookable,
        ("system_pricing_plans", "plan_id"): view.plans,
        ("system_regions", "region_id"): view.regions,
    }
    for (file, key), listing in listed.items():
        for id_, times in Counter(each[key] for each in hashable(listing, key)).items():
            if times > 1:
                yield Finding(view.file(file), f"{key}={id_}", "repeated_id", f'"{id_}" is there {times} times')


def hashable(listing: list[Record], key: str) -> list[Record]:
    """Those whose id is a text; the schema speaks of the others."""
    return [each for each in listing if isinstance(each.get(key), str)]


def _references(view: View) -> Iterator[Reference]:
    yield from _of_vehicles(view)
    yield from _of_stations(view)
    for at, type_ in enumerate(view.types):
        for id_ in [type_.get("default_pricing_plan_id"), *strings(type_.get("pricing_plan_ids"))]:
            yield "vehicle_types", f"vehicle_types/{at}", "pricing plan", id_
    for at, alert in enumerate(view.alerts):
        for what, key in (("station", "station_ids"), ("region", "region_ids")):
            for id_ in strings(alert.get(key)):
                yield "system_alerts", f"alerts/{at}", what, id_
    for path, rule in _rules(view):
        for id_ in strings(rule.get(view.type_key)):
            yield "geofencing_zones", path, "vehicle type", id_


def _of_vehicles(view: View) -> Iterator[Reference]:
    for at, vehicle in enumerate(view.vehicles):
        path = f"vehicles/{at}"
        yield "vehicle_status", path, "vehicle type", vehicle.get("vehicle_type_id")
        yield "vehicle_status", path, "pricing plan", vehicle.get("pricing_plan_id")
        for key in ("station_id", "home_station_id"):
            yield "vehicle_status", path, "station", vehicle.get(key)
    for at, vehicle in enumerate(view.bookable):
        path = f"vehicles/{at}"
        yield "vehicle_availability", path, "vehicle", vehicle.get("vehicle_id")
        yield "vehicle_availability", path, "vehicle type", vehicle.get("vehicle_type_id")
        yield "vehicle_availability", path, "pricing plan", vehicle.get("pricing_plan_id")
        yield "vehicle_availability", path, "station", vehicle.get("station_id")


def _of_stations(view: View) -> Iterator[Reference]:
    for at, station in enumerate(view.stations):
        path = f"stations/{at}"
        yield "station_information", path, "region", station.get("region_id")
        for capacity in ("vehicle_types_capacity", "vehicle_docks_capacity"):
            for each in records(station.get(capacity)):
                for id_ in strings(each.get("vehicle_type_ids")):
                    yield "station_information", f"{path}/{capacity}", "vehicle type", id_
        for capacity in ("vehicle_capacity", "vehicle_type_capacity"):
            for id_ in record(station.get(capacity)):
                yield "station_information", f"{path}/{capacity}", "vehicle type", id_
    for at, status in enumerate(view.statuses):
        for each in records(status.get("vehicle_types_available")):
            yield "station_status", f"stations/{at}", "vehicle type", each.get("vehicle_type_id")
        for each in records(status.get("vehicle_docks_available")):
            for id_ in strings(each.get("vehicle_type_ids")):
                yield "station_status", f"stations/{at}", "vehicle type", id_


def _rules(view: View) -> Iterator[tuple[str, Record]]:
    for at, zone in enumerate(view.zones):
        for number, rule in enumerate(records(zone.get("rules"))):
            yield f"features/{at}/rules/{number}", rule
    for number, rule in enumerate(records(view.data("geofencing_zones").get("global_rules"))):
        yield f"global_rules/{number}", rule
