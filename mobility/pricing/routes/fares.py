from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.types import ControllerRouterHandler

from mobility.city.service import get_city
from mobility.pricing.routes.given import PAGE_DEFAULT, READING, WRITING, After, CityId, Clock, Limit, Me, Session
from mobility.pricing.rules.passes import NoSuchRider, UnknownEntitlement, UnknownReducedFare
from mobility.pricing.schemas.benefits import EntitlementList, EntitlementRequest, EntitlementView
from mobility.pricing.service import fares
from mobility.riders.guards import has_role
from mobility.riders.rules.addresses import EmailInvalid, OneAddress, PhoneInvalid, address


@get(
    "/v1/cities/{city:str}/entitlements",
    guards=[has_role("city")],
    summary="List who rides by a reduced fare",
    tags=["tariffs"],
    operation_id="list_entitlements",
    opt={"problems": READING},
)
async def list_entitlements(
    session: Session, city: CityId, limit: Limit = PAGE_DEFAULT, after: After = None
) -> EntitlementList:
    """For the city only: operators are not told."""
    await get_city(session, city)
    found = await fares.list_entitlements(session, city, limit=limit + 1, after=after)
    views = [EntitlementView.of(row) for row in found[:limit]]
    return EntitlementList(items=views, next=views[-1].id if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/entitlements",
    guards=[has_role("city")],
    summary="Grant somebody a reduced fare",
    tags=["tariffs"],
    operation_id="grant_entitlement",
    opt={
        "idempotent": True,
        "problems": [*WRITING, UnknownReducedFare, NoSuchRider, OneAddress, EmailInvalid, PhoneInvalid],
    },
)
async def grant_entitlement(
    data: JSONBody[EntitlementRequest],
    session: Session,
    clock: Clock,
    caller: Me,
    city: CityId,
    phone_region: NamedDependency[str],
) -> EntitlementView:
    """The proof stays with the city: neither it nor the criterion is kept here."""
    granted = await fares.entitle(
        session,
        clock,
        granted_by=caller.account_id,
        city_id=city,
        address=address(email=data.email, phone=data.phone, region=phone_region),
        code=data.code,
        ends_at=data.ends_at,
    )
    return EntitlementView.of(granted)


@delete(
    "/v1/cities/{city:str}/entitlements/{entitlement_id:uuid}",
    guards=[has_role("city")],
    summary="Take a reduced fare back",
    tags=["tariffs"],
    operation_id="end_entitlement",
    opt={"problems": [*WRITING, UnknownEntitlement]},
)
async def end_entitlement(
    session: Session,
    clock: Clock,
    city: CityId,
    entitlement_id: Annotated[UUID, PathParameter(description="Id of an entitlement")],
) -> None:
    """From now on; rides that have ended stay as they were priced."""
    await fares.end_entitlement(session, clock, city_id=city, entitlement_id=entitlement_id)


ROUTES: list[ControllerRouterHandler] = [list_entitlements, grant_entitlement, end_entitlement]
