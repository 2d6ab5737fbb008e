"""What is drawn on, and what a drawing comes to."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.city.service import get_city
from mobility.people.reading import PeopleRefused
from mobility.placement.rules.document import ScenarioAnswer
from mobility.placement.rules.study import StudyRefused
from mobility.placement.service.drawing import DrawnOutside, DrawnTooSmall
from mobility.studio.routes.given import CHANGING, PLANNERS, READING, City, Session
from mobility.studio.rules.drawings import words_of
from mobility.studio.rules.refusals import NoStudio
from mobility.studio.schemas import BoardView, SketchRequest
from mobility.studio.service.boards import Boards

BOARD = [NoStudio, StudyRefused, PeopleRefused]


@get(
    "/v1/cities/{city:str}/studio",
    guards=[PLANNERS],
    summary="What scenarios of stations are drawn on",
    tags=["studio"],
    operation_id="get_studio",
    opt={"problems": [*READING, *BOARD]},
)
async def get_studio(session: Session, boards: NamedDependency[Boards], city: City) -> BoardView:
    """The people, the sites and what stands today, from the study file of the service."""
    return BoardView.of(await boards.of(await get_city(session, city)))


@post(
    "/v1/cities/{city:str}/studio/evaluations",
    guards=[PLANNERS],
    status_code=HTTP_200_OK,
    summary="What a drawing reaches and costs",
    tags=["studio"],
    operation_id="evaluate_drawing",
    opt={"problems": [*CHANGING, *BOARD, DrawnOutside, DrawnTooSmall]},
)
async def evaluate_drawing(
    data: JSONBody[SketchRequest], session: Session, boards: NamedDependency[Boards], city: City
) -> ScenarioAnswer:
    """As a study of the same stations answers, quick enough for each move of a hand. Keeps nothing."""
    opened = await boards.of(await get_city(session, city))
    return await opened.evaluate(words_of(data.sketch))


ROUTES: list[ControllerRouterHandler] = [get_studio, evaluate_drawing]
