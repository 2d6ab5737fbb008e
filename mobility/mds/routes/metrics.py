"""Sums for agencies, by MDS's Metrics API."""

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.router import Router
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.mds.routes.given import SPOKEN, AnyRequest, City, admit, told
from mobility.mds.rules.metrics import read_query
from mobility.mds.service import metrics


@get("/metrics")
async def get_metrics(
    admitted: NamedDependency[None], session: NamedDependency[AsyncSession], city: City
) -> Response[bytes]:
    return told(await metrics.discover(session, city))


@post("/metrics", status_code=200)
async def query_metrics(
    request: AnyRequest,
    admitted: NamedDependency[None],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    city: City,
) -> Response[bytes]:
    return told(await metrics.measure(session, clock, city, read_query(await request.body())))


METRICS = Router(
    path="/mds/{city:str}",
    route_handlers=[get_metrics, query_metrics],
    dependencies={"admitted": Provide(admit)},
    opt=SPOKEN,
    include_in_schema=False,
)
