"""Zones and stations as operators draw, check and publish them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.spec import Example
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city import queries
from mobility.city.rules import refusals
from mobility.city.schemas.ground import (
    Checked,
    EditionDetail,
    EditionList,
    EditionView,
    GroundDraftRequest,
    GroundDraftView,
    GroundNow,
    GroundPublication,
    GroundRequest,
)
from mobility.city.service import UnknownCity, get_city, ground
from mobility.city.tables import GroundEdition
from mobility.geo import PositionOutOfRange
from mobility.riders import queries as riders
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 20, 100
READING = [NotSignedIn, RoleMissing, UnknownCity]
WRITING = [*READING, CrossSiteRequest]

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
CityId = Annotated[str, PathParameter(description="Id of a city", examples=[Example(value="springfield")])]
EditionId = Annotated[UUID, PathParameter(description="Id of an edition")]


@get(
    "/v1/cities/{city:str}/ground",
    guards=[has_role("operator")],
    summary="Read the zones and stations: in force, announced, drafted",
    tags=["ground"],
    operation_id="get_ground",
    opt={"problems": READING},
)
async def get_ground(session: Session, city: CityId) -> GroundNow:
    await get_city(session, city)
    edition, draft = await queries.get_edition_in_force(session, city), await queries.find_draft(session, city)
    announced = await queries.find_announced(session, city)
    return GroundNow(
        in_force=EditionDetail.of(edition),
        announced=await _view(session, announced, edition, edition.number) if announced else None,
        draft=GroundDraftView.of(draft) if draft else None,
    )


@get(
    "/v1/cities/{city:str}/ground/editions",
    guards=[has_role("operator")],
    summary="List the editions of a city's zones and stations",
    tags=["ground"],
    operation_id="list_ground_editions",
    opt={"problems": READING},
)
async def list_ground_editions(
    session: Session,
    city: CityId,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="`next` of the page before")] = None,
) -> EditionList:
    """Who published what, when and why: the city's file, or an operator."""
    await get_city(session, city)
    found = await queries.page_editions(session, city, limit=limit + 1, after=after)
    in_force = (await queries.get_edition_in_force(session, city)).number
    shown = found[:limit]
    before = await queries.find_begun_before(session, city, shown[-1].number) if shown else None
    views = await asyncio.to_thread(_views, shown, before, in_force, await _names(session, shown))
    return EditionList(items=views, next=shown[-1].number if len(found) > limit else None)


@get(
    "/v1/cities/{city:str}/ground/editions/{edition_id:uuid}",
    guards=[has_role("operator")],
    summary="Read an edition of zones and stations",
    tags=["ground"],
    operation_id="get_ground_edition",
    opt={"problems": [*READING, refusals.UnknownGroundEdition]},
)
async def get_ground_edition(session: Session, city: CityId, edition_id: EditionId) -> EditionDetail:
    await get_city(session, city)
    edition = await queries.get_edition(session, city, edition_id)
    return EditionDetail.of(edition)


@post(
    "/v1/cities/{city:str}/ground/check",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Check zones and stations that nobody has written down",
    tags=["ground"],
    operation_id="check_ground",
    opt={"problems": [*WRITING, PositionOutOfRange]},
)
async def check_ground(data: JSONBody[GroundRequest], session: Session, city: CityId) -> Checked:
    """By the rules that a city's file goes by. Keeps nothing."""
    found = await get_city(session, city)
    in_force = queries.ground_in(await queries.get_edition_in_force(session, city))
    # A thousand zones take a while, in which others wait for this process.
    return await asyncio.to_thread(Checked.of, found.file, in_force, data.ground)


@put(
    "/v1/cities/{city:str}/ground/draft",
    guards=[has_role("operator")],
    summary="Write the draft of zones and stations",
    tags=["ground"],
    operation_id="write_ground_draft",
    opt={"problems": [*WRITING, PositionOutOfRange, refusals.UnknownGroundEdition, refusals.GroundDraftChanged]},
)
async def write_ground_draft(
    data: JSONBody[GroundDraftRequest], session: Session, clock: Clock, caller: Me, city: CityId
) -> GroundDraftView:
    """For nobody yet, and it may be faulty. Refused if somebody else has written it since it was read."""
    draft = await ground.write(
        session, clock, city, data.ground, version=data.version, base=data.base, account_id=caller.account_id
    )
    return GroundDraftView.of(draft)


@delete(
    "/v1/cities/{city:str}/ground/draft",
    guards=[has_role("operator")],
    summary="Throw the draft of zones and stations away",
    tags=["ground"],
    operation_id="discard_ground_draft",
    opt={"problems": [*WRITING, refusals.UnknownGroundDraft, refusals.GroundDraftChanged]},
)
async def discard_ground_draft(
    session: Session,
    city: CityId,
    version: Annotated[int, QueryParameter(ge=1, description="Of the draft that was read")],
) -> None:
    await ground.discard(session, city, version)


@post(
    "/v1/cities/{city:str}/ground/draft/publish",
    guards=[has_role("operator")],
    summary="Publish the draft of zones and stations",
    tags=["ground"],
    operation_id="publish_ground",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            refusals.UnknownGroundDraft,
            refusals.GroundDraftChanged,
            refusals.GroundChanged,
            refusals.GroundUnchanged,
            refusals.GroundAnnounced,
            refusals.GroundRefused,
            refusals.GroundStartsTooEarly,
        ],
    },
)
async def publish_ground(
    data: JSONBody[GroundPublication], session: Session, clock: Clock, caller: Me, city: CityId
) -> EditionView:
    """At once, or from the midnight at which a day to come begins in the city."""
    await get_city(session, city)
    before = await queries.get_edition_in_force(session, city)
    published = await ground.publish(
        session,
        clock,
        city,
        version=data.version,
        effective_from=data.effective_from,
        note=data.note,
        account_id=caller.account_id,
    )
    in_force = await queries.get_edition_in_force(session, city)
    return await _view(session, published, before, in_force.number)


@post(
    "/v1/cities/{city:str}/ground/editions/{edition_id:uuid}/withdraw",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Withdraw zones and stations before they come into force",
    tags=["ground"],
    operation_id="withdraw_ground",
    opt={"problems": [*WRITING, refusals.UnknownGroundEdition, refusals.GroundBegun]},
)
async def withdraw_ground(session: Session, clock: Clock, city: CityId, edition_id: EditionId) -> EditionView:
    """Withdrawing it again changes nothing."""
    withdrawn = await ground.withdraw(session, clock, city, edition_id)
    in_force = await queries.get_edition_in_force(session, city)
    return await _view(session, withdrawn, in_force, in_force.number)


async def _view(
    session: AsyncSession, edition: GroundEdition, before: GroundEdition | None, in_force: int
) -> EditionView:
    return EditionView.of(edition, before, in_force, await _names(session, [edition]))


async def _names(session: AsyncSession, editions: Sequence[GroundEdition]) -> dict[UUID, str]:
    """What those who published are called."""
    return await riders.list_names(session, {each.published_by for each in editions if each.published_by})


def _views(
    shown: Sequence[GroundEdition], before: GroundEdition | None, in_force: int, names: Mapping[UUID, str]
) -> list[EditionView]:
    """Each edition beside the one in force before it; `before` is that of the last."""
    begun = [edition for edition in shown if edition.began_at is not None]
    return [
        EditionView.of(edition, next((each for each in begun if each.number < edition.number), before), in_force, names)
        for edition in shown
    ]


ROUTES: list[ControllerRouterHandler] = [
    get_ground,
    list_ground_editions,
    get_ground_edition,
    check_ground,
    write_ground_draft,
    discard_ground_draft,
    publish_ground,
    withdraw_ground,
]
