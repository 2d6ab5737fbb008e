"""What handlers are given, and who asks."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock as AnyClock
from mobility.partners.service.partners import authenticate
from mobility.partners.tables import Partner
from mobility.riders.guards import STRANGERS

PAGE_DEFAULT, PAGE_MAX = 50, 100
# Partners are no accounts: no session is looked up for their token.
BY_TOKEN = {**STRANGERS, "security": "partner"}

Session = NamedDependency[AsyncSession]
Clock = NamedDependency[AnyClock]
Asking = Request[Any, Any, Any]
WebhookId = Annotated[UUID, PathParameter(description="Id of a webhook")]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")]


async def partner_of(request: Asking, session: AsyncSession) -> Partner:
    """Raises `WrongPartnerToken`."""
    return await authenticate(session, request.headers.get("authorization"))
