from typing import Self
from uuid import UUID

from msgspec import Struct

from mobility.city.rules.city_file import (
    Names,
    OpeningHours,
    PublicHoliday,
    QuarterHour,
    Source,
    StationKind,
    Tariff,
    VehicleType,
)
from mobility.city.rules.prepared import PreparedCity
from mobility.city.tables import City, Station
from mobility.geo import Bounds, LonLat


class CitySummary(Struct, frozen=True, kw_only=True):
    id: str
    name: Names
    time_zone: str
    currency: str

    @classmethod
    def of(cls, city: City) -> Self:
        return cls(id=city.id, name=city.name, time_zone=city.time_zone, currency=city.currency)


class CityList(Struct, frozen=True, kw_only=True):
    items: list[CitySummary]
    next: str | None


class CityDetail(Struct, frozen=True, kw_only=True):
    """Everything a rider's app needs before it asks for vehicles; prices are those in force today."""

    id: str
    name: Names
    time_zone: str
    currency: str
    languages: tuple[str, ...]
    centre: LonLat
    bounds: Bounds
    quarter_hour: QuarterHour
    vehicle_types: tuple[VehicleType, ...]
    tariffs: tuple[Tariff, ...]
    opening_hours: tuple[OpeningHours, ...]
    public_holidays: tuple[PublicHoliday, ...]
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, city: PreparedCity, tariffs: tuple[Tariff, ...]) -> Self:
        file = city.file
        return cls(
            id=file.id,
            name=file.name,
            time_zone=file.time_zone,
            currency=file.currency,
            languages=file.languages,
            centre=file.centre,
            bounds=city.bounds,
            quarter_hour=file.quarter_hour,
            vehicle_types=file.vehicle_types,
            tariffs=tariffs,
            opening_hours=file.opening_hours,
            public_holidays=file.public_holidays,
            sources=file.sources,
        )


class StationDetail(Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: Names
    kind: StationKind
    position: LonLat
    bays: int
    chargers: int
    vehicle_types: list[str]

    @classmethod
    def of(cls, station: Station) -> Self:
        return cls(
            id=station.id,
            code=station.code,
            name=station.name,
            kind=station.kind,  # type: ignore[arg-type]  # the city file's words, checked when it was loaded
            position=LonLat(station.lon, station.lat),
            bays=station.bays,
            chargers=station.chargers,
            vehicle_types=station.vehicle_types,
        )


class StationList(Struct, frozen=True, kw_only=True):
    items: list[StationDetail]
    next: str | None
