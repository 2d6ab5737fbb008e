"""Vehicles booked ahead: what riders do with their own bookings."""

from functools import partial
from typing import Annotated
from uuid import UUID

from litestar import get, patch, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import queries
from mobility.booking.routes.given import PAGE_DEFAULT, After, Clock, Gateway, Language, Limit, Me, Session
from mobility.booking.rules import bookings as rules
from mobility.booking.rules import quarters, refusals
from mobility.booking.schemas.bookings import BookingChange, BookingList, BookingRequest, BookingView
from mobility.booking.schemas.rides import RentalView
from mobility.booking.service import booked, departures, rebooking, reserving
from mobility.booking.service.bills import priced
from mobility.booking.service.reserving import Ask
from mobility.city.rules import parking
from mobility.city.rules.in_force import NotInForce
from mobility.city.rules.prepared import TimeTooFar, UnknownVehicleType
from mobility.city.service import UnknownCity
from mobility.fleet.rules.refusals import ChargeTooLow, UnknownVehicle, VehicleUnavailable
from mobility.payments import service as payments
from mobility.payments.rules.refusals import CardExpired, CardNeeded, RideUnpaid
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.rules.eligibility import NotEligible

BookingId = Annotated[UUID, PathParameter(description="Id of one of my bookings")]

WRITING = [NotSignedIn, CrossSiteRequest]
TIMES = [
    TimeTooFar,
    quarters.TimeMissing,
    quarters.TimeRepeated,
    quarters.NotOnTheQuarter,
    rules.BookingWithoutLength,
    rules.BookingTooLong,
]
BOOKING = [
    UnknownCity,
    UnknownVehicle,
    VehicleUnavailable,
    UnknownVehicleType,
    rules.NotBookableAhead,
    rules.UnknownStation,
    rules.StationNotForClass,
    *TIMES,
    rules.BookingTooSoon,
    rules.BookingTooFar,
    refusals.ServiceClosed,
    parking.StartNotAllowedHere,
    NotEligible,
    NotInForce,
    rules.AlreadyBooked,
    rules.TooManyBookings,
    rules.SlotTaken,
    rules.VehicleElsewhere,
    rules.VehicleNeededElsewhere,
    rules.ChargeForecastTooLow,
    rules.DestinationFull,
]
UNSTARTED = [*WRITING, rules.UnknownBooking, rules.BookingOver, rules.BookingStarted]


@post(
    "/v1/bookings",
    guards=[signed_in],
    summary="Book a vehicle for a time to come",
    tags=["book"],
    operation_id="book_vehicle",
    opt={
        "idempotent": True,
        "problems": [*WRITING, rules.VehicleOrClass, *BOOKING, RideUnpaid, CardNeeded, CardExpired],
    },
)
async def book_vehicle(
    data: JSONBody[BookingRequest], session: Session, clock: Clock, caller: Me, language: Language, gateway: Gateway
) -> BookingView:
    """That very vehicle, or any of a class at a station: then it is named half an hour before the start, and another
    one may take its place. From a day before on the bank keeps the quoted price ready; what is charged is the ride.
    """
    await payments.refuse_without_means(session, clock, caller.account_id, gateway)
    made = await reserving.book(session, clock, await _ask(session, data, caller.account_id))
    return await _view(session, clock, made.id, caller, language)


@get(
    "/v1/bookings",
    guards=[signed_in],
    summary="List my bookings",
    tags=["book"],
    operation_id="list_my_bookings",
    opt={"problems": [NotSignedIn]},
)
async def list_my_bookings(
    session: Session,
    clock: Clock,
    caller: Me,
    language: Language,
    only_live: Annotated[bool, QueryParameter(description="Only those that are not over")] = False,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> BookingList:
    """The one made last first."""
    found = await booked.list_own(session, caller.account_id, only_live=only_live, limit=limit + 1, after=after)
    page = found[:limit]
    return BookingList(
        items=[BookingView.of(each, clock.now(), language) for each in page],
        next=page[-1].booking.id if len(found) > limit else None,
    )


@get(
    "/v1/bookings/{booking_id:uuid}",
    guards=[signed_in],
    summary="Read one of my bookings",
    tags=["book"],
    operation_id="get_booking",
    opt={"problems": [NotSignedIn, rules.UnknownBooking]},
)
async def get_booking(
    booking_id: BookingId, session: Session, clock: Clock, caller: Me, language: Language
) -> BookingView:
    return await _view(session, clock, booking_id, caller, language)


@patch(
    "/v1/bookings/{booking_id:uuid}",
    guards=[signed_in],
    summary="Make a booking longer or shorter",
    tags=["book"],
    operation_id="change_booking",
    opt={
        "problems": [
            *WRITING,
            rules.UnknownBooking,
            rules.BookingOver,
            *TIMES,
            rules.AlreadyBooked,
            rules.SlotTaken,
            rules.ChargeForecastTooLow,
            rules.DestinationFull,
        ]
    },
)
async def change_booking(
    booking_id: BookingId,
    data: JSONBody[BookingChange],
    session: Session,
    clock: Clock,
    caller: Me,
    language: Language,
) -> BookingView:
    """Also on the way. `slot_taken` says in `latest_end` until when it can be made longer."""
    await rebooking.change_end(
        session, clock, account_id=caller.account_id, booking_id=booking_id, ends_at=data.ends_at
    )
    return await _view(session, clock, booking_id, caller, language)


@post(
    "/v1/bookings/{booking_id:uuid}/cancel",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Cancel a booking",
    tags=["book"],
    operation_id="cancel_booking",
    opt={"idempotent": True, "problems": UNSTARTED},
)
async def cancel_booking(
    booking_id: BookingId, session: Session, clock: Clock, caller: Me, language: Language
) -> BookingView:
    """Free until `terms.cancel_free_until`, and while the vehicle may not come; later it costs `terms.cancel_fee`."""
    await rebooking.cancel(session, clock, account_id=caller.account_id, booking_id=booking_id)
    return await _view(session, clock, booking_id, caller, language)


@post(
    "/v1/bookings/{booking_id:uuid}/substitute",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Take another vehicle, as mine may not come",
    tags=["book"],
    operation_id="substitute_vehicle",
    opt={"idempotent": True, "problems": [*UNSTARTED, rules.NoSubstitute]},
)
async def substitute_vehicle(
    booking_id: BookingId, session: Session, clock: Clock, caller: Me, language: Language
) -> BookingView:
    """Of the same class, at the same station and price. Only while the booking is `at_risk`."""
    await rebooking.substitute(session, clock, account_id=caller.account_id, booking_id=booking_id)
    return await _view(session, clock, booking_id, caller, language)


@post(
    "/v1/bookings/{booking_id:uuid}/start",
    guards=[signed_in],
    summary="Unlock the booked vehicle and start the ride",
    tags=["book"],
    operation_id="start_booking",
    opt={
        "idempotent": True,
        "problems": [
            *UNSTARTED,
            rules.TooEarlyToStart,
            rules.VehicleNotBack,
            rules.VehicleStillPromised,
            refusals.AlreadyHolding,
            refusals.AlreadyRiding,
            VehicleUnavailable,
            ChargeTooLow,
            NotEligible,
        ],
    },
)
async def start_booking(
    booking_id: BookingId, session: Session, clock: Clock, caller: Me, language: Language
) -> RentalView:
    """From `terms.starts_from` on. As `start_ride` does: `unlocking` until the vehicle has answered, priced by the
    booking's tariff. A ride that `failed` may be started again.
    """
    rental = await departures.depart(session, clock, account_id=caller.account_id, booking_id=booking_id)
    ride = await queries.get_ride(session, rental.id, caller.account_id)
    return RentalView.of(await priced(session, clock, ride), clock.now(), language)


async def _ask(session: Session, data: BookingRequest, account_id: UUID) -> Ask:
    mine = partial(
        Ask,
        account_id=account_id,
        booked_by=account_id,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        to_station_id=data.to_station_id,
        range_m_min=data.range_m_min,
    )
    if data.vehicle_id is not None and data.type is None and data.station_id is None:
        vehicle = (await queries.get_known(session, data.vehicle_id)).vehicle
        return mine(city_id=vehicle.city_id, vehicle_id=vehicle.id)
    if data.vehicle_id is None and data.type is not None and data.station_id is not None:
        city_id = await reserving.city_of(session, data.station_id)
        return mine(city_id=city_id, type_code=data.type, station_id=data.station_id)
    raise rules.VehicleOrClass


async def _view(session: Session, clock: Clock, booking_id: UUID, caller: Me, language: Language) -> BookingView:
    return BookingView.of(await booked.get_own(session, booking_id, caller.account_id), clock.now(), language)


ROUTES: list[ControllerRouterHandler] = [
    book_vehicle,
    list_my_bookings,
    get_booking,
    change_booking,
    cancel_booking,
    substitute_vehicle,
    start_booking,
]
