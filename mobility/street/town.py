"""What a rider knows of the town from its public map: where to start, where to go, where a ride may end. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from mobility.geo import LonLat, ZoneIndex, distance_m
from mobility.geo.bounds import METRES_PER_DEGREE
from mobility.street.vehicle import VehicleClass

# Shorter is a walk; longer is another bus line.
TRIP_MIN_M, TRIP_MAX_M = 700.0, 5_000.0
GUESSES = 40
STATION_REACH_M = 60.0
NOT_TO_PARK = frozenset({"no_parking", "no_ride", "bays_only"})


@dataclass(frozen=True, slots=True)
class Station:
    code: str
    position: LonLat
    vehicle_types: frozenset[str]
    chargers: int


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A zone's kind and the classes it binds; none named means every class. Some hold at certain hours only."""

    kind: str
    vehicle_types: frozenset[str]
    always: bool = True

    def binds(self, type_code: str) -> bool:
        return not self.vehicle_types or type_code in self.vehicle_types


class Town:
    def __init__(
        self,
        classes: Iterable[VehicleClass],
        stations: Iterable[Station],
        zones: Iterable[tuple[ZoneRule, BaseGeometry]],
        places: Iterable[LonLat],
    ) -> None:
        self.classes = {kind.code: kind for kind in classes}
        self.stations = list(stations)
        self._zones = ZoneIndex(zones)
        known = [*places, *(station.position for station in self.stations)]
        self._served = [place for place in known if any(self.may_park(code, place) for code in self.classes)]

    def may_park(self, type_code: str, position: LonLat) -> bool:
        """Whether the map lets a free-floating vehicle end its ride here at any hour; the service knows for sure.

        A rider who plans ahead goes where it is always allowed: what is forbidden at some hours counts as forbidden.
        """
        rules = [rule for rule in self._zones.containing(position) if rule.binds(type_code)]
        forbidden = {rule.kind for rule in rules} & NOT_TO_PARK
        return not forbidden and any(rule.kind == "service" and rule.always for rule in rules)

    def start(self, random: Random) -> LonLat:
        """Where a rider steps out of a door: within a few streets of a place people know."""
        return nearby_point(random, random.choice(self._served), 400)

    def destination(self, random: Random, type_code: str, origin: LonLat) -> LonLat:
        """Where to go with a vehicle: for a car a station, for a moped anywhere it may be left."""
        if self.classes[type_code].returned_at_stations:
            stops = self.stops(type_code, origin)
            return random.choice([stop for stop in stops if far_enough(origin, stop)] or stops[-1:])
        for _ in range(GUESSES):
            goal = nearby_point(random, random.choice(self._served), 300)
            if far_enough(origin, goal) and self.may_park(type_code, goal):
                return goal
        return self.stops(type_code, origin)[0]

    def stops(self, type_code: str, position: LonLat) -> list[LonLat]:
        """Other places where a ride may end, nearest first; the place itself if there is no other."""
        stops = self._stops(type_code)
        elsewhere = [stop for stop in stops if distance_m(position, stop) > STATION_REACH_M]
        return sorted(elsewhere, key=lambda stop: distance_m(position, stop)) or [position]

    def plugged_in(self, parked: Mapping[str, LonLat]) -> set[str]:
        """Of parked vehicles (key to position), those at a charger: as many per station as it has, in key order."""
        keys: set[str] = set()
        for station in self.stations:
            here = [key for key in sorted(parked) if distance_m(parked[key], station.position) <= STATION_REACH_M]
            keys.update(here[: station.chargers])
        return keys

    def _stops(self, type_code: str) -> list[LonLat]:
        stations = [station.position for station in self.stations if type_code in station.vehicle_types]
        if self.classes[type_code].returned_at_stations:
            return stations
        return [place for place in (*stations, *self._served) if self.may_park(type_code, place)]


def far_enough(origin: LonLat, goal: LonLat) -> bool:
    return TRIP_MIN_M <= distance_m(origin, goal) <= TRIP_MAX_M


def nearby_point(random: Random, centre: LonLat, within_m: float) -> LonLat:
    """A position at most about `within_m` metres away on each axis."""
    reach = within_m / METRES_PER_DEGREE
    return LonLat(centre.lon + random.uniform(-reach, reach), centre.lat + random.uniform(-reach, reach))


def read_town(city: Mapping[str, Any], city_map: Mapping[str, Any]) -> Town:
    """The town out of the answers of `/v1/cities/{city}` and `/v1/cities/{city}/map`."""
    features = city_map["features"]
    return Town(
        [_class(each) for each in city["vehicle_types"]],
        [_station(each) for each in features if each["properties"]["kind"] == "station"],
        [_zone(each) for each in features if each["properties"]["kind"] == "zone"],
        [_position(each["geometry"]) for each in features if each["properties"]["kind"] == "place"],
    )


def _class(raw: Mapping[str, Any]) -> VehicleClass:
    return VehicleClass(
        code=raw["code"],
        max_range_m=raw["max_range_m"],
        max_speed_kmh=raw["max_speed_kmh"],
        charge_percent_min=raw["charge_percent_min"],
        returned_at_stations=raw["return_constraint"] == "any_station",
    )


def _station(feature: Mapping[str, Any]) -> Station:
    raw = feature["properties"]
    return Station(raw["code"], _position(feature["geometry"]), frozenset(raw["vehicle_types"]), raw["chargers"])


def _zone(feature: Mapping[str, Any]) -> tuple[ZoneRule, BaseGeometry]:
    raw = feature["properties"]
    return ZoneRule(raw["zone"], frozenset(raw["vehicle_types"]), not raw.get("hours")), shape(feature["geometry"])


def _position(point: Mapping[str, Any]) -> LonLat:
    lon, lat = point["coordinates"]
    return LonLat(lon, lat)
