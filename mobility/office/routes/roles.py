"""Who may do what in a city."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.service import get_city
from mobility.office.routes.given import PAGE_DEFAULT, READING, WRITING, CityId, Clock, Limit, Me, Session
from mobility.office.schemas.roles import HeldRole, RoleGrant, RoleList, RoleWithdrawal
from mobility.riders import queries, service
from mobility.riders.guards import has_role
from mobility.riders.queries.roles import Held, get_role, list_roles
from mobility.riders.rules.addresses import EmailInvalid, normal_email
from mobility.riders.rules.roles import OwnLastAdminRole, RoleEverywhere, UnknownRole


@get(
    "/v1/cities/{city:str}/roles",
    guards=[has_role("operator")],
    summary="List who holds which role",
    tags=["office"],
    operation_id="list_roles",
    opt={"problems": READING},
)
async def list_held(
    session: Session,
    city: CityId,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> RoleList:
    """Roles of this city and those of all cities; everybody is a resident without one."""
    await get_city(session, city)
    found = await list_roles(session, city, limit=limit + 1, after=after)
    page = found[:limit]
    return RoleList(items=await _views(session, page), next=page[-1].id if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/roles",
    guards=[has_role("admin")],
    summary="Give somebody a role",
    tags=["office"],
    operation_id="give_role",
    opt={"idempotent": True, "problems": [*WRITING, EmailInvalid]},
)
async def give_role(data: JSONBody[RoleGrant], session: Session, clock: Clock, caller: Me, city: CityId) -> HeldRole:
    """In this city only. Giving it again changes nothing."""
    await get_city(session, city)
    email = normal_email(data.email)
    role_id = await service.give_role(session, clock, caller, city, email=email, role=data.role, reason=data.reason)
    return (await _views(session, [await get_role(session, city, role_id)]))[0]


@post(
    "/v1/cities/{city:str}/roles/{role_id:uuid}/withdraw",
    guards=[has_role("admin")],
    status_code=HTTP_204_NO_CONTENT,
    summary="Take a role back",
    tags=["office"],
    operation_id="withdraw_role",
    opt={"problems": [*WRITING, UnknownRole, RoleEverywhere, OwnLastAdminRole]},
)
async def withdraw_role(
    data: JSONBody[RoleWithdrawal],
    session: Session,
    clock: Clock,
    caller: Me,
    city: CityId,
    role_id: Annotated[UUID, PathParameter(description="Id of a role that somebody holds")],
) -> None:
    """It counts from the next request on. Nobody withdraws their own last admin role."""
    await service.withdraw_role(session, clock, caller, city, role_id, reason=data.reason)


async def _views(session: AsyncSession, held: list[Held]) -> list[HeldRole]:
    names = await queries.list_names(session, {each.given_by for each in held if each.given_by})
    return [HeldRole.of(each, names) for each in held]


ROUTES: list[ControllerRouterHandler] = [list_held, give_role, withdraw_role]
