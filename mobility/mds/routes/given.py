"""What MDS handlers are given, once the token and the version are right, and how they answer."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import PathParameter
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.mds.rules.protocol import CSV_TYPE, JSON_TYPE, content_type, error_of, refuse_other_versions
from mobility.mds.rules.provider import Provider
from mobility.mds.service import tokens
from mobility.mds.service.provider import Page, get_provider
from mobility.riders.guards import STRANGERS
from mobility.riders.rules.access import bearer_token

# Refusals have MDS's own members too; agencies are no accounts of ours.
SPOKEN = {**STRANGERS, "refusals": error_of}
AnyRequest = Request[Any, Any, Any]
City = Annotated[str, PathParameter(description="Id of a city", max_length=40)]
Id = Annotated[UUID, PathParameter(description="A UUID of MDS")]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a provider, from an agency that may ask it."""

    session: AsyncSession
    clock: Clock
    provider: Provider
    page: Page
    query: dict[str, str]


async def admit(request: AnyRequest, session: NamedDependency[AsyncSession], clock: NamedDependency[Clock]) -> None:
    """Raises `TokenRefused`, `TokenExpired`, `VersionNotServed`."""
    shown = bearer_token(request.headers.get("authorization"))
    await tokens.authenticate(session, clock, request.path_params["city"], shown)
    is_report = request.url.path.endswith(".csv")
    refuse_other_versions(request.headers.get("accept"), CSV_TYPE if is_report else JSON_TYPE)


async def provide_asked(
    request: AnyRequest,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    public_url: NamedDependency[str],
) -> Asked:
    """Who asks comes first, then in which version, then of what.

    Raises
    ------
    TokenRefused, TokenExpired, VersionNotServed, UnknownCity, NoPermit
    """
    await admit(request, session, clock)
    city_id, mode = request.path_params["city"], request.path_params["mode"]
    query = dict(request.query_params.items())
    after = query.pop("after", None)
    provider = await get_provider(session, city_id, mode)
    return Asked(session, clock, provider, Page(after, _addresses(public_url + request.url.path, query)), query)


def _addresses(address: str, query: dict[str, str]) -> Any:
    def address_of(cursor: str | None) -> str:
        asked = query if cursor is None else {**query, "after": cursor}
        return f"{address}?{urlencode(asked)}" if asked else address

    return address_of


def told(document: dict[str, Any] | None) -> Response[bytes]:
    """A document in MDS's own media type; 202 without one: what is asked for is not all known yet."""
    body = b"" if document is None else msgspec.json.encode(document)
    return Response(body, status_code=202 if document is None else 200, media_type=content_type())
