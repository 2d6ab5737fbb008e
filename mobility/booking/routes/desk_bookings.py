"""What operators see of bookings, and book for people without a telephone of their own."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.bookings import BOOKING
from mobility.booking.routes.given import PAGE_DEFAULT, After, CityId, Clock, Language, Limit, Me, Session
from mobility.booking.rules import bookings as rules
from mobility.booking.rules.bookings import Because
from mobility.booking.schemas.bookings import DeskBookingList, DeskBookingRequest, DeskBookingView
from mobility.booking.service import booked, rebooking, reserving
from mobility.booking.service.reserving import Ask
from mobility.city.rules.prepared import TimeTooFar
from mobility.city.service import UnknownCity, get_city
from mobility.riders import queries as riders
from mobility.riders.guards import has_role
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn, RoleMissing
from mobility.riders.rules.profiles import UnknownAccount

READING = [NotSignedIn, RoleMissing, UnknownCity]
AHEAD = timedelta(days=7)
"""What is listed unless told: a week."""


@get(
    "/v1/cities/{city:str}/bookings",
    guards=[has_role("operator")],
    summary="List a city's bookings",
    tags=["book"],
    operation_id="list_bookings",
    opt={"problems": [*READING, TimeTooFar]},
)
async def list_bookings(
    city: CityId,
    session: Session,
    clock: Clock,
    language: Language,
    since: Annotated[
        datetime | None, QueryParameter(name="from", description="Those over by then are left out")
    ] = None,
    until: Annotated[datetime | None, QueryParameter(name="to", description="A week after `from` unless told")] = None,
    vehicle_id: Annotated[UUID | None, QueryParameter(name="vehicle", description="Lasting id of a vehicle")] = None,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> DeskBookingList:
    """In the order they were made, those that are over too."""
    prepared, now = await get_city(session, city), clock.now()
    begins = prepared.instant_of(since, now=now)
    found = await booked.list_of_city(
        session,
        city,
        since=begins,
        until=begins + AHEAD if until is None else prepared.instant_of(until, now=now),
        vehicle_id=vehicle_id,
        limit=limit + 1,
        after=after,
    )
    page = found[:limit]
    return DeskBookingList(
        items=[DeskBookingView.of(each, now, language) for each in page],
        next=page[-1].booking.id if len(found) > limit else None,
    )


@post(
    "/v1/cities/{city:str}/bookings",
    guards=[has_role("operator")],
    summary="Book a vehicle for a rider",
    tags=["book"],
    operation_id="book_for_rider",
    opt={
        "idempotent": True,
        "problems": [*READING, CrossSiteRequest, UnknownAccount, rules.VehicleOrClass, *BOOKING[1:]],
    },
)
async def book_for_rider(
    city: CityId, data: JSONBody[DeskBookingRequest], session: Session, clock: Clock, caller: Me, language: Language
) -> DeskBookingView:
    """On the same terms; the rider is told, and pays."""
    if (data.vehicle_id is None) == (data.type is None or data.station_id is None):
        raise rules.VehicleOrClass
    await riders.get_account(session, data.account_id)
    ask = Ask(
        account_id=data.account_id,
        booked_by=caller.account_id,
        city_id=city,
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        vehicle_id=data.vehicle_id,
        type_code=None if data.vehicle_id else data.type,
        station_id=None if data.vehicle_id else data.station_id,
        to_station_id=data.to_station_id,
    )
    made = await reserving.book(session, clock, ask)
    return DeskBookingView.of(await booked.get_booked(session, made.id), clock.now(), language)


@post(
    "/v1/bookings/{booking_id:uuid}/withdraw",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Cancel a rider's booking",
    tags=["book"],
    operation_id="withdraw_booking",
    opt={
        "problems": [
            NotSignedIn,
            RoleMissing,
            CrossSiteRequest,
            rules.UnknownBooking,
            rules.BookingOver,
            rules.BookingStarted,
        ]
    },
)
async def withdraw_booking(
    booking_id: Annotated[UUID, PathParameter(description="Id of a booking")],
    session: Session,
    clock: Clock,
    caller: Me,
    language: Language,
) -> DeskBookingView:
    """Free of charge for the rider, who is told."""
    caller.require("operator", (await booked.get_booked(session, booking_id)).booking.city_id)
    await rebooking.withdraw(session, clock, booking_id=booking_id, because=Because.OPERATOR)
    return DeskBookingView.of(await booked.get_booked(session, booking_id), clock.now(), language)


ROUTES: list[ControllerRouterHandler] = [list_bookings, book_for_rider, withdraw_booking]
