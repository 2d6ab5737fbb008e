"""What handlers are given by the path and the query, and why most of them may refuse."""

from typing import Annotated
from uuid import UUID

from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.rebalancing.service.nights import night_of
from mobility.rebalancing.service.plans import get_plan
from mobility.rebalancing.tables import Night, NightPlan
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing

PAGE_DEFAULT, PAGE_MAX = 50, 100

READING = [NotSignedIn, RoleMissing]
CHANGING = [*READING, CrossSiteRequest]

City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
NightId = Annotated[UUID, PathParameter(description="Id of a night")]
PlanId = Annotated[UUID, PathParameter(description="Id of a version of a night's plan")]
RestrictionId = Annotated[UUID, PathParameter(description="Id of a restriction")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


async def own_night(session: AsyncSession, caller: Caller, night_id: UUID) -> Night:
    """Raises `UnknownNight`, `RoleMissing`."""
    night = await night_of(session, night_id)
    caller.require("operator", night.city_id)
    return night


async def own_plan(session: AsyncSession, caller: Caller, plan_id: UUID) -> NightPlan:
    """Raises `UnknownNightPlan`, `RoleMissing`."""
    plan = await get_plan(session, plan_id)
    await own_night(session, caller, plan.night_id)
    return plan
