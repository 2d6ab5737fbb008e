from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.money import Money
from mobility.booking.queries import Ride
from mobility.booking.rules.rides import Failure
from mobility.booking.schemas.looks import LocatedView
from mobility.booking.schemas.notices import BackByView, NoticeView
from mobility.booking.schemas.search import Plate, TypeCode, VehicleId
from mobility.booking.service.bills import PricedRide
from mobility.booking.service.rides import Held, Receipt, time_spent
from mobility.geo import LonLat
from mobility.invoicing.schemas import Number, number_written
from mobility.invoicing.tables import Document
from mobility.pricing.schemas.bills import BillLine, Price, Total, bill_lines

NOT_STORED = {
    "fr": "Le chemin que vous avez pris n'a pas été gardé : seuls le départ, l'arrivée et la durée le sont.",
    "en": "The way you took was not kept: only where and when you started and ended.",
}


FAILED = {
    Failure.UNANSWERED: {
        "fr": "Le véhicule n'a pas répondu. Rien n'est dû : réessayez, ou prenez-en un autre.",
        "en": "The vehicle did not answer. There is nothing to pay: try again, or take another one.",
    },
    Failure.REFUSED: {
        "fr": "Le véhicule n'a pas pu se déverrouiller. Rien n'est dû : réessayez, ou prenez-en un autre.",
        "en": "The vehicle could not unlock. There is nothing to pay: try again, or take another one.",
    },
    Failure.WITHDRAWN: {
        "fr": "Ce véhicule vient d'être retiré du service. Rien n'est dû : prenez-en un autre.",
        "en": "This vehicle has just been taken out of service. There is nothing to pay: take another one.",
    },
}


class BookedVehicle(Struct, kw_only=True):
    """The vehicle of a hold or a ride. Once the ride has ended, nothing follows the vehicle any further."""

    vehicle_id: VehicleId
    type: TypeCode
    plate: Plate
    position: Annotated[
        LonLat, Meta(description="Where it is held; in a ride, where that started; afterwards, where that ended")
    ]
    charge_percent: Annotated[float | None, Meta(description="State of charge, 0 to 100; null once the ride has ended")]
    range_m: Annotated[int | None, Meta(description="Metres left; null once the ride has ended")]

    @classmethod
    def held(cls, held: Held) -> Self:
        vehicle = held.vehicle
        return cls(
            vehicle_id=vehicle.public_id,
            type=vehicle.type_code,
            plate=vehicle.plate,
            position=vehicle.position,
            charge_percent=vehicle.charge_percent,
            range_m=vehicle.range_m,
        )

    @classmethod
    def ridden(cls, ride: Ride) -> Self:
        vehicle, status = ride.known.vehicle, ride.known.status
        return cls(
            vehicle_id=ride.rental.vehicle_public_id,
            type=vehicle.type_code,
            plate=vehicle.plate,
            position=ride.end_position or ride.start_position,
            charge_percent=None if ride.is_over else status.charge_percent,
            range_m=None if ride.is_over else status.range_m,
        )


class HoldRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    vehicle_id: VehicleId
    position: Annotated[
        LonLat | None,
        Meta(description="Where you are, for a city that lets vehicles be held from nearby only; it is not kept"),
    ] = None


class ExtensionRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    minutes: Annotated[int, Meta(ge=1, le=240, description="How many minutes more", examples=[15])]


class ExtensionView(Struct, kw_only=True):
    """A hold can be extended: by how much, and for what."""

    minutes_left: Annotated[int, Meta(description="By so many minutes more at most", examples=[30])]
    rate: Annotated[Money, Meta(description="Per minute begun after the free ones, tax included, ridden or not")]


class HoldView(Struct, kw_only=True):
    id: UUID
    vehicle: BookedVehicle
    created_at: datetime
    free_until: Annotated[datetime, Meta(description="The first instant at which the hold is no longer free")]
    expires_at: Annotated[datetime, Meta(description="The first instant at which the hold is over")]
    extension: Annotated[
        ExtensionView | None, Meta(description="null where vehicles of this type are not kept for longer")
    ]
    state: Literal["active", "used", "cancelled", "expired", "withdrawn"]

    @classmethod
    def of(cls, held: Held) -> Self:
        return cls(
            id=held.hold.id,
            vehicle=BookedVehicle.held(held),
            created_at=held.hold.created_at,
            free_until=held.hold.free_until,
            expires_at=held.hold.expires_at,
            extension=None
            if held.extension is None
            else ExtensionView(minutes_left=held.extension.minutes_left, rate=held.extension.rate),
            state=held.hold.state,  # type: ignore[arg-type]  # the table's check constraint
        )


class RentalRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    hold_id: UUID


class RidePayment(Struct, kw_only=True):
    state: Annotated[
        Literal["none", "pending", "captured", "declined", "written_off"],
        Meta(description="none: there is nothing to pay; pending: the payment service has not answered yet"),
    ]

    @classmethod
    def of(cls, ride: Ride) -> Self:
        return cls(state=ride.payment.state if ride.payment else "none")  # type: ignore[arg-type]  # the table's check


class RideFailure(Struct, kw_only=True):
    """Why a ride did not begin, in the rider's language. The vehicle, or another one, may be reserved again at once."""

    code: Literal["unlock_unanswered", "unlock_refused", "vehicle_withdrawn"]
    sentence: str


class RentalView(Struct, kw_only=True):
    id: UUID
    state: Annotated[
        Literal["unlocking", "riding", "paused", "ended", "failed"],
        Meta(description="unlocking: the vehicle has not answered yet; failed: it did not unlock, nothing is to pay"),
    ]
    vehicle: BookedVehicle
    requested_at: Annotated[datetime, Meta(description="When the vehicle was told to unlock")]
    started_at: Annotated[
        datetime | None,
        Meta(description="When the vehicle confirmed: from then on the ride is paid. null while unlocking or failed"),
    ]
    ended_at: datetime | None
    end_asked_at: Annotated[
        datetime | None,
        Meta(description="The wish to end it that came late, where the ride is priced until about then"),
    ]
    failure: RideFailure | None
    paused_s: Annotated[int, Meta(description="Seconds in pauses, a running one included")]
    price_so_far: Annotated[Price, Meta(description="What the ride would cost if it ended now, or what it did cost")]
    start_position: LonLat
    end_position: LonLat | None
    start_station_id: UUID | None
    end_station_id: UUID | None
    located: Annotated[list[LocatedView], Meta(description="When the service looked at where the vehicle was")]
    notices: Annotated[list[NoticeView], Meta(description="What the rider has to know of where the ride is")]
    payment: Annotated[RidePayment | None, Meta(description="null until the ride has ended")]
    back_by: Annotated[BackByView | None, Meta(description="null where nobody waits for the vehicle")]

    @classmethod
    def of(cls, priced: PricedRide, now: datetime, language: str) -> Self:
        ride, rental = priced.ride, priced.ride.rental
        return cls(
            id=rental.id,
            state=rental.state,  # type: ignore[arg-type]  # the table's check constraint
            vehicle=BookedVehicle.ridden(ride),
            requested_at=rental.requested_at,
            started_at=rental.started_at,
            ended_at=rental.ended_at,
            end_asked_at=rental.end_asked_at,
            failure=failure_view(rental.failure, language),
            paused_s=int(time_spent(rental, now).paused.total_seconds()),
            price_so_far=Price.of(priced.due, language),
            start_position=ride.start_position,
            end_position=ride.end_position,
            start_station_id=rental.start_station_id,
            end_station_id=rental.end_station_id,
            notices=[NoticeView.of(notice, language) for notice in ride.notices],
            payment=RidePayment.of(ride) if ride.is_priced else None,
            located=LocatedView.told(rental, now),
            back_by=None if priced.back_by is None else BackByView.of(priced.back_by),
        )


def failure_view(failure: str | None, language: str) -> RideFailure | None:
    return failure and RideFailure(code=failure, sentence=FAILED[Failure(failure)][language])  # type: ignore[return-value, arg-type]  # the rule's own codes


class RentalList(Struct, kw_only=True):
    """Newest first."""

    items: Sequence[RentalView]
    next: Annotated[UUID | None, Meta(description="`after` of the next page; null on the last")]


class NoRide(Struct, tag_field="kind", tag="none"):
    """The rider has neither hold nor ride."""


class HeldRide(Struct, kw_only=True, tag_field="kind", tag="held"):
    hold: HoldView


class UnlockingRide(Struct, kw_only=True, tag_field="kind", tag="unlocking"):
    rental: RentalView


class RidingRide(Struct, kw_only=True, tag_field="kind", tag="riding"):
    rental: RentalView


class PausedRide(Struct, kw_only=True, tag_field="kind", tag="paused"):
    rental: RentalView


MyRide = NoRide | HeldRide | UnlockingRide | RidingRide | PausedRide


def my_ride(current: Held | PricedRide | None, now: datetime, language: str) -> MyRide:
    if current is None:
        return NoRide()
    if isinstance(current, Held):
        return HeldRide(hold=HoldView.of(current))
    rental = RentalView.of(current, now, language)
    match rental.state:
        case "unlocking":
            return UnlockingRide(rental=rental)
        case "paused":
            return PausedRide(rental=rental)
        case _:
            return RidingRide(rental=rental)


class Vat(Struct, kw_only=True):
    rate_percent: Annotated[float, Meta(examples=[20])]
    net: Annotated[Money, Meta(description="The total without VAT")]
    amount: Annotated[Money, Meta(description="The VAT in the total")]


class ReceiptDocument(Struct, kw_only=True):
    """The numbered document about the ride: `GET /v1/documents/{id}`, as PDF too."""

    id: UUID
    number: Number

    @classmethod
    def of(cls, document: Document) -> Self:
        return cls(id=document.id, number=number_written(document))


class ReceiptView(Struct, kw_only=True):
    rental_id: UUID
    started_at: datetime
    ended_at: datetime
    lines: Annotated[list[BillLine], Meta(description="They sum to the total")]
    total: Total
    vat: Vat
    payment: RidePayment
    document: Annotated[
        ReceiptDocument | None, Meta(description="null where nothing was to pay, or somebody else pays for me")
    ]
    not_stored: Annotated[str, Meta(description="What was not kept of the ride, in one sentence")]

    @classmethod
    def of(cls, receipt: Receipt, language: str) -> Self:
        total = receipt.bill.total
        return cls(
            rental_id=receipt.ride.rental.id,
            started_at=receipt.started_at,
            ended_at=receipt.ended_at,
            lines=bill_lines(receipt.bill, language),
            total=total,
            vat=Vat(
                rate_percent=float(receipt.vat_percent),
                net=Money(receipt.vat.net_cents, total.currency),
                amount=Money(receipt.vat.vat_cents, total.currency),
            ),
            payment=RidePayment.of(receipt.ride),
            document=None if receipt.document is None else ReceiptDocument.of(receipt.document),
            not_stored=NOT_STORED[language],
        )
