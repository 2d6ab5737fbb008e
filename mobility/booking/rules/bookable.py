"""A class of vehicles that is booked ahead: what it promises, and what it expects of a battery."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mobility.booking.rules import charge
from mobility.booking.rules.availability import Promise, why_not
from mobility.booking.rules.bookings import (
    REFUSALS,
    ChargeForecastTooLow,
    NotBookableAhead,
    SlotTaken,
    VehicleElsewhere,
    VehicleNeededElsewhere,
)
from mobility.booking.rules.charge import Rates, rates_of
from mobility.city.rules.city_file import BookableAhead, VehicleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A vehicle as a booking would find it: its charge, where it stands if anybody knows, and what is planned of it."""

    charge_percent: float
    station_id: UUID | None
    promises: Sequence[Promise]


@dataclass(frozen=True, slots=True)
class BookableClass:
    vehicle_type: VehicleType
    terms: BookableAhead
    rates: Rates

    @property
    def code(self) -> str:
        return self.vehicle_type.code

    @property
    def is_docked(self) -> bool:
        """Whether its vehicles belong into the bays of stations."""
        return self.vehicle_type.return_constraint == "any_station"

    @property
    def buffer(self) -> timedelta:
        return timedelta(minutes=self.terms.buffer_minutes)

    def promise(
        self, starts_at: datetime, ends_at: datetime, start_station_id: UUID | None, end_station_id: UUID | None
    ) -> Promise:
        """What a booking of the class blocks."""
        return Promise(
            starts_at=starts_at,
            ends_at=ends_at,
            blocked_until=ends_at + self.buffer,
            start_station_id=start_station_id,
            end_station_id=end_station_id,
        )

    def charge_at(self, idle: Idle, at: datetime, *, now: datetime) -> float:
        """The expected charge, in percent."""
        return charge.forecast(
            idle.charge_percent, idle.promises, now=now, at=at, station_id=idle.station_id, rates=self.rates
        )

    def range_m(self, charge_percent: float) -> int:
        """How far a charge goes, in metres."""
        return int(self.vehicle_type.max_range_m * charge_percent / 100)

    def refusal(
        self, idle: Idle, wanted: Promise, *, now: datetime, range_m_min: int = 0
    ) -> type[SlotTaken | VehicleElsewhere | VehicleNeededElsewhere | ChargeForecastTooLow] | None:
        """Why the vehicle cannot be promised; None if it is free, in its place and charged, for later bookings too."""
        why = why_not(idle.promises, wanted, station_id=idle.station_id)
        if why is not None:
            return REFUSALS[why]
        goes_far = not range_m_min or self.range_m(self.charge_at(idle, wanted.starts_at, now=now)) >= range_m_min
        return None if goes_far and self.lasts(idle, wanted, now=now) else ChargeForecastTooLow

    def lasts(self, idle: Idle, wanted: Promise, *, now: datetime) -> bool:
        """Whether the battery is expected to do for this booking and for each one that is planned beside it."""
        planned = sorted([*idle.promises, wanted], key=lambda promise: promise.starts_at)
        return charge.lasts(
            idle.charge_percent,
            planned,
            now=now,
            station_id=idle.station_id,
            rates=self.rates,
            charge_percent_min=self.vehicle_type.charge_percent_min,
        )


def bookable(vehicle_type: VehicleType, stations: Mapping[UUID, tuple[int, int]]) -> BookableClass:
    """The class on the city's terms of now; raises `NotBookableAhead`. `stations`: chargers and bays of each."""
    if vehicle_type.bookable_ahead is None:
        raise NotBookableAhead
    return on_terms(vehicle_type, vehicle_type.bookable_ahead, stations)


def on_terms(
    vehicle_type: VehicleType, terms: BookableAhead, stations: Mapping[UUID, tuple[int, int]]
) -> BookableClass:
    """The class on terms that were agreed; `stations`: chargers and bays of each."""
    return BookableClass(vehicle_type, terms, rates_of(terms, max_range_m=vehicle_type.max_range_m, stations=stations))
