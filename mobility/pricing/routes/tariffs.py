from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.city.rules.tariffs import NamedPlan
from mobility.city.service import UnknownCity, get_city
from mobility.pricing import queries
from mobility.pricing.routes.given import (
    PAGE_DEFAULT,
    READING,
    WRITING,
    After,
    CityId,
    Clock,
    Language,
    Limit,
    Me,
    Session,
)
from mobility.pricing.rules import refusals
from mobility.pricing.schemas.tariffs import (
    DraftList,
    DraftView,
    Publication,
    TariffInForce,
    VersionList,
    VersionView,
)
from mobility.pricing.service import drafts
from mobility.pricing.tables import Tariff
from mobility.riders.guards import has_role

DraftId = Annotated[UUID, PathParameter(description="Id of a draft")]
TariffId = Annotated[UUID, PathParameter(description="Id of a version of a tariff")]


@get(
    "/v1/cities/{city:str}/tariffs",
    summary="What rides cost now",
    tags=["tariffs"],
    operation_id="list_tariffs_in_force",
    opt={"problems": [UnknownCity]},
)
async def list_tariffs_in_force(
    session: Session, clock: Clock, language: Language, city: CityId
) -> dict[str, TariffInForce]:
    """The tariff in force by code of the vehicle type, in the shape of the city file and of GBFS."""
    await get_city(session, city)
    found = await queries.tariffs_in_force(session, city, clock.now())
    return {type_code: TariffInForce.of(tariff, language) for type_code, tariff in found.items()}


@get(
    "/v1/cities/{city:str}/tariff-versions",
    guards=[has_role("operator")],
    summary="List a city's tariffs",
    tags=["tariffs"],
    operation_id="list_tariff_versions",
    opt={"problems": READING},
)
async def list_tariff_versions(
    session: Session, clock: Clock, city: CityId, limit: Limit = PAGE_DEFAULT, after: After = None
) -> VersionList:
    """Every version there ever was: announced, in force, replaced, withdrawn."""
    await get_city(session, city)
    found = await queries.page_tariffs(session, city, limit=limit + 1, after=after)
    views = await _views(session, city, found[:limit], clock.now())
    return VersionList(items=views, next=views[-1].id if len(found) > limit else None)


@get(
    "/v1/cities/{city:str}/tariff-drafts",
    guards=[has_role("operator")],
    summary="List drafts of tariffs",
    tags=["tariffs"],
    operation_id="list_tariff_drafts",
    opt={"problems": READING},
)
async def list_tariff_drafts(
    session: Session, city: CityId, limit: Limit = PAGE_DEFAULT, after: After = None
) -> DraftList:
    await get_city(session, city)
    found = await queries.page_drafts(session, city, limit=limit + 1, after=after)
    views = [DraftView.of(each) for each in found[:limit]]
    return DraftList(items=views, next=views[-1].id if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/tariff-drafts",
    guards=[has_role("operator")],
    summary="Draft a tariff",
    tags=["tariffs"],
    operation_id="draft_tariff",
    opt={"idempotent": True, "problems": [*WRITING, refusals.TariffRefused]},
)
async def draft_tariff(
    data: JSONBody[NamedPlan], session: Session, clock: Clock, caller: Me, city: CityId
) -> DraftView:
    """For nobody yet. A tariff that contradicts itself or the city is refused, each fault with its path."""
    return DraftView.of(await drafts.draft(session, clock, city, data, account_id=caller.account_id))


@put(
    "/v1/cities/{city:str}/tariff-drafts/{draft_id:uuid}",
    guards=[has_role("operator")],
    summary="Write a draft anew",
    tags=["tariffs"],
    operation_id="rewrite_tariff_draft",
    opt={"problems": [*WRITING, refusals.UnknownTariffDraft, refusals.TariffRefused]},
)
async def rewrite_tariff_draft(
    data: JSONBody[NamedPlan], session: Session, clock: Clock, caller: Me, city: CityId, draft_id: DraftId
) -> DraftView:
    return DraftView.of(await drafts.rewrite(session, clock, city, draft_id, data, account_id=caller.account_id))


@delete(
    "/v1/cities/{city:str}/tariff-drafts/{draft_id:uuid}",
    guards=[has_role("operator")],
    summary="Throw a draft away",
    tags=["tariffs"],
    operation_id="discard_tariff_draft",
    opt={"problems": [*WRITING, refusals.UnknownTariffDraft]},
)
async def discard_tariff_draft(session: Session, city: CityId, draft_id: DraftId) -> None:
    await get_city(session, city)
    await drafts.discard(session, city, draft_id)


@post(
    "/v1/cities/{city:str}/tariff-drafts/{draft_id:uuid}/publish",
    guards=[has_role("operator")],
    summary="Put a draft up for sale",
    tags=["tariffs"],
    operation_id="publish_tariff",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            refusals.UnknownTariffDraft,
            refusals.TariffRefused,
            refusals.TariffStartsTooEarly,
        ],
    },
)
async def publish_tariff(
    data: JSONBody[Publication], session: Session, clock: Clock, caller: Me, city: CityId, draft_id: DraftId
) -> VersionView:
    """From the midnight at which a day to come begins in the city. What was sold until then keeps its price."""
    published = await drafts.publish(
        session, clock, city, draft_id, effective_from=data.effective_from, account_id=caller.account_id
    )
    return VersionView.of(published, clock.now(), set())


@post(
    "/v1/cities/{city:str}/tariff-versions/{tariff_id:uuid}/withdraw",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Withdraw a tariff before it begins",
    tags=["tariffs"],
    operation_id="withdraw_tariff",
    opt={"problems": [*WRITING, refusals.UnknownTariff, refusals.TariffBegun, refusals.TariffOfCityFile]},
)
async def withdraw_tariff(session: Session, clock: Clock, city: CityId, tariff_id: TariffId) -> VersionView:
    """Bookings made by it keep its price. Withdrawing it again changes nothing."""
    await get_city(session, city)
    return VersionView.of(await drafts.withdraw(session, clock, city, tariff_id), clock.now(), set())


async def _views(session: Session, city: str, versions: Sequence[Tariff], now: datetime) -> list[VersionView]:
    in_force = {tariff.id for tariff in (await queries.tariffs_in_force(session, city, now)).values()}
    return [VersionView.of(version, now, in_force) for version in versions]


ROUTES: list[ControllerRouterHandler] = [
    list_tariffs_in_force,
    list_tariff_versions,
    list_tariff_drafts,
    draft_tariff,
    rewrite_tariff_draft,
    discard_tariff_draft,
    publish_tariff,
    withdraw_tariff,
]
