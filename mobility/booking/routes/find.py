from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import service
from mobility.booking.routes.given import PAGE_DEFAULT, Anybody, CityId, Clock, Language, Limit, Me, Session
from mobility.booking.rules.unserved import Search
from mobility.booking.schemas.search import EligibilityView, NearbyList, NearbyVehicle, QuoteRequest, QuoteView
from mobility.booking.service import unserved
from mobility.booking.service.unserved import Repeats
from mobility.city.rules.in_force import NotInForce
from mobility.city.rules.prepared import TimeTooFar, UnknownVehicleType
from mobility.city.service import UnknownCity
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.geo import LonLat, PositionOutOfRange, PositionSwapped
from mobility.geo.streets.shelf import Streets
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

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
    request: Request[Any, Any, Any],
    session: Session,
    clock: Clock,
    streets: NamedDependency[Streets],
    repeats: NamedDependency[Repeats],
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
) -> Response[NearbyList]:
    """Only vehicles that can be reserved now: available, charged enough and heard in the last 20 minutes.

    An empty answer is counted for a square of 800 m and a quarter-hour, without who asked nor where exactly.
    """
    asked = Search(origin=LonLat(lon, lat), walk_minutes_max=walk_minutes, type_code=type_code)
    offers = await service.nearby(
        session,
        clock,
        streets,
        city,
        origin=asked.origin,
        walk_minutes_max=walk_minutes,
        type_code=type_code,
        range_m_min=range_m_min,
        limit=limit,
    )
    missed = None if offers else await unserved.missed(session, clock, city, asked)
    after = None
    if missed is not None and repeats.is_first(_who(request), missed):
        after = BackgroundTask(unserved.count, session, missed)
    return Response(NearbyList(items=[NearbyVehicle.of(offer) for offer in offers]), background=after)


def _who(request: Request[Any, Any, Any]) -> str:
    """Whom a repeated search comes from: compared in memory for a quarter-hour and kept nowhere."""
    caller: Caller | None = request.scope.get("user")
    return str(caller.account_id) if caller else request.client.host if request.client else ""


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
