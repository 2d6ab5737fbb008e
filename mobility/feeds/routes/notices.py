"""Notices: read by everybody, written by operators."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.city.service import UnknownCity, get_city
from mobility.feeds import queries
from mobility.feeds.rules import notices as rules
from mobility.feeds.schemas import NoticeList, NoticeRequest, ServiceNoticeView, WrittenNotice, WrittenNoticeList
from mobility.feeds.service import notices
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100
READING = [NotSignedIn, RoleMissing, UnknownCity]
ENDING = [*READING, CrossSiteRequest, rules.UnknownNotice, rules.NoticeOver]
SAYING = [rules.NoticePeriodEmpty, rules.NoticeLanguageMissing, rules.UnknownNoticePlace, rules.StationMissing]

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Me = NamedDependency[Caller]
City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
NoticeId = Annotated[UUID, PathParameter(description="Id of a notice")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


@get(
    "/v1/cities/{city:str}/notices",
    summary="List what everybody is told of the service",
    tags=["notices"],
    operation_id="list_notices",
    opt={"problems": [UnknownCity]},
)
async def list_notices(session: Session, clock: Clock, city: City, limit: Limit = PAGE_DEFAULT) -> NoticeList:
    """In force, or within two weeks."""
    await get_city(session, city)
    told = await notices.list_told(session, city, clock.now())
    return NoticeList(items=[ServiceNoticeView.of(notice) for notice in told[:limit]])


@get(
    "/v1/cities/{city:str}/notices/written",
    guards=[has_role("operator")],
    summary="List the notices written, over or not",
    tags=["notices"],
    operation_id="list_written_notices",
    opt={"problems": READING},
)
async def list_written_notices(
    session: Session,
    city: City,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> WrittenNoticeList:
    await get_city(session, city)
    found = await queries.list_written_notices(session, city, limit=limit + 1, after=after)
    return WrittenNoticeList(
        items=[WrittenNotice.of(row) for row in found[:limit]], next=found[limit - 1].id if len(found) > limit else None
    )


@post(
    "/v1/cities/{city:str}/notices",
    guards=[has_role("operator")],
    summary="Tell everybody something of the service",
    tags=["notices"],
    operation_id="write_notice",
    opt={"idempotent": True, "problems": [*READING, CrossSiteRequest, *SAYING]},
)
async def write_notice(
    data: JSONBody[NoticeRequest], session: Session, clock: Clock, caller: Me, city: City
) -> WrittenNotice:
    """It stands in all feeds and on the residents' page from two weeks before it begins until it is over."""
    row = await notices.write(session, clock, city_id=city, operator_id=caller.account_id, wording=data.wording)
    return WrittenNotice.of(row)


@put(
    "/v1/cities/{city:str}/notices/{notice_id:uuid}",
    guards=[has_role("operator")],
    summary="Say a notice in other words, or for another time",
    tags=["notices"],
    operation_id="rewrite_notice",
    opt={"problems": [*ENDING, *SAYING]},
)
async def rewrite_notice(
    data: JSONBody[NoticeRequest], session: Session, clock: Clock, caller: Me, city: City, notice_id: NoticeId
) -> WrittenNotice:
    row = await notices.rewrite(
        session, clock, city_id=city, notice_id=notice_id, operator_id=caller.account_id, wording=data.wording
    )
    return WrittenNotice.of(row)


@delete(
    "/v1/cities/{city:str}/notices/{notice_id:uuid}",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="End a notice now",
    tags=["notices"],
    operation_id="end_notice",
    opt={"problems": ENDING},
)
async def end_notice(session: Session, clock: Clock, city: City, notice_id: NoticeId) -> WrittenNotice:
    return WrittenNotice.of(await notices.end(session, clock, city_id=city, notice_id=notice_id))


ROUTES: list[ControllerRouterHandler] = [list_notices, list_written_notices, write_notice, rewrite_notice, end_notice]
