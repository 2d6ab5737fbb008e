"""Where the reference asks: the same tables that the kernel reads, or the product's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from mobility.base.errors import Problem
from mobility.booking.rules.holds import is_over
from mobility.city.rules.parking import StationBays, may_end
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.tariffs import PricingPlan
from mobility.geo import LonLat
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import usage_in
from mobility.riders.rules.eligibility import Rider, reasons
from mobility.simulation import kernel
from mobility.simulation.scenario import DAY_S, QUARTER_S, Scenario

Pause = tuple[int, int]
"""How long after its start [s] a ride pauses, and for how long [s]."""


NO_ID = UUID(int=0)


class RuleBook(Protocol):
    """What decides a rider's story. Instants are seconds since the first midnight; classes and places are numbers."""

    def walks(self, place: int) -> Sequence[tuple[int, int]]:
        """Places by their distance, from the place itself on, and the walk there [s]."""
        ...

    def drives(self, place: int) -> Sequence[tuple[int, int]]:
        """Other places by their distance, and the drive there [m]."""
        ...

    def is_open(self, at_s: int) -> bool: ...
    def may_drive(self, profile: int, klass: int, at_s: int) -> bool: ...
    def may_start(self, klass: int, place: int, at_s: int) -> bool: ...
    def is_enough(self, klass: int, charge_mwh: int, distance_m: int) -> bool: ...
    def is_over(self, *, held_s: int, klass: int) -> bool: ...
    def may_end(self, klass: int, place: int, taken: Sequence[int], at_s: int) -> bool: ...
    def cents(self, klass: int, started_s: int, ended_s: int, pause: Pause, distance_m: int, place: int) -> int: ...


@dataclass(eq=False)
class TableRules:
    """The scenario's own arrays."""

    scenario: Scenario
    tables: kernel.Tables

    def __post_init__(self) -> None:
        self._hours = np.zeros(24 * (self.scenario.calendar.days + 1), np.int64)
        self.walks = lru_cache(None)(self._walks)
        self.drives = lru_cache(None)(self._drives)

    def _walks(self, place: int) -> list[tuple[int, int]]:
        return self._around(place, self.tables.near_walk_s)

    def _drives(self, place: int) -> list[tuple[int, int]]:
        return self._around(place, self.tables.near_drive_m)[1:]

    def _around(self, place: int, measure: np.ndarray) -> list[tuple[int, int]]:
        rows = slice(self.tables.near_from[place], self.tables.near_from[place + 1])
        return list(zip(self.tables.near[rows].tolist(), measure[rows].tolist(), strict=True))

    def is_open(self, at_s: int) -> bool:
        return bool(self.tables.is_open[self._kind(at_s), at_s % DAY_S // QUARTER_S])

    def may_drive(self, profile: int, klass: int, at_s: int) -> bool:
        return bool(self.tables.eligible[profile, klass])

    def may_start(self, klass: int, place: int, at_s: int) -> bool:
        return bool(self.tables.starts[self._zones(at_s), klass, place])

    def is_enough(self, klass: int, charge_mwh: int, distance_m: int) -> bool:
        return bool(charge_mwh >= max(self.tables.charge_mwh_min[klass], distance_m * self.tables.wh_per_km[klass]))

    def is_over(self, *, held_s: int, klass: int) -> bool:
        return bool(held_s >= self.tables.hold_s[klass])

    def may_end(self, klass: int, place: int, taken: Sequence[int], at_s: int) -> bool:
        if self.tables.takes_bay[klass] and taken[place] >= self.tables.bays[place]:
            return False
        return bool(self.tables.accepts[klass, place] and self.tables.ends[self._zones(at_s), klass, place])

    def cents(self, klass: int, started_s: int, ended_s: int, pause: Pause, distance_m: int, place: int) -> int:
        ride = klass, started_s, ended_s, pause, distance_m, self._zones(ended_s), place
        return int(kernel.ride_cents(self.tables, self._hours, *ride))

    def _kind(self, at_s: int) -> int:
        return int(self.tables.kind_of_day[at_s // DAY_S])

    def _zones(self, at_s: int) -> int:
        return int(self.tables.zones_at[self._kind(at_s), at_s % DAY_S // QUARTER_S])


@dataclass(eq=False)
class ProductRules(TableRules):
    """The product's rules; only the network, the energy and the opening of days are the scenario's.

    Parameters
    ----------
    city
    types, plans : of each class
    profiles : riders as the eligibility rule knows them
    stations : codes by place; None on the street
    """

    city: PreparedCity
    types: Sequence[str]
    plans: Sequence[PricingPlan]
    profiles: Sequence[Rider]
    stations: Sequence[str | None]
    midnight: datetime = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.midnight = datetime.combine(self.scenario.calendar.first_day, time(), ZoneInfo(self.city.file.time_zone))

    def is_open(self, at_s: int) -> bool:
        return self.city.is_open_at(self._at(at_s))

    def may_drive(self, profile: int, klass: int, at_s: int) -> bool:
        requirement = self.city.requirement_on(self.types[klass], self._at(at_s).date())
        return not reasons(self.profiles[profile], requirement, self._at(at_s).date())

    def may_start(self, klass: int, place: int, at_s: int) -> bool:
        vehicle_type = self.city.vehicle_type(self.types[klass])
        return self.city.zones_at(self._at(at_s)).lets_start(self._position(place), vehicle_type)

    def is_over(self, *, held_s: int, klass: int) -> bool:
        begun = self.midnight
        free = timedelta(minutes=self.city.vehicle_type(self.types[klass]).hold.free_minutes)
        return is_over(expires_at=begun + free, now=begun + timedelta(seconds=held_s))

    def may_end(self, klass: int, place: int, taken: Sequence[int], at_s: int) -> bool:
        vehicle_type, zones = self.city.vehicle_type(self.types[klass]), self.city.zones_at(self._at(at_s))
        try:
            may_end(self._position(place), vehicle_type, zones=zones, stations=self._station(place, taken))
        except Problem:
            return False
        return True

    def cents(self, klass: int, started_s: int, ended_s: int, pause: Pause, distance_m: int, place: int) -> int:
        started_at, ended_at = self._at(started_s).astimezone(UTC), self._at(ended_s).astimezone(UTC)
        paused_at = started_at + timedelta(seconds=pause[0])
        usage = usage_in(
            self.city,
            started_at,
            ended_at,
            pauses=((paused_at, paused_at + timedelta(seconds=pause[1])),) if pause[1] else (),
            distance_m=distance_m,
            end_zones=end_zones(self.city, self._at(ended_s), self._position(place), self.types[klass]),
            end_station=self.stations[place],
        )
        return price(self.plans[klass], usage).total.cents

    def _station(self, place: int, taken: Sequence[int]) -> list[StationBays]:
        """What stands at a place; on the street nothing does."""
        code = self.stations[place]
        if code is None:
            return []
        station = next(each for each in self.city.file.stations if each.code == code)
        free = station.bays - taken[place]
        return [StationBays(NO_ID, code, station.name, station.position, station.vehicle_types, free)]

    def _position(self, place: int) -> LonLat:
        lon, lat = self.scenario.places.position[place].tolist()
        return LonLat(lon, lat)

    def _at(self, at_s: int) -> datetime:
        return self.midnight + timedelta(seconds=at_s)


def end_zones(city: PreparedCity, at: datetime, position: LonLat, vehicle_type: str) -> frozenset[str]:
    """Codes of the zones in force that hold the place where a ride ends."""
    return frozenset(zone.code for zone in city.zones_at(at).at(position, vehicle_type=vehicle_type))
