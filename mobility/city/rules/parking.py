from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mobility.base.errors import Conflict
from mobility.city.rules.city_file import VehicleType
from mobility.city.rules.geometry import CityZones
from mobility.city.rules.words import Names
from mobility.geo import LonLat, distance_m


class OutOfServiceZone(Conflict):
    code = "out_of_zone"
    fr = "Ce véhicule ne peut être rendu qu'à l'intérieur de la zone de service."
    en = "This vehicle can only be returned inside the service zone."


class NoParkingHere(Conflict):
    code = "no_parking_zone"
    fr = "Le stationnement est interdit ici."
    en = "Parking is not allowed here."


class StartNotAllowedHere(Conflict):
    code = "no_start_zone"
    fr = "Aucun trajet ne peut commencer là où se trouve ce véhicule en ce moment."
    en = "No ride may start where this vehicle is at the moment."


class NotAtAStation(Conflict):
    """Facts: `nearest`, the nearest station that accepts the class and has a free bay, or None."""

    code = "not_at_a_station"
    fr = "Ce véhicule se rend à une station qui a une place libre."
    en = "This vehicle is returned at a station with a free bay."


class StationFull(Conflict):
    """Facts: `station`, the full one, and `nearest` with a free bay, or None."""

    code = "station_full"
    fr = "Cette station n'a plus de place libre."
    en = "This station has no free bay left."


@dataclass(frozen=True, slots=True)
class StationBays:
    """A station as it is now; `bays_free` counts the vehicle being returned as not parked yet."""

    station_id: UUID
    code: str
    name: Names
    position: LonLat
    vehicle_types: Sequence[str]
    bays_free: int


@dataclass(frozen=True, slots=True)
class ParkedAt:
    """Where a ride may end: in a bay of `station`, or, for a free-floating vehicle, where it stands."""

    station: StationBays | None


def may_end(
    position: LonLat, vehicle_type: VehicleType, *, zones: CityZones, stations: Iterable[StationBays]
) -> ParkedAt:
    """Decide whether a ride may end at a position.

    `zones` are those in force. Where they ask for a bay, as they do everywhere of a vehicle of stations, a ride ends
    within the class's `station_reach_m` of a station that accepts it and has a free bay.

    Raises
    ------
    OutOfServiceZone, NoParkingHere, NotAtAStation, StationFull
    """
    ruling = zones.ruling(position, vehicle_type)
    if not ruling.rule.ride_end_allowed:
        raise NoParkingHere if ruling.is_served else OutOfServiceZone
    return ParkedAt(_bay_at(position, vehicle_type, stations) if ruling.rule.station_parking else None)


def _bay_at(position: LonLat, vehicle_type: VehicleType, stations: Iterable[StationBays]) -> StationBays:
    accepting = [station for station in stations if vehicle_type.code in station.vehicle_types]
    by_distance = sorted(accepting, key=lambda station: distance_m(position, station.position))
    reached = [s for s in by_distance if distance_m(position, s.position) <= vehicle_type.station_reach_m]
    free = [station for station in by_distance if station.bays_free > 0]
    if not reached:
        raise NotAtAStation(nearest=_told(position, free))
    for station in reached:
        if station.bays_free > 0:
            return station
    raise StationFull(station=reached[0].code, nearest=_told(position, free))


def _told(position: LonLat, stations: Sequence[StationBays]) -> dict[str, Any] | None:
    """The first station as facts for the rider, with the metres to go."""
    if not stations:
        return None
    first = stations[0]
    place = {"lon": first.position.lon, "lat": first.position.lat}
    away_m = round(distance_m(position, first.position))
    return {"code": first.code, "name": first.name, "position": place, "distance_m": away_m}
