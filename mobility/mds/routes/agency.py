"""What the city publishes by MDS: open to everybody, as the standard wants it."""

from typing import Any

from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.router import Router
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.mds.routes.given import SPOKEN, AnyRequest, City, Id, told
from mobility.mds.rules.protocol import refuse_other_versions
from mobility.mds.service import agency

AnyConnection = ASGIConnection[Any, Any, Any, Any]


# A coroutine, for Litestar runs any other guard in a thread.
async def asks_for_our_version(connection: AnyConnection, _: BaseRouteHandler) -> None:
    refuse_other_versions(connection.headers.get("accept"))


@get(["/policies", "/policies.json"])
async def list_policies(
    request: AnyRequest, session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], city: City
) -> Response[bytes]:
    start, end = request.query_params.get("start_date"), request.query_params.get("end_date")
    return told(await agency.list_policies(session, clock, city, start, end))


@get("/policies/{policy_id:uuid}")
async def get_policy(session: NamedDependency[AsyncSession], city: City, policy_id: Id) -> Response[bytes]:
    return told(await agency.get_policy(session, city, policy_id))


@get(["/geographies", "/geographies.json"])
async def list_geographies(session: NamedDependency[AsyncSession], city: City) -> Response[bytes]:
    return told(await agency.list_geographies(session, city))


@get("/geographies/{geography_id:uuid}")
async def get_geography(session: NamedDependency[AsyncSession], city: City, geography_id: Id) -> Response[bytes]:
    return told(await agency.get_geography(session, city, geography_id))


@get(["/jurisdictions", "/jurisdictions.json"])
async def list_jurisdictions(
    request: AnyRequest, session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], city: City
) -> Response[bytes]:
    return told(await agency.list_jurisdictions(session, clock, city, request.query_params.get("effective")))


@get("/jurisdictions/{jurisdiction_id:uuid}")
async def get_jurisdiction(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    city: City,
    jurisdiction_id: Id,
) -> Response[bytes]:
    at = request.query_params.get("effective")
    return told(await agency.get_jurisdiction(session, clock, city, jurisdiction_id, at))


@get("/requirements")
async def get_requirements(
    session: NamedDependency[AsyncSession], city: City, public_url: NamedDependency[str]
) -> Response[bytes]:
    return told(await agency.get_requirements(session, city, public_url))


AGENCY = Router(
    path="/mds/{city:str}",
    route_handlers=[
        list_policies,
        get_policy,
        list_geographies,
        get_geography,
        list_jurisdictions,
        get_jurisdiction,
        get_requirements,
    ],
    guards=[asks_for_our_version],
    opt=SPOKEN,
    include_in_schema=False,
)
