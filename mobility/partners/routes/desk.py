"""Operators: who follows the city."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.service import UnknownCity, get_city
from mobility.partners import queries
from mobility.partners.routes.given import PAGE_DEFAULT, Clock, Limit, Session
from mobility.partners.rules.refusals import UnknownPartner
from mobility.partners.schemas import PartnerList, PartnerRequest, PartnerView, WebhookView, WelcomedPartner
from mobility.partners.service import partners
from mobility.partners.tables import Partner
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

READING = [NotSignedIn, RoleMissing, UnknownCity]
City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]


@get(
    "/v1/cities/{city:str}/partners",
    guards=[has_role("operator")],
    summary="List who follows the city by webhooks",
    tags=["partners"],
    operation_id="list_partners",
    opt={"problems": READING},
)
async def list_partners(
    session: Session,
    city: City,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> PartnerList:
    await get_city(session, city)
    found = await queries.list_partners(session, city, limit=limit + 1, after=after)
    return PartnerList(
        items=await _views(session, list(found[:limit])), next=found[limit - 1].id if len(found) > limit else None
    )


@post(
    "/v1/cities/{city:str}/partners",
    guards=[has_role("operator")],
    summary="Let somebody follow the city",
    tags=["partners"],
    operation_id="welcome_partner",
    opt={"problems": [*READING, CrossSiteRequest]},
)
async def welcome_partner(
    data: JSONBody[PartnerRequest], session: Session, clock: Clock, caller: NamedDependency[Caller], city: City
) -> WelcomedPartner:
    """Not repeatable under a key: the token is not kept."""
    partner, token = await partners.welcome(
        session,
        clock,
        city_id=city,
        name=data.name,
        contact_email=data.contact_email,
        operator_id=caller.account_id,
    )
    return WelcomedPartner(partner=PartnerView.of(partner, []), token=token)


@delete(
    "/v1/cities/{city:str}/partners/{partner_id:uuid}",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Part with a partner",
    tags=["partners"],
    operation_id="part_with_partner",
    opt={"problems": [*READING, CrossSiteRequest, UnknownPartner]},
)
async def part_with_partner(
    session: Session,
    clock: Clock,
    city: City,
    partner_id: Annotated[UUID, PathParameter(description="Id of a partner")],
) -> PartnerView:
    """Its token opens nothing any more, and nothing more is sent to it."""
    return PartnerView.of(await partners.part(session, clock, city_id=city, partner_id=partner_id), [])


async def _views(session: AsyncSession, found: list[Partner]) -> list[PartnerView]:
    webhooks = await queries.list_webhooks(session, [partner.id for partner in found])
    waiting = await queries.count_waiting(session, [webhook.id for webhook in webhooks])
    of: dict[UUID, list[WebhookView]] = {partner.id: [] for partner in found}
    for webhook in webhooks:
        of[webhook.partner_id].append(WebhookView.of(webhook, waiting.get(webhook.id, 0)))
    return [PartnerView.of(partner, of[partner.id]) for partner in found]


ROUTES: list[ControllerRouterHandler] = [list_partners, welcome_partner, part_with_partner]
