import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city import queries, service
from mobility.city.rules.prepared import TimeTooFar, UnknownVehicleType
from mobility.city.schemas.cities import (
    CityDetail,
    CityList,
    CityMap,
    CitySummary,
    IsochroneFeature,
    Isochrones,
    RuleHere,
    RulesHere,
    StationDetail,
    StationList,
)
from mobility.geo import LonLat, PositionOutOfRange, PositionSwapped
from mobility.geo.streets.extract import StreetsUnreadable
from mobility.geo.streets.paces import SLOW_WALK
from mobility.geo.streets.reach import isochrones
from mobility.geo.streets.shelf import Streets

PAGE = 50
PAGE_MAX = 100
# A changed file shows on every phone within five minutes; until then nobody asks again.
MAP_MAX_AGE_S = 300

WALK_MINUTES_MAX = 60
ISOCHRONES_MAX = 6

Session = NamedDependency[AsyncSession]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]
After = Annotated[str, QueryParameter(max_length=64, description="`next` of the page before")]
Lon = Annotated[float, QueryParameter(description="WGS 84 degrees east, -180 to 180")]
Lat = Annotated[float, QueryParameter(description="WGS 84 degrees north, -90 to 90")]
TypeCode = Annotated[str | None, QueryParameter(name="type", max_length=40, description="Only this class of vehicles")]
WalkMinutes = Annotated[
    tuple[Annotated[int, Meta(ge=1, le=WALK_MINUTES_MAX)], ...],
    QueryParameter(min_items=1, max_items=ISOCHRONES_MAX, description="Minutes on foot; may be repeated"),
]
Walker = Annotated[
    Literal["walk", "slow_walk"], QueryParameter(description="`slow_walk`: with a pram, a stick, small children")
]
At = Annotated[
    datetime | None,
    QueryParameter(description="When, within a year of now; without an offset, on the city's clocks; absent, now"),
]
CityId = Annotated[str, PathParameter(description="Id of a city", examples=[Example(value="springfield")])]


@get("/v1/cities", tags=["city"], summary="List the cities served", operation_id="list_cities")
async def list_cities(session: Session, limit: Limit = PAGE, after: After = "") -> CityList:
    cities = await queries.list_cities(session, after=after, limit=limit + 1)
    shown = [CitySummary.of(city) for city in cities[:limit]]
    return CityList(items=shown, next=shown[-1].id if len(cities) > limit else None)


@get(
    "/v1/cities/{city:str}",
    tags=["city"],
    summary="Read a city: classes of vehicles, hours, bounds",
    operation_id="get_city",
    opt={"problems": (service.UnknownCity,)},
)
async def get_city(session: Session, city: CityId) -> CityDetail:
    return CityDetail.of(await service.get_city(session, city))


@get(
    "/v1/cities/{city:str}/map",
    tags=["city"],
    summary="Draw a city: communes, zones, stations and places as GeoJSON",
    operation_id="get_city_map",
    description="Each feature's property `kind` is commune, zone, station or place. Honours `If-None-Match`.",
    media_type="application/geo+json",
    responses={
        200: ResponseSpec(CityMap, description="The map", media_type="application/geo+json", generate_examples=False),
        304: ResponseSpec(None, description="The map has not changed", generate_examples=False),
    },
    opt={"problems": (service.UnknownCity,)},
)
async def get_city_map(request: Request[Any, Any, Any], session: Session, city: CityId) -> Response[bytes]:
    found = await service.get_city(session, city)
    # Weak: the compressed and the plain body carry the same tag.
    tag = f'W/"{found.document_hash[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={MAP_MAX_AGE_S}"}
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(b"", status_code=304, headers=headers, media_type=MediaType.TEXT)
    return Response(found.map_json, headers=headers, media_type="application/geo+json")


@get(
    "/v1/cities/{city:str}/stations",
    tags=["city"],
    summary="List a city's stations",
    operation_id="list_stations",
    opt={"problems": (service.UnknownCity,)},
)
async def list_stations(session: Session, city: CityId, limit: Limit = PAGE, after: After = "") -> StationList:
    await service.get_city(session, city)
    stations = await queries.list_stations(session, city, after=after, limit=limit + 1)
    shown = [StationDetail.of(station) for station in stations[:limit]]
    return StationList(items=shown, next=shown[-1].code if len(stations) > limit else None)


@get(
    "/v1/cities/{city:str}/zones/at",
    tags=["city"],
    summary="Explain the rule at a place: which zone decides what, for which class, at which hour",
    operation_id="explain_zones",
    opt={"problems": (service.UnknownCity, UnknownVehicleType, PositionOutOfRange, PositionSwapped, TimeTooFar)},
)
async def explain_zones(
    session: Session,
    clock: NamedDependency[Clock],
    city: CityId,
    lon: Lon,
    lat: Lat,
    vehicle_type: TypeCode = None,
    at: At = None,
) -> RulesHere:
    """The rule that searches, ends of rides, speed limits and GBFS go by. The place asked about is not kept."""
    found, position = await service.get_city(session, city), LonLat(lon, lat)
    found.bounds.refuse_swapped(position)
    instant = found.instant_of(at, now=clock.now())
    types = found.file.vehicle_types if vehicle_type is None else (found.vehicle_type(vehicle_type),)
    zones, in_force = found.zones, found.zones_at(instant)
    rules = [
        RuleHere.of(each, in_force.ruling(position, each), zones.at(position, vehicle_type=each.code)) for each in types
    ]
    return RulesHere(at=instant, local=found.local(instant), rules=rules)


@get(
    "/v1/cities/{city:str}/isochrones",
    tags=["city"],
    summary="Draw what is within some minutes on foot of a place",
    operation_id="get_isochrones",
    opt={"problems": (service.UnknownCity, PositionOutOfRange, PositionSwapped, StreetsUnreadable)},
)
async def get_isochrones(
    session: Session,
    streets: NamedDependency[Streets],
    city: CityId,
    lon: Lon,
    lat: Lat,
    minutes: WalkMinutes = (5, 10, 15),
    walker: Walker = "walk",
) -> Isochrones:
    """Over the city's walking network where there is one around, else by straight line: each ring says which. The place
    asked about is not kept."""
    found, position = await service.get_city(session, city), LonLat(lon, lat)
    found.bounds.refuse_swapped(position)
    speed_kmh = SLOW_WALK.speed_kmh if walker == SLOW_WALK.name else found.file.quarter_hour.walking_speed_kmh
    times = await asyncio.to_thread(streets.find, city, walker)
    rings = await asyncio.to_thread(isochrones, times, position, sorted(set(minutes), reverse=True), speed_kmh)
    source = times.network.source if times else None
    return Isochrones(features=[IsochroneFeature.of(ring, source) for ring in rings])


def _holds(if_none_match: str, tag: str) -> bool:
    """Whether the caller's copies include the one tagged so, by weak comparison (RFC 9110, 13.1.2)."""
    tags = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


ROUTES: list[ControllerRouterHandler] = [
    list_cities,
    get_city,
    get_city_map,
    list_stations,
    explain_zones,
    get_isochrones,
]
