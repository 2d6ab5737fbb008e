"""Which vehicles are published, and how little of each: nobody may follow one from ride to ride (docs/feeds.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from mobility.booking.rules.nearby import HEARD_WITHIN
from mobility.city.rules.city_file import BookableAhead, VehicleType
from mobility.city.rules.geometry import CityZones
from mobility.feeds.rules.stays import Booked, Stay, stays
from mobility.geo import LonLat

# 11 m from north to south, 7 m from west to east in France: enough to see a vehicle, too coarse for its parking bay.
POSITION_DECIMALS = 4

# Measured in tests/feeds/rules/test_linkability.py: of vehicles that return a reader names 62 % by exact range, 54 %
# in steps of 2 km, 35 % of 5 km; 39 % by guessing that who left first is back first, which no feed can hide. Rounded
# down: a promise that can be kept.
RANGE_STEP_M = 5_000

SHOWN = frozenset({"available", "reserved", "non_operational"})
"""Where a vehicle of another state is, nobody knows or nobody may know."""


class StandingVehicle(Struct, frozen=True, array_like=True):
    """A vehicle that is not in a rental, as the database has it; `station` is the code of one in service."""

    public_id: str
    type_code: str
    state: str
    station: str | None
    lon: float
    lat: float
    charge_percent: float
    range_m: int
    heard_at: datetime
    booked: tuple[Booked, ...] | None = None
    """Of a vehicle at a station: its live bookings of the next day, in the order of time."""


class FeedVehicle(Struct, frozen=True):
    """A vehicle as everybody may see it."""

    vehicle_id: str
    type_code: str
    station: str | None
    lon: float
    lat: float
    range_m: int
    is_reserved: bool
    is_disabled: bool
    stays: tuple[Stay, ...] = ()
    """When it can be booked at its station."""

    @property
    def is_rentable(self) -> bool:
        return not (self.is_reserved or self.is_disabled)


@dataclass(frozen=True, slots=True)
class Fleet:
    """The vehicles shown, by their random id so that their order says nothing, and all that stand at each station."""

    vehicles: tuple[FeedVehicle, ...]
    standing: Mapping[str, int]


def publish(
    rows: Iterable[StandingVehicle], offered: Mapping[str, VehicleType], zones: CityZones, *, now: datetime
) -> Fleet:
    """What of the standing vehicles is published.

    Parameters
    ----------
    offered
        The types that have a price, by code; a vehicle of another type cannot be rented and is left out.
    zones
        Those in force: a vehicle that stands where no ride may start is shown as one that cannot be rented.
    """
    shown: list[StandingVehicle] = []
    standing: dict[str, int] = {}
    for row in rows:
        if row.station is not None:
            standing[row.station] = standing.get(row.station, 0) + 1
        if row.state in SHOWN and row.type_code in offered:
            shown.append(row)
    types = [offered[row.type_code] for row in shown]
    may_start = zones.may_start([LonLat(row.lon, row.lat) for row in shown], types)
    vehicles = [
        _vehicle(row, type_, can_start=is_allowed and _can_start(row, type_, now), now=now)
        for row, type_, is_allowed in zip(shown, types, may_start, strict=True)
    ]
    return Fleet(tuple(sorted(vehicles, key=lambda vehicle: vehicle.vehicle_id)), standing)


def _vehicle(row: StandingVehicle, type_: VehicleType, *, can_start: bool, now: datetime) -> FeedVehicle:
    return FeedVehicle(
        vehicle_id=row.public_id,
        type_code=row.type_code,
        station=row.station,
        lon=round(row.lon, POSITION_DECIMALS),
        lat=round(row.lat, POSITION_DECIMALS),
        range_m=row.range_m // RANGE_STEP_M * RANGE_STEP_M,
        is_reserved=row.state == "reserved",
        is_disabled=row.state != "reserved" and not can_start,
        stays=_stays(row, type_.bookable_ahead, now) if can_start else (),
    )


def _stays(row: StandingVehicle, ahead: BookableAhead | None, now: datetime) -> tuple[Stay, ...]:
    """Where a free-floating vehicle will stand, nobody knows: the standard tells the times of stations only."""
    if row.station is None or ahead is None:
        return ()
    return stays(row.booked or (), buffer=timedelta(minutes=ahead.buffer_minutes), now=now)


def _can_start(row: StandingVehicle, type_: VehicleType, now: datetime) -> bool:
    """Whether a search finds the vehicle, if rides start there: in service, charged enough, heard lately."""
    is_charged = row.charge_percent >= type_.charge_percent_min
    return row.state == "available" and is_charged and row.heard_at > now - HEARD_WITHIN
