from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

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

CityId = Annotated[str, Meta(examples=["springfield"])]
Name = Annotated[Names, Meta(description="By language", examples=[{"fr": "Gare", "en": "Railway station"}])]
Next = Annotated[str | None, Meta(description="Give it as `after` to read on; null at the end")]


class CitySummary(Struct, frozen=True, kw_only=True):
    id: CityId
    name: Name
    time_zone: str
    currency: str

    @classmethod
    def of(cls, city: City) -> Self:
        return cls(id=city.id, name=city.name, time_zone=city.time_zone, currency=city.currency)


class CityList(Struct, frozen=True, kw_only=True):
    items: list[CitySummary]
    next: Next


class CityDetail(Struct, frozen=True, kw_only=True):
    """Everything a rider's app needs before it asks for vehicles; prices are those in force today."""

    id: CityId
    name: Name
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


class MapFeature(Struct, frozen=True, kw_only=True):
    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: Annotated[
        dict[str, Any],
        Meta(description="`kind` is commune, zone, station or place", examples=[{"kind": "zone", "zone": "slow"}]),
    ]


class CityMap(Struct, frozen=True, kw_only=True):
    """A GeoJSON FeatureCollection (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[MapFeature]


class StationDetail(Struct, frozen=True, kw_only=True):
    id: UUID
    code: Annotated[str, Meta(examples=["railway-station"])]
    name: Name
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
    next: Next
