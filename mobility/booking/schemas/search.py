from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.booking.rules.usual import Usual
from mobility.booking.service.quotes import Asked, Quote
from mobility.booking.service.search import Offer
from mobility.geo import LonLat
from mobility.geo.streets.travel import Basis
from mobility.geo.walking import DETOUR_FACTOR
from mobility.pricing.schemas.bills import BillLine, Total, bill_lines
from mobility.riders.rules.reasons import Reason

VehicleId = Annotated[
    UUID,
    Meta(
        description="Public id of a vehicle; changes after each ride",
        examples=["5f0c2b3e-8f4e-4a52-9d0a-7f7d0a4f9b1c"],
    ),
]
TypeCode = Annotated[str, Meta(description="Code of the vehicle type", examples=["moped"])]
Plate = Annotated[str, Meta(description="Label painted on the vehicle", examples=["AT-017"])]
WalkBasis = Annotated[
    Basis,
    Meta(description="What the walk follows: `streets`, or a `straight_line` times the detour"),
]
Detour = Annotated[float, Meta(description="What straight lines are multiplied by", examples=[DETOUR_FACTOR])]
# A ride of a week is a rental of another kind.
QUOTE_MINUTES_MAX = 7 * 24 * 60
# A week at the wheel, day and night.
QUOTE_KM_MAX = 20_000
# Anybody may search without signing in: exact figures, or the plate, would let them follow a vehicle from ride to ride.
# Whoever holds it reads them.
SHOWN_CHARGE_STEP_PERCENT = 10
SHOWN_RANGE_STEP_M = 5_000


class NearbyVehicle(Struct, kw_only=True):
    vehicle_id: VehicleId
    type: TypeCode
    position: LonLat
    charge_percent: Annotated[int, Meta(description="State of charge, 0 to 100, in steps of 10", examples=[80])]
    range_m: Annotated[int, Meta(description="Metres left, in steps of 5 km", examples=[55000])]
    walk_minutes: Annotated[float, Meta(description="Minutes on foot", examples=[4.2])]
    walk_basis: WalkBasis
    distance_m: Annotated[int, Meta(description="Metres in a straight line", examples=[240])]
    station_id: UUID | None
    free_until: Annotated[datetime | None, Meta(description="Somebody has booked it from then on; null: nobody has")]
    price_15_min: Total
    price_60_min: Total

    @classmethod
    def of(cls, offer: Offer) -> Self:
        walk, vehicle = offer.walk, offer.walk.vehicle
        return cls(
            vehicle_id=vehicle.public_id,
            type=vehicle.type_code,
            position=vehicle.position,
            charge_percent=int(vehicle.charge_percent) // SHOWN_CHARGE_STEP_PERCENT * SHOWN_CHARGE_STEP_PERCENT,
            range_m=vehicle.range_m // SHOWN_RANGE_STEP_M * SHOWN_RANGE_STEP_M,
            walk_minutes=round(walk.walk_minutes, 1),
            walk_basis=walk.basis,
            distance_m=round(walk.distance_m),
            station_id=vehicle.station_id,
            free_until=vehicle.free_until,
            price_15_min=offer.price_15_min,
            price_60_min=offer.price_60_min,
        )


class UsualView(Struct, kw_only=True):
    """The medians of my own latest rides of a class; from three rides on."""

    type: TypeCode
    minutes: Annotated[int, Meta(examples=[18])]
    km: Annotated[float, Meta(examples=[4.2])]
    rides: Annotated[int, Meta(description="How many it is made of, 20 at most", examples=[12])]

    @classmethod
    def of(cls, usual: Usual) -> Self:
        return cls(type=usual.type_code, minutes=usual.minutes, km=usual.km, rides=usual.rides)


class UsualList(Struct, kw_only=True):
    """The class most ridden first."""

    items: Sequence[UsualView]
    next: None = None


class NearbyList(Struct, kw_only=True):
    """Nearest first. There is no next page: ask for a longer walk or more at once."""

    items: Sequence[NearbyVehicle]
    next: None = None
    detour_factor: Detour = DETOUR_FACTOR


class QuoteRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    vehicle_id: VehicleId
    minutes: Annotated[int, Meta(ge=1, le=QUOTE_MINUTES_MAX, description="Length of the ride", examples=[20])]
    km: Annotated[
        float, Meta(ge=0, le=QUOTE_KM_MAX, description="How far, in kilometres by the odometer", examples=[12.5])
    ] = 0
    starts_at: Annotated[
        datetime | None,
        Meta(
            description="When; now if null, on the city's clocks if without an offset", examples=["2026-06-15T17:30:00"]
        ),
    ] = None
    booked_ahead: Annotated[bool, Meta(description="Whether it would be booked ahead")] = False
    end: Annotated[
        LonLat | None, Meta(description="Where it would end; null: no fee or discount for the place is counted")
    ] = None

    @property
    def asked(self) -> Asked:
        return Asked(
            minutes=self.minutes,
            distance_m=round(self.km * 1_000),
            starts_at=self.starts_at,
            booked_ahead=self.booked_ahead,
            end=self.end,
        )


class QuoteView(Struct, kw_only=True):
    tariff_code: Annotated[str, Meta(examples=["moped-minute"])]
    lines: Annotated[list[BillLine], Meta(description="They sum to the total")]
    total: Total

    @classmethod
    def of(cls, quote: Quote, language: str) -> Self:
        lines = bill_lines(quote.bill, language)
        return cls(tariff_code=quote.tariff_code, lines=lines, total=quote.bill.total)


class EligibilityView(Struct, kw_only=True):
    eligible: bool
    reasons: Annotated[
        list[str],
        Meta(description="Why not, in the language of Accept-Language", examples=[["Il faut avoir 18 ans."]]),
    ]

    @classmethod
    def of(cls, reasons: Sequence[Reason], language: str) -> Self:
        return cls(eligible=not reasons, reasons=[why.en if language == "en" else why.fr for why in reasons])
