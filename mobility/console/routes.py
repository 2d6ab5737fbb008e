from datetime import timedelta
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city.service import UnknownCity, get_city
from mobility.console import queries
from mobility.console.rules.story import CHAPTERS, NEWEST, PLACE, Chapter, Place
from mobility.console.schemas import FoundList, FoundView, VehicleFigures, VehicleStory
from mobility.fleet.queries import get_vehicle
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, NotSignedIn, RoleMissing
from mobility.telemetry.queries import list_charge

PAGE_DEFAULT, PAGE_MAX = 50, 100
FOUND_DEFAULT, FOUND_MAX = 6, 20
DAYS_MAX = 31
CURVE_POINTS = 96

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
VehicleId = Annotated[UUID, PathParameter(description="Lasting id of a vehicle")]


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/story",
    guards=[has_role("operator")],
    summary="Read what happened with a vehicle",
    tags=["fleet"],
    operation_id="read_vehicle_story",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownVehicle]},
)
async def read_vehicle_story(
    session: Session,
    caller: Me,
    vehicle_id: VehicleId,
    chapter: Annotated[
        Chapter | None,
        QueryParameter(description="Only rides and money, states, commands, alerts and tasks, or the workshop's"),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[str | None, QueryParameter(pattern=PLACE, description="`next` of the page before")] = None,
) -> VehicleStory:
    """States, holds, bookings, rides and their money, commands, alerts, tasks, damages, work; no position, no rider."""
    vehicle = await get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    kinds = CHAPTERS[chapter] if chapter else frozenset().union(*CHAPTERS.values())
    behind = Place.read(after) if after else NEWEST
    found = await queries.list_entries(session, vehicle_id, sorted(kinds), behind=behind, limit=limit + 1)
    city = await get_city(session, vehicle.city_id)
    return VehicleStory.page(found, limit, city.file.maintenance)


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/figures",
    guards=[has_role("operator")],
    summary="Count what a vehicle did, earned and cost",
    tags=["fleet"],
    operation_id="get_vehicle_figures",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownVehicle]},
)
async def get_vehicle_figures(
    session: Session,
    clock: Clock,
    caller: Me,
    vehicle_id: VehicleId,
    days: Annotated[int, QueryParameter(ge=1, le=DAYS_MAX, description="How far back, in days of 24 hours")] = 7,
) -> VehicleFigures:
    """Up to now, with the curve of its charge."""
    vehicle = await get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    until = clock.now()
    since = until - timedelta(days=days)
    charge = await list_charge(session, vehicle_id, since=since, until=until, points=CURVE_POINTS)
    figures = await queries.read_figures(session, vehicle_id, since=since, until=until)
    currency = (await get_city(session, vehicle.city_id)).file.currency
    return VehicleFigures.of(figures, charge, since=since, until=until, currency=currency)


@get(
    "/v1/cities/{city:str}/search",
    guards=[has_role("operator")],
    summary="Find anything of a city by a word or a number",
    tags=["fleet"],
    operation_id="search_city",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity]},
)
async def search_city(
    session: Session,
    city: Annotated[str, PathParameter(description="Id of a city")],
    words: Annotated[
        str,
        QueryParameter(
            name="query",
            min_length=2,
            max_length=100,
            description="Part of a plate, a name, an e-mail or a phone number; the beginning of the id of a booking or "
            "a ride, 8 digits at least; the number of a receipt or a credit note",
        ),
    ],
    limit: Annotated[int, QueryParameter(ge=1, le=FOUND_MAX, description="How many of each kind")] = FOUND_DEFAULT,
) -> FoundList:
    """Riders are those who have something to do with the city. Reading a rider's story asks for a reason."""
    await get_city(session, city)
    return FoundList(items=[FoundView.of(each) for each in await queries.find(session, city, words, limit=limit)])


ROUTES: list[ControllerRouterHandler] = [read_vehicle_story, get_vehicle_figures, search_city]
