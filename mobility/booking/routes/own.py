"""What is found for one person: by the plate in front of them, by their own rides."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.booking import service
from mobility.booking.routes.given import CityId, Clock, Me, Session
from mobility.booking.schemas.search import NearbyVehicle, UsualList, UsualView
from mobility.city.service import UnknownCity, get_city
from mobility.fleet.rules.damages import NotBesideVehicle, PlatesAskedTooOften
from mobility.fleet.rules.refusals import VehicleTaken
from mobility.fleet.service.reporting import refuse_plates_too_often
from mobility.geo import LonLat, PositionOutOfRange, PositionSwapped
from mobility.geo.streets.shelf import Streets
from mobility.riders.guards import signed_in
from mobility.riders.ports import Limiter
from mobility.riders.rules.access import NotSignedIn


@get(
    "/v1/cities/{city:str}/vehicles/beside",
    guards=[signed_in],
    summary="Find the vehicle in front of me",
    tags=["find"],
    operation_id="find_vehicle_beside",
    opt={
        "problems": [
            *(NotSignedIn, UnknownCity, PositionOutOfRange, PositionSwapped),
            *(PlatesAskedTooOften, NotBesideVehicle, VehicleTaken),
        ]
    },
)
async def find_vehicle_beside(
    session: Session,
    clock: Clock,
    streets: NamedDependency[Streets],
    limiter: NamedDependency[Limiter],
    caller: Me,
    city: CityId,
    plate: Annotated[str, QueryParameter(min_length=1, max_length=40, description="The label painted on it")],
    lon: Annotated[float, QueryParameter(description="Where you are: WGS 84 degrees east, -180 to 180")],
    lat: Annotated[float, QueryParameter(description="Where you are: WGS 84 degrees north, -90 to 90")],
) -> NearbyVehicle:
    """By the plate that is read off it or in its QR code, from within a hundred metres: a plate never tells where its
    vehicle has gone. The position is compared and not kept.
    """
    await get_city(session, city)
    await refuse_plates_too_often(limiter, caller.account_id)
    position = LonLat(lon, lat)
    return NearbyVehicle.of(await service.beside(session, clock, streets, city, plate=plate, position=position))


@get(
    "/v1/cities/{city:str}/usual-rides",
    guards=[signed_in],
    summary="What my rides are usually like",
    tags=["find"],
    operation_id="list_usual_rides",
    opt={"problems": [NotSignedIn, UnknownCity]},
)
async def list_usual_rides(
    session: Session,
    caller: Me,
    city: CityId,
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="How many classes at most")] = 50,
) -> UsualList:
    """For quotes: the minutes and kilometres in the middle of my latest rides of each class, and of nobody else's."""
    await get_city(session, city)
    usual = await service.usual_of(session, caller.account_id, city)
    return UsualList(items=[UsualView.of(each) for each in usual[:limit]])


ROUTES: list[ControllerRouterHandler] = [find_vehicle_beside, list_usual_rides]
