"""What other zones and stations would mean for the vehicles on the street and for bookings to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mobility.city.rules.city_file import Station, VehicleType
from mobility.city.rules.geofences import Ruling
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.ground import Ground
from mobility.city.rules.parking_ground import area_km2, free_parking
from mobility.fleet.rules.live_map import FleetVehicle

# Where these are, nobody keeps.
AWAY = frozenset({"on_trip", "stopped", "removed"})

Touch = Literal["outside", "no_parking", "no_start"]


@dataclass(frozen=True, slots=True)
class TouchedVehicle:
    """A vehicle that stands where its ride could end, or the next begin, and no longer could."""

    vehicle: FleetVehicle
    what: Touch


@dataclass(frozen=True, slots=True)
class TouchedStation:
    """A station as it was or will be, and how many vehicles stand in it now."""

    station: Station
    what: Literal["removed", "class_lost", "too_small"]
    vehicles: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a class has to end its rides on: ground where it stands anywhere, and stations that accept it."""

    type: str
    before_km2: float
    after_km2: float
    stations_before: int
    stations_after: int


def touched_vehicles(
    vehicles: Sequence[FleetVehicle], types: Mapping[str, VehicleType], before: CityZones, after: CityZones
) -> list[TouchedVehicle]:
    standing = [vehicle for vehicle in vehicles if vehicle.state not in AWAY and vehicle.type in types]
    positions, classes = [each.position for each in standing], [types[each.type] for each in standing]
    rulings = zip(before.rulings(positions, classes), after.rulings(positions, classes), strict=True)
    found = ((vehicle, _touch(*ruling)) for vehicle, ruling in zip(standing, rulings, strict=True))
    return [TouchedVehicle(vehicle, what) for vehicle, what in found if what is not None]


def lost_classes(before: Ground, after: Ground) -> dict[str, frozenset[str]]:
    """Stations by code with the classes that they no longer accept: all of theirs where the station is no more."""
    kept = {station.code: frozenset(station.vehicle_types) for station in after.stations}
    lost = {each.code: frozenset(each.vehicle_types) - kept.get(each.code, frozenset()) for each in before.stations}
    return {code: types for code, types in lost.items() if types}


def touched_stations(before: Ground, after: Ground, parked: Mapping[str, int]) -> list[TouchedStation]:
    """Stations that take classes no more, and those with fewer bays than there are vehicles in them."""
    lost = lost_classes(before, after)
    left = {station.code: station for station in after.stations}
    removed = [
        TouchedStation(each, "class_lost" if each.code in left else "removed", parked.get(each.code, 0))
        for each in before.stations
        if each.code in lost
    ]
    small = [
        TouchedStation(each, "too_small", parked[each.code])
        for each in after.stations
        if parked.get(each.code, 0) > each.bays and each.code not in lost
    ]
    return removed + small


def rooms(types: Sequence[VehicleType], before: Ground, after: Ground) -> list[Room]:
    """Whatever the hour: a zone that holds at times counts as if it always did."""
    return [
        Room(
            type=each.code,
            before_km2=area_km2(free_parking(before.zones, each)),
            after_km2=area_km2(free_parking(after.zones, each)),
            stations_before=_accepting(before, each),
            stations_after=_accepting(after, each),
        )
        for each in types
    ]


def _touch(before: Ruling, after: Ruling) -> Touch | None:
    if before.is_served and not after.is_served:
        return "outside"
    if before.rule.ride_end_allowed and not after.rule.ride_end_allowed:
        return "no_parking"
    if before.rule.ride_start_allowed and not after.rule.ride_start_allowed:
        return "no_start"
    return None


def _accepting(ground: Ground, vehicle_type: VehicleType) -> int:
    return sum(vehicle_type.code in station.vehicle_types for station in ground.stations)
