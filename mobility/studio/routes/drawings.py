"""Drawings that are kept; everybody of a city sees the same ones."""

from litestar import delete, get, post, put
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from mobility.city.service import get_city
from mobility.studio.routes.given import (
    CHANGING,
    PAGE_DEFAULT,
    PLANNERS,
    READING,
    City,
    Clock,
    DrawingId,
    Limit,
    Me,
    Session,
)
from mobility.studio.rules.refusals import DrawingChanged, TooManyDrawings, UnknownDrawing
from mobility.studio.schemas import DrawingChange, DrawingList, DrawingRequest, DrawingView
from mobility.studio.service import drawings


@get(
    "/v1/cities/{city:str}/studio/drawings",
    guards=[PLANNERS],
    summary="List a city's drawings",
    tags=["studio"],
    operation_id="list_drawings",
    opt={"problems": READING},
)
async def list_drawings(session: Session, city: City, limit: Limit = PAGE_DEFAULT) -> DrawingList:
    """The oldest first."""
    await get_city(session, city)
    return DrawingList.of(await drawings.list_drawings(session, city, limit))


@post(
    "/v1/cities/{city:str}/studio/drawings",
    guards=[PLANNERS],
    summary="Keep a drawing",
    tags=["studio"],
    operation_id="keep_drawing",
    opt={"idempotent": True, "problems": [*CHANGING, TooManyDrawings]},
)
async def keep_drawing(
    data: JSONBody[DrawingRequest], session: Session, clock: Clock, caller: Me, city: City
) -> DrawingView:
    await get_city(session, city)
    row = await drawings.keep(
        session, clock, city_id=city, name=data.name, sketch=data.sketch, account_id=caller.account_id
    )
    return DrawingView.of(row)


@put(
    "/v1/cities/{city:str}/studio/drawings/{drawing_id:uuid}",
    guards=[PLANNERS],
    summary="Change a drawing that was seen as it is",
    tags=["studio"],
    operation_id="change_drawing",
    opt={"problems": [*CHANGING, UnknownDrawing, DrawingChanged]},
)
async def change_drawing(
    data: JSONBody[DrawingChange], session: Session, clock: Clock, city: City, drawing_id: DrawingId
) -> DrawingView:
    row = await drawings.change(
        session,
        clock,
        city_id=city,
        drawing_id=drawing_id,
        name=data.name,
        sketch=data.sketch,
        revision=data.revision,
    )
    return DrawingView.of(row)


@delete(
    "/v1/cities/{city:str}/studio/drawings/{drawing_id:uuid}",
    guards=[PLANNERS],
    summary="Discard a drawing",
    tags=["studio"],
    operation_id="discard_drawing",
    opt={"problems": [*CHANGING, UnknownDrawing]},
)
async def discard_drawing(session: Session, city: City, drawing_id: DrawingId) -> None:
    await drawings.discard(session, city_id=city, drawing_id=drawing_id)


ROUTES: list[ControllerRouterHandler] = [list_drawings, keep_drawing, change_drawing, discard_drawing]
