"""A vehicle as operators see it, in lists and on the live map."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.errors import TooMany
from mobility.fleet.rules.modes import StateName
from mobility.geo import LonLat


class ListenedTooOften(TooMany):
    code = "listened_too_often"
    fr = "Trop d'écoutes depuis cette adresse : réessayez dans {retry_after_s} secondes."
    en = "Too many listeners from this address: try again in {retry_after_s} seconds."


class FleetVehicle(Struct, frozen=True, kw_only=True):
    """One vehicle with its state and what it last said of itself.

    Of two messages about a vehicle the one with the greater (`seq`, `reported_at`) is the newer, whichever came first.
    """

    id: Annotated[UUID, Meta(description="Lasting id; residents never see it")]
    plate: Annotated[str, Meta(description="Label painted on the vehicle", examples=["AT-017"])]
    type: Annotated[str, Meta(description="Code of the vehicle type", examples=["moped"])]
    state: Annotated[StateName, Meta(description="MDS 2.0 vehicle state", examples=["available"])]
    state_since: datetime
    seq: Annotated[int, Meta(description="Number of the vehicle's latest event")]
    position: Annotated[LonLat, Meta(description="Last known position; in a rental, that of its start")]
    station_id: Annotated[UUID | None, Meta(description="Station the vehicle was last parked at")]
    charge_percent: Annotated[float, Meta(description="State of charge, 0 to 100", examples=[82.5])]
    range_m: Annotated[int, Meta(description="Metres left", examples=[57750])]
    odometer_m: Annotated[int, Meta(description="Metres ever driven", examples=[1204300])]
    locked: bool
    reported_at: Annotated[datetime, Meta(description="Time of the latest report, by the vehicle's clock")]
    heard_at: Annotated[datetime, Meta(description="When the vehicle was last heard, by our clock")]


def stream(city_id: str) -> str:
    """Name of the live stream of a city's fleet."""
    return f"live:fleet:{city_id}"


def public_stream(city_id: str) -> str:
    """Name of the stream that tells everybody when what is free in a city has changed."""
    return f"live:free:{city_id}"


class FreeChanged(Struct, frozen=True, kw_only=True, tag_field="kind", tag="changed"):
    """A vehicle was taken, came back, or is out of service; which one is told to nobody who only listens."""


class AlertNews(Struct, frozen=True, kw_only=True, tag_field="kind", tag="alert"):
    """An alert was raised, escalated, acknowledged, snoozed, closed, or is back."""

    id: UUID
    vehicle_id: Annotated[UUID | None, Meta(description="null: the whole city's")]
    alert: Annotated[str, Meta(description="What is wrong", examples=["low_charge"])]
    severity: Annotated[str, Meta(examples=["warning"])]
    state: Annotated[str, Meta(examples=["open"])]
    at: datetime


class CommandNews(Struct, frozen=True, kw_only=True, tag_field="kind", tag="command"):
    """A command to a vehicle was sent, confirmed, refused, or ran out."""

    id: UUID
    vehicle_id: UUID
    command: Annotated[str, Meta(examples=["unlock"])]
    state: Annotated[str, Meta(examples=["confirmed"])]
    code: Annotated[str | None, Meta(description="Why the vehicle refused")]
    at: datetime


class TaskNews(Struct, frozen=True, kw_only=True, tag_field="kind", tag="task"):
    """Work for a crew was made, taken on or done."""

    id: UUID
    vehicle_id: UUID | None
    task: Annotated[str, Meta(examples=["swap_battery"])]
    state: Annotated[str, Meta(examples=["open"])]
    at: datetime


LiveMapMessage = FleetVehicle | AlertNews | CommandNews | TaskNews
"""What may be published to a city's stream: `await live.publish(stream(city_id), AlertNews(…))`, after the commit.

A message without `kind` is a vehicle. Of a vehicle that only moved a slow console gets the latest message; every other
message reaches every console of the city, whatever box of the map it shows.
"""
