from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.rules.bookable import BookableClass, bookable, on_terms
from mobility.booking.rules.bookings import StationNotForClass, UnknownStation
from mobility.booking.rules.quarters import on_the_quarter
from mobility.booking.rules.refusals import ServiceClosed
from mobility.booking.service.calendars import stations_of
from mobility.city.rules.city_file import BookableAhead, VehicleType
from mobility.city.rules.parking import StartNotAllowedHere
from mobility.city.rules.prepared import PreparedCity, TimeTooFar
from mobility.city.service import get_city
from mobility.city.tables import Station
from mobility.geo import LonLat


@dataclass(frozen=True, slots=True)
class Town:
    """What bookings of a city go by: its file and its stations in service."""

    city: PreparedCity
    stations: Mapping[UUID, Station]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.city.file.time_zone)

    def bookable(self, type_code: str) -> BookableClass:
        """Raises `UnknownVehicleType`, `NotBookableAhead`."""
        return bookable(self.city.vehicle_type(type_code), self._equipment)

    def on_terms(self, vehicle_type: VehicleType, terms: BookableAhead) -> BookableClass:
        """A class on the terms of a booking."""
        return on_terms(vehicle_type, terms, self._equipment)

    def bookable_classes(self) -> list[BookableClass]:
        return [self.bookable(each.code) for each in self.city.file.vehicle_types if each.bookable_ahead]

    def station(self, station_id: UUID, of: BookableClass | None = None) -> Station:
        """Raises `UnknownStation`, `StationNotForClass`."""
        station = self.stations.get(station_id)
        if station is None:
            raise UnknownStation
        if of is not None and of.code not in station.vehicle_types:
            raise StationNotForClass
        return station

    def quarter(self, told: datetime, now: datetime) -> datetime:
        """The instant that somebody told, on a full quarter-hour of the city's clocks.

        Raises
        ------
        TimeTooFar, TimeMissing, TimeRepeated, NotOnTheQuarter
        """
        if abs(told.year - now.year) > 1:
            raise TimeTooFar
        return on_the_quarter(told, self.zone)

    @property
    def _equipment(self) -> dict[UUID, tuple[int, int]]:
        return {station.id: (station.chargers, station.bays) for station in self.stations.values()}

    def refuse_start(self, of: BookableClass, position: LonLat, at: datetime) -> None:
        """Unless a ride may start there then: raises `ServiceClosed`, `StartNotAllowedHere`."""
        if not self.city.is_open_at(at):
            raise ServiceClosed
        if not self.city.zones_at(at).lets_start(position, of.vehicle_type):
            raise StartNotAllowedHere


async def get_town(session: AsyncSession, city_id: str) -> Town:
    """Raises `UnknownCity`."""
    return Town(await get_city(session, city_id), await stations_of(session, city_id))


def place_of(station: Station) -> LonLat:
    return LonLat(station.lon, station.lat)
