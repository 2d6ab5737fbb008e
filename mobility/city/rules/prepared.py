from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, cached_property, lru_cache, partial
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from mobility.base.errors import Invalid, NotFound
from mobility.city.rules.city_file import CityFile, VehicleType
from mobility.city.rules.eligibility import requirement_on, spelled_out
from mobility.city.rules.feature_collection import feature_collection
from mobility.city.rules.geofences import in_force
from mobility.city.rules.geometry import CityZones, rings
from mobility.city.rules.opening import is_open
from mobility.city.rules.service_area import ServiceArea
from mobility.geo import Bounds, LonLat
from mobility.riders.rules.eligibility import LicenceRequirement

# A day has as many different sets of zones in force as their hours make; each set costs an index, shapes are shared.
ZONE_SETS_MAX = 32
# Most ask about now; who books asks about some hours of some days.
MINUTES_MAX = 1_024
REQUIREMENTS_MAX = 1_024
MINUTE_S = 60


class UnknownVehicleType(NotFound):
    code = "unknown_vehicle_type"
    fr = "Cette ville n'a pas de véhicules de ce type."
    en = "This city has no vehicles of that type."


class TimeTooFar(Invalid):
    code = "time_too_far"
    fr = "Les règles ne sont connues qu'à un an près."
    en = "Rules are known for a year around now only."


@dataclass(frozen=True)
class PreparedCity:
    """A city's file and what is worked out from it once: the zones' index, the bounds, the map as bytes."""

    file: CityFile
    document_hash: str

    @cached_property
    def zones(self) -> CityZones:
        """Every zone, in force or not."""
        return CityZones(self.file.zones)

    def zones_at(self, instant: datetime) -> CityZones:
        """The zones in force at that instant."""
        return self._zones_in(_minute(instant))

    def is_open_at(self, instant: datetime) -> bool:
        """Whether rides may start at that instant."""
        return self._is_open_in(_minute(instant))

    @cached_property
    def holidays(self) -> frozenset[date]:
        return frozenset(holiday.date for holiday in self.file.public_holidays)

    @cached_property
    def bounds(self) -> Bounds:
        """The smallest box around the service zones."""
        services = (zone for zone in self.file.zones if zone.kind == "service")
        return Bounds.around(LonLat(*corner) for zone in services for ring in rings(zone.geometry) for corner in ring)

    @cached_property
    def service_area(self) -> Callable[[str], ServiceArea]:
        """Where the vehicles of a class may be, by the class's code."""
        return cache(partial(ServiceArea, self.file.zones))

    @cached_property
    def map_json(self) -> bytes:
        return msgspec.json.encode(feature_collection(self.file))

    # A file tells its hours to the minute: within one nothing changes.
    @cached_property
    def _zones_in(self) -> Callable[[int], CityZones]:
        def zones_in(minute: int) -> CityZones:
            return self._zones_of(in_force(self.file.zones, self.local(_begun(minute)), self.holidays))

        return lru_cache(MINUTES_MAX)(zones_in)

    @cached_property
    def _is_open_in(self) -> Callable[[int], bool]:
        return lru_cache(MINUTES_MAX)(lambda minute: is_open(self.file, self.local(_begun(minute))))

    @cached_property
    def _zones_of(self) -> Callable[[tuple[int, ...]], CityZones]:
        return lru_cache(ZONE_SETS_MAX)(self.zones.only)

    @cached_property
    def vehicle_types(self) -> Mapping[str, VehicleType]:
        """The classes by code, each with every title that opens it."""
        return {each.code: spelled_out(self.file, each) for each in self.file.vehicle_types}

    def vehicle_type(self, code: str) -> VehicleType:
        if code not in self.vehicle_types:
            raise UnknownVehicleType
        return self.vehicle_types[code]

    @cached_property
    def requirement_on(self) -> Callable[[str, date], LicenceRequirement]:
        """What the city asks of a driver of a class, by the class's code, on a day.

        Raises
        ------
        UnknownVehicleType, NotInForce
        """
        return lru_cache(REQUIREMENTS_MAX)(lambda code, day: requirement_on(self.file, self.vehicle_type(code), day))

    def local(self, instant: datetime) -> datetime:
        """The instant on the city's clocks."""
        return instant.astimezone(ZoneInfo(self.file.time_zone))

    def instant_of(self, told: datetime | None, *, now: datetime) -> datetime:
        """The instant that somebody told, on the city's clocks if without an offset; now for None.

        Raises `TimeTooFar` where the calendar of holidays would not reach.
        """
        if told is None:
            return now
        if abs(told.year - now.year) > 1:
            raise TimeTooFar
        return told if told.tzinfo else told.replace(tzinfo=ZoneInfo(self.file.time_zone))

    def begin_of(self, day: date) -> datetime:
        """The instant, in UTC, at which a day of the city's calendar begins."""
        return datetime.combine(day, time(), ZoneInfo(self.file.time_zone)).astimezone(UTC)

    def date_of(self, instant: datetime) -> date:
        """The city's calendar day at that instant: the one that rules with an effective date go by."""
        return self.local(instant).date()


def _minute(instant: datetime) -> int:
    return int(instant.timestamp() // MINUTE_S)


def _begun(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * MINUTE_S, UTC)


def hash_of(city_file: CityFile) -> str:
    """The same for the same content, whatever the layout of the file."""
    return sha256(msgspec.json.encode(city_file, order="deterministic")).hexdigest()
