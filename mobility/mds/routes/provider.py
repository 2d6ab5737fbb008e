"""The Provider API of MDS: described by its own standard and `docs/mds.md`, not by the OpenAPI document."""

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.router import Router

from mobility.mds.routes.given import SPOKEN, Asked, Id, provide_asked, told
from mobility.mds.rules.protocol import CSV_TYPE, content_type
from mobility.mds.service import provider
from mobility.mds.service.reports import month_report

Given = NamedDependency[Asked]


@get("/vehicles")
async def list_vehicles(asked: Given) -> Response[bytes]:
    return told(await provider.list_vehicles(asked.session, asked.clock, asked.provider, asked.page))


@get("/vehicles/{device_id:uuid}")
async def get_vehicle(asked: Given, device_id: Id) -> Response[bytes]:
    return told(await provider.list_vehicles(asked.session, asked.clock, asked.provider, asked.page, device_id))


@get("/vehicles/status")
async def list_states(asked: Given) -> Response[bytes]:
    return told(await provider.list_states(asked.session, asked.clock, asked.provider, asked.page))


@get("/vehicles/status/{device_id:uuid}")
async def get_state(asked: Given, device_id: Id) -> Response[bytes]:
    return told(await provider.list_states(asked.session, asked.clock, asked.provider, asked.page, device_id))


@get("/trips")
async def list_trips(asked: Given) -> Response[bytes]:
    return told(await provider.list_trips(asked.session, asked.clock, asked.provider, asked.query.get("end_time")))


@get("/telemetry")
async def list_telemetry(asked: Given) -> Response[bytes]:
    hour = asked.query.get("telemetry_time")
    return told(await provider.list_telemetry(asked.session, asked.clock, asked.provider, asked.page, hour))


@get("/events/historical")
async def list_historical(asked: Given) -> Response[bytes]:
    hour = asked.query.get("event_time")
    return told(await provider.list_historical(asked.session, asked.clock, asked.provider, hour))


@get("/events/recent")
async def list_recent(asked: Given) -> Response[bytes]:
    start, end = asked.query.get("start_time"), asked.query.get("end_time")
    return told(await provider.list_recent(asked.session, asked.clock, asked.provider, asked.page, start, end))


@get("/stops")
async def list_stops(asked: Given) -> Response[bytes]:
    return told(await provider.list_stops(asked.session, asked.clock, asked.provider))


@get("/stops/{stop_id:uuid}")
async def get_stop(asked: Given, stop_id: Id) -> Response[bytes]:
    return told(await provider.list_stops(asked.session, asked.clock, asked.provider, stop_id))


@get("/reports/{filename:str}")
async def get_report(asked: Given, filename: FromPath[str]) -> Response[str]:
    report = await month_report(asked.session, asked.clock, asked.provider, filename)
    return Response(report, media_type=content_type(CSV_TYPE))


PROVIDER = Router(
    path="/mds/{city:str}/provider/{mode:str}",
    route_handlers=[
        list_vehicles,
        get_vehicle,
        list_states,
        get_state,
        list_trips,
        list_telemetry,
        list_historical,
        list_recent,
        list_stops,
        get_stop,
        get_report,
    ],
    dependencies={"asked": Provide(provide_asked)},
    opt=SPOKEN,
    include_in_schema=False,
)
