from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.booking.service.ground_effect import Effect
from mobility.city.rules.words import Names
from mobility.geo import LonLat

# A list to act on: whoever touches more vehicles than that sees how many they are.
SHOWN_MAX = 200


class TouchedVehicleView(Struct, kw_only=True):
    id: Annotated[UUID, Meta(description="Lasting id")]
    plate: Annotated[str, Meta(examples=["AT-017"])]
    type: Annotated[str, Meta(examples=["moped"])]
    position: LonLat
    what: Annotated[
        Literal["outside", "no_parking", "no_start"],
        Meta(description="Where it stands it would be outside the service, could not be left, could not be taken"),
    ]


class TouchedStationView(Struct, kw_only=True):
    code: Annotated[str, Meta(examples=["railway-station"])]
    name: Names
    what: Literal["removed", "class_lost", "too_small"]
    vehicles: Annotated[int, Meta(description="That stand in it now")]


class TouchedBookingView(Struct, kw_only=True):
    id: UUID
    type: Annotated[str, Meta(examples=["car"])]
    starts_at: datetime
    ends_at: datetime
    station: Annotated[str, Meta(description="Code of the station that no longer accepts the class")]


class RoomView(Struct, kw_only=True):
    """What a class has to end its rides on."""

    type: Annotated[str, Meta(examples=["moped"])]
    before_km2: Annotated[float, Meta(description="Ground where it may stand anywhere", examples=[14.2])]
    after_km2: float
    stations_before: Annotated[int, Meta(description="Stations that accept it", examples=[12])]
    stations_after: int


class EffectView(Struct, kw_only=True):
    at: Annotated[datetime, Meta(description="The moment whose rules were compared: noon of the first day, or now")]
    vehicles_touched: Annotated[int, Meta(description="In all; `vehicles` lists 200 at most")]
    vehicles: Sequence[TouchedVehicleView]
    stations: Sequence[TouchedStationView]
    bookings: Annotated[Sequence[TouchedBookingView], Meta(description="The soonest hundred")]
    rooms: Sequence[RoomView]

    @classmethod
    def of(cls, effect: Effect) -> Self:
        return cls(
            at=effect.at,
            vehicles_touched=len(effect.vehicles),
            vehicles=[
                TouchedVehicleView(
                    id=each.vehicle.id,
                    plate=each.vehicle.plate,
                    type=each.vehicle.type,
                    position=each.vehicle.position,
                    what=each.what,
                )
                for each in effect.vehicles[:SHOWN_MAX]
            ],
            stations=[
                TouchedStationView(
                    code=each.station.code, name=each.station.name, what=each.what, vehicles=each.vehicles
                )
                for each in effect.stations
            ],
            bookings=[
                TouchedBookingView(
                    id=each.booking.id,
                    type=each.booking.type_code,
                    starts_at=each.booking.starts_at,
                    ends_at=each.booking.ends_at,
                    station=each.station,
                )
                for each in effect.bookings
            ],
            rooms=[
                RoomView(
                    type=room.type,
                    before_km2=round(room.before_km2, 3),
                    after_km2=round(room.after_km2, 3),
                    stations_before=room.stations_before,
                    stations_after=room.stations_after,
                )
                for room in effect.rooms
            ],
        )
