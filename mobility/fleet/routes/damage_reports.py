from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter, RawBody
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.fleet import queries
from mobility.fleet.ports import PhotoStore
from mobility.fleet.routes.given import PAGE_DEFAULT, READING, City, Limit, VehicleId
from mobility.fleet.rules.damages import (
    DamageClosed,
    DamageReportedTooOften,
    NotBesideVehicle,
    UnknownDamageReport,
    VehicleNotNamed,
)
from mobility.fleet.rules.photos import (
    UPLOAD_BYTES_MAX,
    PhotoAnimated,
    PhotosTooMany,
    PhotoStoreUnavailable,
    PhotoTooManyPixels,
    PhotoUnreadable,
    UnknownPhoto,
)
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.fleet.schemas.damages import (
    JPEG,
    PRIVATE,
    DamageReportList,
    DamageReportView,
    DamageSaid,
    DamageSaidBeside,
    PhotoOperation,
    PhotoView,
)
from mobility.fleet.service import damages, photos
from mobility.fleet.service.damage_lists import list_own_reports
from mobility.fleet.service.reporting import find_beside, refuse_too_often
from mobility.geo import PositionOutOfRange
from mobility.riders.guards import has_role, signed_in
from mobility.riders.ports import Limiter
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn

WRITING = [NotSignedIn, CrossSiteRequest]

ReportId = Annotated[UUID, PathParameter(description="Id of one of my reports")]
PhotoId = Annotated[UUID, PathParameter(description="Id of a photo")]


@post(
    "/v1/cities/{city:str}/damage-reports",
    guards=[signed_in],
    summary="Report damage to the vehicle beside me",
    tags=["damage"],
    operation_id="report_damage_beside",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            UnknownCity,
            PositionOutOfRange,
            VehicleNotNamed,
            NotBesideVehicle,
            DamageReportedTooOften,
        ],
    },
)
async def report_damage_beside(
    data: JSONBody[DamageSaidBeside],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    limiter: NamedDependency[Limiter],
    caller: NamedDependency[Caller],
    city: City,
) -> DamageReportView:
    """For whoever passes by. A dangerous damage (`critical`) takes the vehicle out of service at once.

    Photos are added to the report afterwards.
    """
    await get_city(session, city)
    await refuse_too_often(limiter, caller.account_id)
    vehicle_id = await find_beside(session, city, plate=data.plate, public_id=data.vehicle_id, position=data.position)
    report = await damages.report(session, clock, vehicle_id, data.said, role="rider", reporter_id=caller.account_id)
    return DamageReportView.of(report)


@post(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/damage-reports",
    guards=[has_role("operator", "crew")],
    summary="Report damage to a vehicle of my fleet",
    tags=["damage"],
    operation_id="report_fleet_damage",
    opt={"idempotent": True, "problems": [*READING, CrossSiteRequest, UnknownVehicle]},
)
async def report_fleet_damage(
    data: JSONBody[DamageSaid],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    vehicle_id: VehicleId,
) -> DamageReportView:
    """By operators and crews. A dangerous damage (`critical`) takes the vehicle out of service at once."""
    vehicle = await queries.get_vehicle(session, vehicle_id)
    caller.require_any(("operator", "crew"), vehicle.city_id)
    report = await damages.report(
        session,
        clock,
        vehicle_id,
        data.said,
        role="operator" if caller.has("operator", vehicle.city_id) else "crew",
        reporter_id=caller.account_id,
    )
    return DamageReportView.of(report)


@get(
    "/v1/me/damage-reports",
    guards=[signed_in],
    summary="List the damage I reported",
    tags=["damage"],
    operation_id="list_my_damage_reports",
    opt={"problems": [NotSignedIn]},
)
async def list_my_damage_reports(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> DamageReportList:
    """Newest first, each with what became of it."""
    found = await list_own_reports(session, caller.account_id, after=after, limit=limit + 1)
    page = [DamageReportView.of(report) for report in found[:limit]]
    return DamageReportList(items=page, next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/damage-reports/{report_id:uuid}/photos",
    guards=[signed_in],
    summary="Add a photo to my report",
    tags=["damage"],
    operation_id="add_damage_photo",
    operation_class=PhotoOperation,
    request_max_body_size=UPLOAD_BYTES_MAX,
    opt={
        "idempotent": True,
        "slow_body": True,
        "problems": [
            *WRITING,
            UnknownDamageReport,
            DamageClosed,
            PhotosTooMany,
            PhotoUnreadable,
            PhotoTooManyPixels,
            PhotoAnimated,
            PhotoStoreUnavailable,
        ],
    },
)
async def add_damage_photo(
    body: RawBody,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    photo_store: NamedDependency[PhotoStore],
    caller: NamedDependency[Caller],
    report_id: ReportId,
) -> PhotoView:
    """The body is one JPEG, PNG or WebP file. Five a report, until the damage is closed.

    Only its pixels are kept, as a JPEG of at most 1,600 pixels a side: place, time and device stay with the sender.
    Operators of the city and the reporter see it, nobody else.
    """
    photo = await photos.add_photo(session, clock, photo_store, report_id, reporter_id=caller.account_id, upload=body)
    return PhotoView.of(photo)


@get(
    "/v1/damage-photos/{photo_id:uuid}",
    guards=[signed_in],
    summary="Look at a photo of damage",
    tags=["damage"],
    operation_id="get_damage_photo",
    media_type=JPEG,
    responses={200: ResponseSpec(bytes, description="The picture", media_type=JPEG)},
    opt={"precompressed": True, "problems": [NotSignedIn, UnknownPhoto, PhotoStoreUnavailable]},
)
async def get_damage_photo(
    session: NamedDependency[AsyncSession],
    photo_store: NamedDependency[PhotoStore],
    caller: NamedDependency[Caller],
    photo_id: PhotoId,
) -> Response[Any]:
    """For its reporter and the operators of the city; to everybody else it does not exist."""
    name = await photos.find_name(session, photo_id, caller)
    # The picture comes from elsewhere: a connection of the pool does not wait for it.
    await session.close()
    jpeg = await photo_store.find(name)
    if jpeg is None:
        raise UnknownPhoto
    return Response(jpeg, media_type=JPEG, headers=PRIVATE)


ROUTES: list[ControllerRouterHandler] = [
    report_damage_beside,
    report_fleet_damage,
    list_my_damage_reports,
    add_damage_photo,
    get_damage_photo,
]
