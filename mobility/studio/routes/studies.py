"""What studies answered, whoever ran them: for the chart, the maps, the replay and the report."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from mobility.city.service import get_city
from mobility.placement.rules.document import Answer, Replay
from mobility.studio.routes.given import PAGE_DEFAULT, PLANNERS, READING, City, Limit, Session, StudyId
from mobility.studio.rules.refusals import NotReady
from mobility.studio.schemas import StudyList, StudyView
from mobility.studio.service.shelves import Form, Studies

Shelves = NamedDependency[Studies]
Scenario = Annotated[str, PathParameter(description="Code of a scenario", pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
PrintedAs = Annotated[Form, PathParameter(description="How it is laid out")]
READY = [*READING, NotReady]
# A page that stands alone: its own styles and script, nothing from anywhere, and nothing of this origin to reach.
SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts"
)


@get(
    "/v1/cities/{city:str}/studio/studies",
    guards=[PLANNERS],
    summary="List the studies of a city that are answered",
    tags=["studio"],
    operation_id="list_studies",
    opt={"problems": READING},
)
async def list_studies(session: Session, studies: Shelves, city: City, limit: Limit = PAGE_DEFAULT) -> StudyList:
    """Those of `mobility study run` and those of the drawing table, the latest first."""
    await get_city(session, city)
    return StudyList(items=[StudyView.of(each) for each in await studies.list_answered(city, limit)])


@get(
    "/v1/cities/{city:str}/studio/studies/{study_id:str}",
    guards=[PLANNERS],
    summary="What a study answered",
    tags=["studio"],
    operation_id="get_study",
    opt={"problems": READY},
)
async def get_study(studies: Shelves, city: City, study_id: StudyId) -> Answer:
    """The document that `mobility study show` prints."""
    return msgspec.json.decode(await studies.answer(city, study_id), type=Answer)


@get(
    "/v1/cities/{city:str}/studio/studies/{study_id:str}/replays/{scenario:str}",
    guards=[PLANNERS],
    summary="Watch a simulated day",
    tags=["studio"],
    operation_id="get_replay",
    opt={"problems": READY},
)
async def get_replay(studies: Shelves, city: City, study_id: StudyId, scenario: Scenario) -> Replay:
    """A `replay` job makes it, of the scenario `drawn-1`."""
    return msgspec.json.decode(await studies.replay(city, study_id, scenario), type=Replay)


@get(
    "/v1/cities/{city:str}/studio/studies/{study_id:str}/report/{form:str}",
    guards=[PLANNERS],
    summary="Read a study's report",
    tags=["studio"],
    operation_id="get_report",
    media_type="text/html",
    opt={"problems": READY},
)
async def get_report(studies: Shelves, city: City, study_id: StudyId, form: PrintedAs) -> Response[bytes]:
    """`html` stands alone, `pdf` is to be printed."""
    content = await studies.report(city, study_id, form)
    if form == "pdf":
        name = {"Content-Disposition": f'inline; filename="{study_id}.pdf"'}
        return Response(content, media_type="application/pdf", headers=name)
    return Response(content, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": SANDBOX})


ROUTES: list[ControllerRouterHandler] = [list_studies, get_study, get_replay, get_report]
