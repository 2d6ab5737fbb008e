from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.booking.rules.bookings import free_to_cancel_until
from mobility.booking.schemas.bookings import StationView
from mobility.booking.schemas.search import (
    SHOWN_CHARGE_STEP_PERCENT,
    SHOWN_RANGE_STEP_M,
    Detour,
    TypeCode,
    VehicleId,
    WalkBasis,
)
from mobility.booking.service.availability import Choice, Offer
from mobility.booking.service.days import Day, Slot
from mobility.geo import LonLat
from mobility.geo.walking import DETOUR_FACTOR
from mobility.pricing.schemas.bills import Price

# Enough to choose from; whoever wants any of the class books the class.
VEHICLES_SHOWN = 5

Charge = Annotated[int, Meta(description="Expected when the booking begins: percent, in steps of 10", examples=[80])]
Range = Annotated[int, Meta(description="Expected when the booking begins: metres, in steps of 5 km", examples=[55000])]


class BookableVehicle(Struct, kw_only=True):
    vehicle_id: VehicleId
    charge_percent: Charge
    range_m: Range

    @classmethod
    def of(cls, choice: Choice) -> Self:
        return cls(
            vehicle_id=choice.planned.public_id,
            charge_percent=int(choice.charge_percent) // SHOWN_CHARGE_STEP_PERCENT * SHOWN_CHARGE_STEP_PERCENT,
            range_m=choice.range_m // SHOWN_RANGE_STEP_M * SHOWN_RANGE_STEP_M,
        )


class AvailabilityView(Struct, kw_only=True):
    """Vehicles of one class that can be booked at one station; a free-floating one is a place of its own."""

    type: TypeCode
    station: StationView | None
    position: Annotated[LonLat, Meta(description="WGS 84, longitude first")]
    distance_m: Annotated[int | None, Meta(description="Metres in a straight line; null without a position")]
    walk_minutes: Annotated[float | None, Meta(description="Minutes on foot; null without a position")]
    walk_basis: WalkBasis | None
    free: Annotated[int, Meta(description="How many vehicles can be booked", examples=[3])]
    charge_percent: Charge
    range_m: Range
    vehicles: Annotated[Sequence[BookableVehicle], Meta(description="Up to five of them")]
    tariff_code: Annotated[str, Meta(examples=["car-quarter-hour"])]
    price: Annotated[Price, Meta(description="A ride of that time, without what only the way can tell")]
    cancel_fee: Annotated[Money, Meta(description="What cancelling late, or not coming, would cost")]
    cancel_free_until: Annotated[datetime, Meta(description="Cancelled later, it would cost the fee")]

    @classmethod
    def of(cls, offer: Offer, language: str) -> Self:
        place, best = offer.found.place, BookableVehicle.of(offer.found.place.choices[0])
        metres, minutes = offer.found.distance_m, offer.found.walk_minutes
        return cls(
            type=place.of.code,
            station=StationView.of(place.station),
            position=place.position,
            distance_m=None if metres is None else round(metres),
            walk_minutes=None if minutes is None else round(minutes, 1),
            walk_basis=offer.found.basis,
            free=place.free,
            charge_percent=best.charge_percent,
            range_m=best.range_m,
            vehicles=[BookableVehicle.of(choice) for choice in place.choices[:VEHICLES_SHOWN]],
            tariff_code=offer.tariff_code,
            price=Price.of(offer.bill, language),
            cancel_fee=Money(place.of.terms.cancel_fee_cents, offer.bill.total.currency),
            cancel_free_until=free_to_cancel_until(place.of.terms, place.choices[0].wanted.starts_at),
        )


class AvailabilityList(Struct, kw_only=True):
    """Nearest first. There is no next page: ask nearer, or for more at once."""

    items: Sequence[AvailabilityView]
    next: None = None
    detour_factor: Detour = DETOUR_FACTOR


class QuarterView(Struct, kw_only=True):
    starts_at: datetime
    local: Annotated[str, Meta(description="What the city's clocks show; one time comes twice when they go back")]
    free: Annotated[int, Meta(description="Vehicles that could be booked there and back for this quarter-hour")]
    open: Annotated[bool, Meta(description="Whether rides may start then")]

    @classmethod
    def of(cls, slot: Slot, zone: ZoneInfo) -> Self:
        starts_at = slot.opening.starts_at
        return cls(
            starts_at=starts_at, local=f"{starts_at.astimezone(zone):%H:%M}", free=slot.opening.free, open=slot.is_open
        )


class DayView(Struct, kw_only=True, rename={"day": "date"}):
    day: date
    time_zone: Annotated[str, Meta(examples=["Europe/Paris"])]
    station_id: UUID
    type: TypeCode
    quarters: Annotated[Sequence[QuarterView], Meta(description="96 of them; 92 or 100 when the clocks change")]

    @classmethod
    def of(cls, day: Day, on: date, station_id: UUID, type_code: str) -> Self:
        return cls(
            day=on,
            time_zone=day.zone.key,
            station_id=station_id,
            type=type_code,
            quarters=[QuarterView.of(slot, day.zone) for slot in day.slots],
        )
