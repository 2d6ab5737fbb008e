from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import service
from mobility.booking.routes.given import PAGE_DEFAULT, Anybody, CityId, Clock, Language, Limit, Me, Session
from mobility.booking.schemas.search import EligibilityView, NearbyList, NearbyVehicle, QuoteRequest, QuoteView
from mobility.city.rules.in_force import NotInForce
from mobility.city.rules.prepared import TimeTooFar, UnknownVehicleType
from mobility.city.service import UnknownCity
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.geo import LonLat, PositionOutOfRange, PositionSwapped
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn

# Nobody walks an hour to a moped; a wider search reads the whole fleet for nothing.
WALK_MINUTES_MAX = 60
# Farther than any vehicle of these classes goes.
RANGE_M_MAX = 1_000_000


@get(
    "/v1/cities/{city:str}/vehicles/nearby",
    summary="Find vehicles within a walk",
    tags=["find"],
    operation_id="list_vehicles_nearby",
    opt={"problems": [UnknownCity, UnknownVehicleType, PositionOutOfRange, PositionSwapped]},
)
async def list_vehicles_nearby(
    session: Session,
    clock: Clock,
    city: CityId,
    lon: Annotated[float, QueryParameter(description="Where you are: WGS 84 degrees east, -180 to 180")],
    lat: Annotated[float, QueryParameter(description="Where you are: WGS 84 degrees north, -90 to 90")],
    walk_minutes: Annotated[
        float | None,
        QueryParameter(gt=0, le=WALK_MINUTES_MAX, description="Longest walk; the city's quarter-hour unless told"),
    ] = None,
    type_code: Annotated[
        str | None, QueryParameter(name="type", max_length=40, description="Only this class of vehicles")
    ] = None,
    range_m_min: Annotated[
        int, QueryParameter(ge=0, le=RANGE_M_MAX, description="Metres the vehicle must still go")
    ] = 0,
    limit: Limit = PAGE_DEFAULT,
) -> NearbyList:
    """Only vehicles that can be reserved now: available, charged enough and heard in the last 20 minutes."""
    offers = await service.nearby(
        session,
        clock,
        city,
        origin=LonLat(lon, lat),
        walk_minutes_max=walk_minutes,
        type_code=type_code,
        range_m_min=range_m_min,
        limit=limit,
    )
    return NearbyList(items=[NearbyVehicle.of(offer) for offer in offers])


@get(
    "/v1/cities/{city:str}/eligibility",
    guards=[signed_in],
    summary="What I may drive, and why not",
    tags=["find"],
    operation_id="get_eligibility",
    opt={"problems": [NotSignedIn, UnknownCity, NotInForce]},
)
async def get_eligibility(
    session: Session, clock: Clock, caller: Me, language: Language, city: CityId
) -> dict[str, EligibilityView]:
    """By code of the vehicle type, as of today."""
    reasons = await service.reasons_by_type(session, clock, city, caller.account_id)
    return {type_code: EligibilityView.of(why_not, language) for type_code, why_not in reasons.items()}


@post(
    "/v1/quotes",
    status_code=HTTP_200_OK,
    summary="What a ride would cost",
    tags=["find"],
    operation_id="quote_ride",
    opt={"problems": [CrossSiteRequest, UnknownVehicle, NotInForce, TimeTooFar, PositionOutOfRange, PositionSwapped]},
)
async def quote_ride(
    data: JSONBody[QuoteRequest], session: Session, clock: Clock, caller: Anybody, language: Language
) -> QuoteView:
    """By the tariff in force when the ride starts, for a ride without a pause: the rule that its receipt will go by.

    Whoever is signed in is quoted their own price. Creates nothing.
    """
    account_id = None if caller is None else caller.account_id
    return QuoteView.of(
        await service.quote(session, clock, data.vehicle_id, data.asked, account_id=account_id), language
    )


ROUTES: list[ControllerRouterHandler] = [list_vehicles_nearby, get_eligibility, quote_ride]
