"""GBFS 3.1-RC3: what it says beyond 3.0. https://github.com/MobilityData/gbfs/blob/v3.1-RC3/gbfs.md"""

from typing import Any

from mobility.city.rules.tariffs import Tariff
from mobility.feeds.rules import v3
from mobility.feeds.rules.system import Edition, System

Data = dict[str, Any]


def vehicle_types(system: System) -> Data:
    types = v3.vehicle_types(system)["vehicle_types"]
    return {"vehicle_types": [each | {"min_age": each["_minimum_age"]} for each in types]}


def system_pricing_plans(system: System) -> Data:
    tariffs = {tariff.code: tariff for tariff, _ in system.plans}
    plans = v3.system_pricing_plans(system)["plans"]
    return {"plans": [plan | _capping(tariffs[plan["plan_id"]]) for plan in plans]}


def _capping(tariff: Tariff) -> Data:
    """GBFS has room for one cap: that of a day, or else of a week, or of an hour."""
    caps = {1_440: tariff.day_cap_cents, 10_080: tariff.week_cap_cents, 60: tariff.hour_cap_cents}
    told = [{"duration": minutes, "price": cents / 100} for minutes, cents in caps.items() if cents is not None]
    return {"fare_capping": told[0]} if told else {}


def vehicle_availability(edition: Edition) -> Data:
    """The vehicles that can be booked at the station where they stand, and when."""
    return {
        "vehicles": [
            {
                "vehicle_id": vehicle.vehicle_id,
                "vehicle_type_id": vehicle.type_code,
                "station_id": vehicle.station,
                "availabilities": [{"from": stay.since, "until": stay.until} for stay in vehicle.stays],
            }
            for vehicle in edition.fleet.vehicles
            if vehicle.stays
        ]
    }
