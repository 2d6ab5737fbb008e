"""What crews' phones ask and say."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, RawBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import get_city
from mobility.fleet.rules.photos import (
    UPLOAD_BYTES_MAX,
    PhotoAnimated,
    PhotoTooManyPixels,
    PhotoUnreadable,
    UnknownPhoto,
)
from mobility.fleet.schemas.damages import PhotoOperation
from mobility.rebalancing.routes.given import CHANGING, READING
from mobility.rebalancing.rules.refusals import NightPhotosTooMany, NotOnThisCrew, UnknownNightTask
from mobility.rebalancing.schemas import MyWork, NightPhotoView, ShiftView, StepsSaid, StepsTaken, StepTaken
from mobility.rebalancing.service import crew_work, photos
from mobility.rebalancing.service.nights import described
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller

STAFF = has_role("operator", "crew")
JPEG = "image/jpeg"
PRIVATE = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'"}

NightTaskId = Annotated[UUID, PathParameter(description="Id of a task of the night")]
NightPhotoId = Annotated[UUID, PathParameter(description="Id of a photo, of the phone's making")]


@get(
    "/v1/me/crew/tasks",
    guards=[STAFF],
    summary="What my crew has to do",
    tags=["crew"],
    operation_id="get_my_work",
    opt={"problems": READING},
)
async def get_my_work(
    session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], caller: NamedDependency[Caller]
) -> MyWork:
    """The next task first. For some hours after the night too: a phone that was offline still tells what it did."""
    shift = await crew_work.find_shift(session, clock, caller.account_id)
    if shift is None:
        return MyWork(None)
    city = await get_city(session, shift.night.city_id)
    name = next((crew.name for crew in described(city).crews if crew.code == shift.crew_code), {})
    return MyWork(ShiftView.of(shift, name, city.file.time_zone))


@post(
    "/v1/me/crew/steps",
    guards=[STAFF],
    status_code=HTTP_200_OK,
    summary="Say what I did",
    tags=["crew"],
    operation_id="say_steps",
    opt={"problems": CHANGING},
)
async def say_steps(
    data: JSONBody[StepsSaid],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    language: NamedDependency[str],
) -> StepsTaken:
    """Steps that the phone kept, in any order; each counts for itself and once, however often it is said.

    `start`, `done` and `cannot` take the vehicles through their MDS states: held for the crew, picked up, dropped
    off, charged, or given back.
    """
    taken = await crew_work.take_steps(session, clock, caller.account_id, [each.step() for each in data.steps])
    return StepsTaken([StepTaken.of(each, language) for each in taken])


@put(
    "/v1/me/crew/tasks/{night_task_id:uuid}/photos/{night_photo_id:uuid}",
    guards=[STAFF],
    summary="Add a photo to a task",
    tags=["crew"],
    operation_id="add_night_photo",
    operation_class=PhotoOperation,
    request_max_body_size=UPLOAD_BYTES_MAX,
    opt={
        "slow_body": True,
        "problems": [
            *CHANGING,
            UnknownNightTask,
            NotOnThisCrew,
            NightPhotosTooMany,
            PhotoUnreadable,
            PhotoTooManyPixels,
            PhotoAnimated,
        ],
    },
)
async def add_night_photo(
    body: RawBody,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    night_task_id: NightTaskId,
    night_photo_id: NightPhotoId,
) -> NightPhotoView:
    """The body is one JPEG, PNG or WebP file; three a task. Only its pixels are kept."""
    photo = await photos.add_photo(
        session, clock, night_task_id, night_photo_id, account_id=caller.account_id, upload=body
    )
    return NightPhotoView(photo.id, photo.task_id)


@get(
    "/v1/night-photos/{night_photo_id:uuid}",
    guards=[STAFF],
    summary="Look at a photo of a task",
    tags=["crew"],
    operation_id="get_night_photo",
    media_type=JPEG,
    responses={200: ResponseSpec(bytes, description="The picture", media_type=JPEG)},
    opt={"precompressed": True, "problems": [*READING, UnknownPhoto]},
)
async def get_night_photo(
    session: NamedDependency[AsyncSession], caller: NamedDependency[Caller], night_photo_id: NightPhotoId
) -> Response[Any]:
    """For the crews and operators of its city; to everybody else it does not exist."""
    jpeg = await photos.get_photo(session, night_photo_id, caller)
    return Response(jpeg, media_type=JPEG, headers=PRIVATE)


ROUTES: list[ControllerRouterHandler] = [get_my_work, say_steps, add_night_photo, get_night_photo]
