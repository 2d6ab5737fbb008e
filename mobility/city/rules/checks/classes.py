from collections import Counter
from collections.abc import Iterator, Sequence

from mobility.city.rules.checks.codes import unknown
from mobility.city.rules.city_file import Deployment, Station, VehicleType, Zone
from mobility.city.rules.faults import Fault


def check_classes(
    vehicle_types: Sequence[VehicleType], zones: Sequence[Zone], stations: Sequence[Station]
) -> Iterator[Fault]:
    """A class has somewhere to ride, and somewhere to end."""
    services = [zone for zone in zones if zone.kind == "service"]
    for at, vehicle_type in enumerate(vehicle_types):
        path, code = f"vehicle_types[{at}]", vehicle_type.code
        if not any(zone.binds(code) for zone in services):
            yield Fault(path, "no_service_zone", f"no service zone admits {code!r}")
        if vehicle_type.return_constraint == "any_station" and not any(code in s.vehicle_types for s in stations):
            yield Fault(path, "no_station", f"{code!r} ends at stations, and no station accepts it")


def check_start_stations(stations: Sequence[Station], fleet: Sequence[Deployment]) -> Iterator[Fault]:
    known = {station.code for station in stations}
    for at, deployment in enumerate(fleet):
        yield from unknown(f"fleet[{at}].station", [deployment.station], known, "station")


def check_fleet(
    vehicle_types: Sequence[VehicleType], stations: Sequence[Station], fleet: Sequence[Deployment]
) -> Iterator[Fault]:
    """Vehicles that end at stations also start in one that accepts them and has the bays."""
    docked = {each.code for each in vehicle_types if each.return_constraint == "any_station"}
    by_code = {station.code: station for station in stations}
    parked: Counter[str] = Counter()
    for at, deployment in enumerate(fleet):
        station = by_code.get(deployment.station)
        if deployment.vehicle_type not in docked or station is None:
            continue
        parked[station.code] += deployment.count
        if deployment.vehicle_type not in station.vehicle_types:
            message = f"station {station.code!r} does not accept {deployment.vehicle_type!r}"
            yield Fault(f"fleet[{at}].station", "class_not_accepted", message)
        if parked[station.code] > station.bays:
            message = f"{parked[station.code]} vehicles for the {station.bays} bays of {station.code!r}"
            yield Fault(f"fleet[{at}].count", "too_many_vehicles", message)
