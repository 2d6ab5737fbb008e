from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from mobility.base.errors import NotFound
from mobility.city.rules.city_file import CityFile, VehicleType
from mobility.city.rules.feature_collection import feature_collection
from mobility.city.rules.geometry import CityZones, rings
from mobility.geo import Bounds, LonLat


class UnknownVehicleType(NotFound):
    code = "unknown_vehicle_type"
    fr = "Cette ville n'a pas de véhicules de ce type."
    en = "This city has no vehicles of that type."


@dataclass(frozen=True)
class PreparedCity:
    """A city's file and what is worked out from it once: the zones' index, the bounds, the map as bytes."""

    file: CityFile
    document_hash: str

    @cached_property
    def zones(self) -> CityZones:
        return CityZones(self.file.zones)

    @cached_property
    def bounds(self) -> Bounds:
        """The smallest box around the service zones."""
        services = (zone for zone in self.file.zones if zone.kind == "service")
        return Bounds.around(LonLat(*corner) for zone in services for ring in rings(zone.geometry) for corner in ring)

    @cached_property
    def map_json(self) -> bytes:
        return msgspec.json.encode(feature_collection(self.file))

    def vehicle_type(self, code: str) -> VehicleType:
        for vehicle_type in self.file.vehicle_types:
            if vehicle_type.code == code:
                return vehicle_type
        raise UnknownVehicleType

    def local(self, instant: datetime) -> datetime:
        """The instant on the city's clocks."""
        return instant.astimezone(ZoneInfo(self.file.time_zone))

    def date_of(self, instant: datetime) -> date:
        """The city's calendar day at that instant: the one that rules with an effective date go by."""
        return self.local(instant).date()


def hash_of(city_file: CityFile) -> str:
    """The same for the same content, whatever the layout of the file."""
    return sha256(msgspec.json.encode(city_file, order="deterministic")).hexdigest()
