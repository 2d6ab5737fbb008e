"""GBFS 2.3, made from 3.0: one language a file, POSIX seconds, the older names.

https://github.com/MobilityData/gbfs/blob/v2.3/gbfs.md
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from mobility.city.rules.words import Day
from mobility.feeds.rules import v3
from mobility.feeds.rules.system import Edition, System

Data = dict[str, Any]

DAY_NAMES: dict[Day, str] = {"Mo": "mon", "Tu": "tue", "We": "wed", "Th": "thu", "Fr": "fri", "Sa": "sat", "Su": "sun"}


def spoken(value: Any, language: str) -> Any:
    """The same with each text in one language and each instant in POSIX seconds."""
    if isinstance(value, dict):
        return {key: spoken(each, language) for key, each in value.items()}
    if isinstance(value, datetime):
        return int(value.timestamp())
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], dict) and value[0].keys() == {"text", "language"}:
        return next(each["text"] for each in value if each["language"] == language)
    return [spoken(each, language) for each in value]


def system_information(system: System, language: str) -> Data:
    new = spoken(v3.system_information(system), language)
    kept = {key: new[key] for key in ("system_id", "name", "url", "feed_contact_email", "timezone")}
    return {**kept, "language": language, "license_url": f"https://spdx.org/licenses/{new['license_id']}.html"}


def system_hours(system: System, _: str) -> Data:
    """The hours of ordinary weeks: 2.3 has no word for public holidays."""
    return {
        "rental_hours": [
            {
                "user_types": ["member", "nonmember"],
                "days": [DAY_NAMES[day] for day in hours.days if day in DAY_NAMES],
                "start_time": f"{hours.opens}:00",
                # The schema's day ends a second before midnight.
                "end_time": "23:59:59" if hours.closes == "24:00" else f"{hours.closes}:00",
            }
            for hours in system.city.opening_hours
            if DAY_NAMES.keys() & set(hours.days)
        ]
    }


def station_information(system: System, language: str) -> Data:
    stations = spoken(v3.station_information(system), language)["stations"]
    for station in stations:
        capacities = station.pop("vehicle_types_capacity")
        station["vehicle_capacity"] = {code: each["count"] for each in capacities for code in each["vehicle_type_ids"]}
    return {"stations": stations}


def station_status(edition: Edition, language: str) -> Data:
    stations = spoken(v3.station_status(edition), language)["stations"]
    for station in stations:
        station["num_bikes_available"] = station.pop("num_vehicles_available")
        station["num_bikes_disabled"] = station.pop("num_vehicles_disabled")
    return {"stations": stations}


def free_bike_status(edition: Edition, _: str) -> Data:
    vehicles = v3.vehicle_status(edition)["vehicles"]
    for vehicle in vehicles:
        vehicle["bike_id"] = vehicle.pop("vehicle_id")
    return {"bikes": vehicles}


def geofencing_zones(system: System, language: str) -> Data:
    zones = spoken(v3.geofencing_zones(system), language)["geofencing_zones"]
    for feature in zones["features"]:
        feature["properties"]["rules"] = [_rule(rule) for rule in feature["properties"]["rules"]]
    return {"geofencing_zones": zones}


def _rule(rule: Data) -> Data:
    kept = {key: rule[key] for key in rule.keys() & {"ride_through_allowed", "maximum_speed_kph", "station_parking"}}
    is_allowed = rule["ride_start_allowed"] and rule["ride_end_allowed"]
    return {"vehicle_type_id": rule["vehicle_type_ids"], "ride_allowed": is_allowed, **kept}


def unchanged(build: Callable[[System], Data]) -> Callable[[System, str], Data]:
    """The file of 3.0 as it is, but for its texts and instants."""
    return lambda system, language: spoken(build(system), language)
