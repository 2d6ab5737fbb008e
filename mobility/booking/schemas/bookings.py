from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.booking.rules.bookings import LIVE, BookingState, free_to_cancel_until, starts_from
from mobility.booking.schemas.search import Plate, TypeCode, VehicleId
from mobility.booking.service.booked import Booked
from mobility.booking.service.booking_letters import is_named
from mobility.city.rules.words import Names
from mobility.city.tables import Station
from mobility.geo import LonLat

Begins = Annotated[
    datetime,
    Meta(
        description="On a full quarter-hour of the city's clocks, by which a time without an offset is read",
        examples=["2026-06-15T17:15:00+02:00"],
    ),
]
Ends = Annotated[
    datetime, Meta(description="Likewise; the first instant after", examples=["2026-06-15T19:00:00+02:00"])
]
StationId = Annotated[UUID, Meta(description="Id of a station")]
ToStation = Annotated[StationId | None, Meta(description="Where it will be left; null: where it was taken")]
RangeMin = Annotated[int, Meta(ge=0, le=1_000_000, description="Metres it must be expected to go")]

SENTENCES: dict[str, dict[str, str]] = {
    "confirmed": {"fr": "Réservé pour vous.", "en": "Booked for you."},
    "at_risk": {
        "fr": "Votre véhicule risque d'être en retard. Vous pouvez en changer, ou annuler sans frais.",
        "en": "Your vehicle may be late. You may change it, or cancel free of charge.",
    },
    "started": {"fr": "Votre trajet est en cours.", "en": "Your ride is under way."},
    "completed": {"fr": "Le trajet est terminé.", "en": "The ride has ended."},
    "cancelled": {"fr": "Cette réservation est annulée.", "en": "This booking is cancelled."},
    "no_show": {"fr": "Personne n'est venu : le véhicule est reparti.", "en": "Nobody came: the vehicle has gone."},
    "unserved": {
        "fr": "Le véhicule n'était pas là, et nous nous en excusons. Rien n'est débité.",
        "en": "The vehicle was not there, and we are sorry. Nothing is charged.",
    },
}


class BookingRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Either `vehicle_id`, for that very vehicle, or `type` and `station_id`, for any of the class there."""

    starts_at: Begins
    ends_at: Ends
    vehicle_id: VehicleId | None = None
    type: TypeCode | None = None
    station_id: StationId | None = None
    to_station_id: ToStation = None
    range_m_min: RangeMin = 0


class DeskBookingRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """For a rider, of one vehicle of the fleet or of any of a class at a station."""

    account_id: Annotated[UUID, Meta(description="The rider's account")]
    starts_at: Begins
    ends_at: Ends
    vehicle_id: Annotated[UUID | None, Meta(description="Lasting id of the vehicle")] = None
    type: TypeCode | None = None
    station_id: StationId | None = None
    to_station_id: ToStation = None


class BookingChange(Struct, kw_only=True, forbid_unknown_fields=True):
    ends_at: Ends


class StationView(Struct, kw_only=True):
    id: UUID
    code: str
    name: Names
    lon: float
    lat: float

    @classmethod
    def of(cls, station: Station | None) -> Self | None:
        if station is None:
            return None
        return cls(id=station.id, code=station.code, name=station.name, lon=station.lon, lat=station.lat)


class BookingTermsView(Struct, kw_only=True):
    """What was agreed when it was booked."""

    starts_from: Annotated[datetime, Meta(description="The first instant at which it can be started")]
    cancel_free_until: Annotated[datetime, Meta(description="Cancelled later, it costs the fee")]
    cancel_fee: Money
    late_fee: Annotated[Money, Meta(description="For each quarter-hour begun after the end, once the grace is over")]
    late_grace_minutes: int
    buffer_minutes: int

    @classmethod
    def of(cls, booked: Booked) -> Self:
        terms, starts_at = booked.terms, booked.booking.starts_at
        return cls(
            starts_from=starts_from(terms, starts_at),
            cancel_free_until=free_to_cancel_until(terms, starts_at),
            cancel_fee=Money(terms.cancel_fee_cents, booked.currency),
            late_fee=Money(terms.late_fee_cents, booked.currency),
            late_grace_minutes=terms.late_grace_minutes,
            buffer_minutes=terms.buffer_minutes,
        )


class MeantVehicle(Struct, kw_only=True):
    vehicle_id: VehicleId
    plate: Plate


class BookingView(Struct, kw_only=True):
    id: UUID
    state: Annotated[
        Literal["confirmed", "started", "completed", "cancelled", "no_show", "unserved"],
        Meta(description="no_show: the rider did not come; unserved: the vehicle did not"),
    ]
    at_risk: Annotated[bool, Meta(description="Its vehicle may not be there in time: ask for a substitute, or cancel")]
    sentence: Annotated[str, Meta(description="Where it stands, in the language of Accept-Language")]
    type: TypeCode
    by_class: Annotated[bool, Meta(description="Any vehicle of the class was booked, not this very one")]
    vehicle: Annotated[
        MeantVehicle | None, Meta(description="Of a class it is named half an hour before the start; null until then")
    ]
    start_station: Annotated[StationView | None, Meta(description="null: it is taken where it stands")]
    end_station: Annotated[StationView | None, Meta(description="null: it may be left wherever rides may end")]
    position: Annotated[LonLat, Meta(description="Where it begins, WGS 84")]
    starts_at: datetime
    ends_at: datetime
    quoted: Annotated[Money, Meta(description="What a ride of that time costs, tax included; the real ride is charged")]
    fee: Annotated[Money, Meta(description="Beside the ride: for cancelling late, not coming or coming back late")]
    terms: BookingTermsView
    rental_id: UUID | None
    created_at: datetime
    closed_at: datetime | None
    closed_because: Literal["rider", "operator", "payment", "vehicle"] | None

    @classmethod
    def of(cls, booked: Booked, now: datetime, language: str) -> Self:
        return cls(**_view(booked, now, language))


class DeskBookingView(BookingView, kw_only=True):
    """As operators see it."""

    account_id: UUID
    booked_by: Annotated[UUID, Meta(description="The rider, or the operator who booked for them")]
    fleet_vehicle_id: Annotated[UUID, Meta(description="Lasting id of the vehicle meant at the moment")]
    plate: Plate
    blocked_until: Annotated[datetime, Meta(description="The end and the buffer after it")]

    @classmethod
    def of(cls, booked: Booked, now: datetime, language: str) -> Self:
        booking = booked.booking
        return cls(
            **_view(booked, now, language),
            account_id=booking.account_id,
            booked_by=booking.booked_by,
            fleet_vehicle_id=booking.vehicle_id,
            plate=booked.vehicle.plate,
            blocked_until=booking.blocked_until,
        )


def _view(booked: Booked, now: datetime, language: str) -> dict[str, Any]:
    booking = booked.booking
    at_risk = booking.state == BookingState.CONFIRMED and booking.at_risk_at is not None
    meant = MeantVehicle(vehicle_id=booked.vehicle.public_id, plate=booked.vehicle.plate)
    return {
        "id": booking.id,
        "state": booking.state,
        "at_risk": at_risk,
        "sentence": SENTENCES["at_risk" if at_risk else booking.state][language],
        "type": booking.type_code,
        "by_class": booking.by_class,
        "vehicle": meant if booking.state in LIVE and is_named(booking, now) else None,
        "start_station": StationView.of(booked.start),
        "end_station": StationView.of(booked.end),
        "position": booked.position,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "quoted": Money(booking.quoted_cents, booked.currency),
        "fee": Money(booking.fee_cents, booked.currency),
        "terms": BookingTermsView.of(booked),
        "rental_id": booking.rental_id,
        "created_at": booking.created_at,
        "closed_at": booking.closed_at,
        "closed_because": booking.closed_because,
    }


class BookingList(Struct, kw_only=True):
    """The one made last first."""

    items: Sequence[BookingView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class DeskBookingList(Struct, kw_only=True):
    """In the order they were made."""

    items: Sequence[DeskBookingView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]
