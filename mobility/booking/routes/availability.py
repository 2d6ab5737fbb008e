"""What can be booked for a time to come: open to everybody, like the search of vehicles."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.bookings import TIMES
from mobility.booking.routes.find import RANGE_M_MAX, WALK_MINUTES_MAX
from mobility.booking.routes.given import PAGE_DEFAULT, CityId, Clock, Language, Limit, Session
from mobility.booking.rules import bookings as rules
from mobility.booking.rules.refusals import ServiceClosed
from mobility.booking.schemas.availability import AvailabilityList, AvailabilityView, DayView
from mobility.booking.service.availability import Search, offers
from mobility.booking.service.days import day_of
from mobility.city.rules.in_force import NotInForce
from mobility.city.rules.prepared import TimeTooFar, UnknownVehicleType
from mobility.city.service import UnknownCity
from mobility.geo import LonLat, PositionOutOfRange, PositionSwapped
from mobility.geo.streets.shelf import Streets

Degrees = Annotated[float | None, QueryParameter(description="Where you are: WGS 84 degrees; both or none")]


@get(
    "/v1/cities/{city:str}/availability",
    summary="Find what can be booked",
    tags=["book"],
    operation_id="list_availability",
    opt={
        "problems": [
            UnknownCity,
            UnknownVehicleType,
            rules.NotBookableAhead,
            rules.UnknownStation,
            *TIMES,
            rules.BookingTooSoon,
            rules.BookingTooFar,
            ServiceClosed,
            rules.DestinationFull,
            NotInForce,
            PositionOutOfRange,
            PositionSwapped,
        ]
    },
)
async def list_availability(
    session: Session,
    clock: Clock,
    streets: NamedDependency[Streets],
    city: CityId,
    language: Language,
    starts_at: Annotated[
        datetime, QueryParameter(name="from", description="A full quarter-hour; by the city's clocks without an offset")
    ],
    ends_at: Annotated[datetime, QueryParameter(name="to", description="Likewise; the first instant after")],
    lon: Degrees = None,
    lat: Degrees = None,
    walk_minutes: Annotated[
        float | None,
        QueryParameter(gt=0, le=WALK_MINUTES_MAX, description="Longest walk; the city's quarter-hour unless told"),
    ] = None,
    type_code: Annotated[
        str | None, QueryParameter(name="type", max_length=40, description="Only this class of vehicles")
    ] = None,
    station: Annotated[UUID | None, QueryParameter(description="Only at this station")] = None,
    to_station: Annotated[
        UUID | None, QueryParameter(description="Where it will be left; where it was taken unless told")
    ] = None,
    range_m_min: Annotated[
        int, QueryParameter(ge=0, le=RANGE_M_MAX, description="Metres the vehicle must be expected to go")
    ] = 0,
    limit: Limit = PAGE_DEFAULT,
) -> AvailabilityList:
    """Nearest first, with the charge to expect when the booking begins: booked hours until then take from it, hours at
    chargers add to it. Without a position, every station.
    """
    wanted = Search(
        starts_at=starts_at,
        ends_at=ends_at,
        origin=None if lon is None or lat is None else LonLat(lon, lat),
        station_id=station,
        to_station_id=to_station,
        type_code=type_code,
        range_m_min=range_m_min,
        walk_minutes_max=walk_minutes,
    )
    found = await offers(session, clock, streets, city, wanted, limit=limit)
    return AvailabilityList(items=[AvailabilityView.of(offer, language) for offer in found])


@get(
    "/v1/cities/{city:str}/stations/{station_id:uuid}/availability",
    summary="Find when a class is free at a station",
    tags=["book"],
    operation_id="get_day_availability",
    opt={
        "problems": [
            UnknownCity,
            UnknownVehicleType,
            rules.NotBookableAhead,
            rules.UnknownStation,
            rules.StationNotForClass,
            TimeTooFar,
        ]
    },
)
async def get_day_availability(
    session: Session,
    clock: Clock,
    city: CityId,
    station_id: Annotated[UUID, PathParameter(description="Id of a station")],
    day: Annotated[date, QueryParameter(name="date", description="By the city's calendar")],
    type_code: Annotated[str, QueryParameter(name="type", max_length=40, description="Code of the vehicle type")],
) -> DayView:
    """The quarter-hours of a day, and how many vehicles could be booked there and back for each."""
    found = await day_of(session, clock, city, day=day, station_id=station_id, type_code=type_code)
    return DayView.of(found, day, station_id, type_code)


ROUTES: list[ControllerRouterHandler] = [list_availability, get_day_availability]
