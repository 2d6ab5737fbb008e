"""What the operator's vehicles, events and rides look like in MDS.

References
----------
.. [1] Open Mobility Foundation, MDS 2.0, provider/README.md, modes/micromobility.md, modes/car-share.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET, UnsetType

from mobility.city.rules.permit import Mode
from mobility.geo import LonLat, distance_m
from mobility.mds.rules.protocol import id_of, milliseconds
from mobility.mds.rules.words import Event, Position, Telemetry, Trip, Vehicle

# Events that name the trip they belong to.
OF_A_TRIP: Final[Mapping[Mode, frozenset[str]]] = {
    "micromobility": frozenset(
        {"trip_start", "trip_end", "trip_cancel", "trip_enter_jurisdiction", "trip_leave_jurisdiction"}
    ),
    "car-share": frozenset(
        {
            *("reservation_start", "reservation_stop", "trip_start", "trip_stop", "trip_resume", "trip_end"),
            *("customer_cancellation", "provider_cancellation", "driver_cancellation"),
            *("trip_enter_jurisdiction", "trip_leave_jurisdiction"),
        }
    ),
}
AT_THE_START: Final = frozenset({"trip_start", "reservation_stop"})
AT_THE_END: Final = frozenset({"trip_end", "trip_cancel"})
# The standard's list of event types lacks what its car-share mode has; this one leads from and to the same states.
TOLD_AS: Final[Mapping[str, str]] = {"recommissioned": "maintenance_end"}
# One payer, who may have guests: https://github.com/openmobilityfoundation/mobility-data-specification, car-share.md
TRIP_TYPE: Final[Mapping[Mode, str]] = {"micromobility": "rider", "car-share": "private"}
# What a car's registration says; of a moped MDS takes the first three.
ATTRIBUTES: Final[Mapping[Mode, tuple[str, ...]]] = {
    "micromobility": ("year", "make", "model"),
    "car-share": ("year", "make", "model", "color", "vin", "license_plate"),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """One mode of a city as MDS sees it; `geography_id` is the whole area of the permit."""

    city_id: str
    mode: Mode
    id: UUID
    geography_id: UUID
    currency: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the fleet's log with what was kept of it for MDS, and its trip's two ends."""

    vehicle_id: UUID
    seq: int
    event: str
    state: str
    at: datetime
    recorded_at: datetime
    stood: LonLat | None
    charge_percent: float | None
    trip_id: UUID | None
    start: LonLat | None
    end: LonLat | None


@dataclass(frozen=True, slots=True)
class Ridden:
    """A ride that is over."""

    trip_id: UUID
    vehicle_id: UUID
    started_at: datetime
    ended_at: datetime
    start: LonLat
    end: LonLat
    distance_m: int | None
    total_cents: int
    vat_percent: float


@dataclass(frozen=True, slots=True)
class Point:
    """Where a vehicle was at an instant: standing, or at one end of a trip."""

    id: UUID
    vehicle_id: UUID
    at: datetime
    position: LonLat
    charge_percent: float | None = None
    trip_id: UUID | None = None
    stop_id: UUID | None = None


def vehicle_of(
    provider: Provider, vehicle_id: UUID, plate: str, type_: Mapping[str, Any], papers: Mapping[str, Any]
) -> Vehicle:
    """A vehicle; `papers` is its registration, or empty."""
    said = {name: papers[name] for name in ATTRIBUTES[provider.mode] if name in papers}
    return Vehicle(
        device_id=vehicle_id,
        provider_id=provider.id,
        vehicle_id=plate,
        vehicle_type=type_["form_factor"],
        propulsion_types=[type_["propulsion_type"]],
        vehicle_attributes=said or UNSET,
        maximum_speed=type_["max_speed_kmh"],
    )


def event_of(provider: Provider, happened: Happened) -> Event:
    place = place_of(happened)
    trip_id = happened.trip_id if happened.event in OF_A_TRIP[provider.mode] else None
    return Event(
        device_id=happened.vehicle_id,
        provider_id=provider.id,
        event_id=id_of("event", happened.vehicle_id, happened.seq),
        vehicle_state=happened.state,
        event_types=[TOLD_AS.get(happened.event, happened.event)],
        timestamp=milliseconds(happened.at),
        publication_time=milliseconds(happened.recorded_at),
        location=UNSET if place is None else _position(place),
        event_geographies=[provider.geography_id] if place is None else UNSET,
        battery_percent=_percent(happened.charge_percent),
        trip_ids=UNSET if trip_id is None else [trip_id],
    )


def place_of(happened: Happened) -> LonLat | None:
    """Where it happened; of a ride nothing between its two ends is known."""
    if happened.event in AT_THE_START and happened.start is not None:
        return happened.start
    if happened.event in AT_THE_END and happened.end is not None:
        return happened.end
    return happened.stood


def trip_of(provider: Provider, ridden: Ridden) -> Trip:
    is_car = provider.mode == "car-share"
    metres = round(distance_m(ridden.start, ridden.end)) if ridden.distance_m is None else ridden.distance_m
    return Trip(
        provider_id=provider.id,
        device_id=ridden.vehicle_id,
        trip_id=ridden.trip_id,
        trip_type=[TRIP_TYPE[provider.mode]],
        start_time=milliseconds(ridden.started_at),
        end_time=milliseconds(ridden.ended_at),
        start_location=_position(ridden.start),
        end_location=_position(ridden.end),
        duration=round((ridden.ended_at - ridden.started_at).total_seconds()),
        distance=metres,
        actual_cost=ridden.total_cents,
        currency=provider.currency,
        journey_id=ridden.trip_id if is_car else UNSET,
        fare_attributes=_fare(ridden) if is_car else UNSET,
    )


def ends_of(ridden: Ridden) -> tuple[Point, Point]:
    """All the telemetry there is of a trip."""
    trip_id, vehicle_id = ridden.trip_id, ridden.vehicle_id
    return (
        Point(id_of("start", trip_id), vehicle_id, ridden.started_at, ridden.start, trip_id=trip_id),
        Point(id_of("end", trip_id), vehicle_id, ridden.ended_at, ridden.end, trip_id=trip_id),
    )


def telemetry_of(provider: Provider, point: Point) -> Telemetry:
    trip_id = point.trip_id
    return Telemetry(
        device_id=point.vehicle_id,
        provider_id=provider.id,
        telemetry_id=point.id,
        timestamp=milliseconds(point.at),
        trip_ids=None if trip_id is None else [trip_id],
        journey_id=trip_id if provider.mode == "car-share" else None,
        location=_position(point.position),
        stop_id=point.stop_id or UNSET,
        battery_percent=_percent(point.charge_percent),
    )


def _fare(ridden: Ridden) -> dict[str, Any]:
    """Rides are priced by their time; the tax is the part of the price that the rate makes."""
    taxes = round(ridden.total_cents * ridden.vat_percent / (100 + ridden.vat_percent))
    paid = "mobile_app" if ridden.total_cents else "no_payment"
    return {"payment_type": paid, "fare_type": "meter_fare", "taxes": taxes}


def _position(place: LonLat) -> Position:
    return Position(lat=place.lat, lng=place.lon)


def _percent(charge: float | None) -> int | UnsetType:
    return UNSET if charge is None else round(charge)
