"""What takes longer than a request: days to replay, studies with their reports."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.city.service import get_city
from mobility.placement.service.drawing import DrawnOutside, DrawnTooSmall
from mobility.studio.routes.board import BOARD
from mobility.studio.routes.given import (
    CHANGING,
    PAGE_DEFAULT,
    PLANNERS,
    READING,
    City,
    Clock,
    JobId,
    Limit,
    Me,
    Session,
)
from mobility.studio.rules.drawings import words_of
from mobility.studio.rules.refusals import JobNotUnderWay, ReplayOfOne, StudioBusy, UnknownStudioJob
from mobility.studio.schemas import JobList, JobRequest, JobView
from mobility.studio.service import jobs
from mobility.studio.service.boards import Boards


@get(
    "/v1/cities/{city:str}/studio/jobs",
    guards=[PLANNERS],
    summary="List the jobs of a city's drawing table",
    tags=["studio"],
    operation_id="list_studio_jobs",
    opt={"problems": READING},
)
async def list_studio_jobs(session: Session, city: City, limit: Limit = PAGE_DEFAULT) -> JobList:
    """The latest first."""
    await get_city(session, city)
    return JobList(items=[JobView.of(row) for row in await jobs.list_jobs(session, city, limit)])


@post(
    "/v1/cities/{city:str}/studio/jobs",
    guards=[PLANNERS],
    summary="Ask for a simulated day, or a study with its report",
    tags=["studio"],
    operation_id="ask_studio_job",
    opt={"idempotent": True, "problems": [*CHANGING, *BOARD, DrawnOutside, DrawnTooSmall, ReplayOfOne, StudioBusy]},
)
async def ask_studio_job(
    data: JSONBody[JobRequest],
    session: Session,
    clock: Clock,
    caller: Me,
    language: NamedDependency[str],
    boards: NamedDependency[Boards],
    city: City,
) -> JobView:
    """A worker does it, one after the other; what is drawn later does not change it."""
    opened = await boards.of(await get_city(session, city))
    sketches = [each.named for each in data.drawings]
    for each in data.drawings:
        await opened.evaluate(words_of(each.sketch))
    row = await jobs.ask(
        session,
        clock,
        city_id=city,
        kind=data.kind,
        sketches=sketches,
        language=language,
        account_id=caller.account_id,
    )
    return JobView.of(row)


@get(
    "/v1/cities/{city:str}/studio/jobs/{job_id:uuid}",
    guards=[PLANNERS],
    summary="How far a job is",
    tags=["studio"],
    operation_id="get_studio_job",
    opt={"problems": [*READING, UnknownStudioJob]},
)
async def get_studio_job(session: Session, city: City, job_id: JobId) -> JobView:
    return JobView.of(await jobs.get_job(session, city, job_id))


@post(
    "/v1/cities/{city:str}/studio/jobs/{job_id:uuid}/cancel",
    guards=[PLANNERS],
    status_code=HTTP_200_OK,
    summary="Cancel a job",
    tags=["studio"],
    operation_id="cancel_studio_job",
    opt={"problems": [*CHANGING, UnknownStudioJob, JobNotUnderWay]},
)
async def cancel_studio_job(session: Session, clock: Clock, city: City, job_id: JobId) -> JobView:
    """Runs that are finished are kept for whoever asks for the same again."""
    return JobView.of(await jobs.cancel(session, clock, city, job_id))


ROUTES: list[ControllerRouterHandler] = [list_studio_jobs, ask_studio_job, get_studio_job, cancel_studio_job]
