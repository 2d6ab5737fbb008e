"""MDS's own things, field by field as its OpenAPI 2.0 has them; what is UNSET is left out.

Milliseconds since 1970, metres, seconds, the currency's smallest unit.
"""

from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

Milliseconds = Annotated[int, Meta(ge=1_514_764_800_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Text = Annotated[str, Meta(max_length=255)]
Counts = dict[str, int]


class Position(Struct, frozen=True, kw_only=True, omit_defaults=True):
    lat: float
    lng: float


class Vehicle(Struct, frozen=True, kw_only=True):
    device_id: UUID
    provider_id: UUID
    vehicle_id: Text
    vehicle_type: str
    propulsion_types: list[str]
    vehicle_attributes: dict[str, Any] | UnsetType = UNSET
    maximum_speed: int | UnsetType = UNSET


class Event(Struct, frozen=True, kw_only=True):
    """Where `location` is not known or not kept, `event_geographies` says in which areas it was."""

    device_id: UUID
    provider_id: UUID
    event_id: UUID
    vehicle_state: str
    event_types: list[str]
    timestamp: Milliseconds
    publication_time: Milliseconds
    location: Position | UnsetType = UNSET
    event_geographies: list[UUID] | UnsetType = UNSET
    battery_percent: Percent | UnsetType = UNSET
    trip_ids: list[UUID] | UnsetType = UNSET


class Telemetry(Struct, frozen=True, kw_only=True):
    device_id: UUID
    provider_id: UUID
    telemetry_id: UUID
    timestamp: Milliseconds
    trip_ids: list[UUID] | None
    journey_id: UUID | None
    location: Position
    stop_id: UUID | UnsetType = UNSET
    battery_percent: Percent | UnsetType = UNSET


class VehicleStatus(Struct, frozen=True, kw_only=True):
    device_id: UUID
    provider_id: UUID
    last_event: Event
    last_telemetry: Telemetry


class Trip(Struct, frozen=True, kw_only=True):
    """Its two ends; there is no route, and nothing to make one of."""

    provider_id: UUID
    device_id: UUID
    trip_id: UUID
    trip_type: list[str]
    start_time: Milliseconds
    end_time: Milliseconds
    start_location: Position
    end_location: Position
    duration: int
    distance: int
    actual_cost: int
    currency: str
    journey_id: UUID | UnsetType = UNSET
    fare_attributes: dict[str, Any] | UnsetType = UNSET


class StopStatus(Struct, frozen=True, kw_only=True):
    is_installed: bool
    is_renting: bool
    is_returning: bool


class Stop(Struct, frozen=True, kw_only=True):
    stop_id: UUID
    last_updated: Milliseconds
    name: Text
    location: Position
    status: StopStatus
    capacity: Counts
    num_vehicles_available: Counts
    num_vehicles_disabled: Counts
    num_places_available: Counts
    provider_id: UUID
    devices: list[UUID]


class Links(Struct, frozen=True, kw_only=True):
    """JSON:API pagination; `next` is null on the last page."""

    first: str
    next: str | None
