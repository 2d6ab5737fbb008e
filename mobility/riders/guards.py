from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard, Scope
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders.rules.access import (
    Caller,
    CrossSiteRequest,
    NotSignedIn,
    Role,
    RoleMissing,
    bearer_token,
    same_origin,
)
from mobility.riders.service import authenticate

SESSION_COOKIE = "mobility_session"
STRANGERS = {"strangers": True}
"""Handler `opt` of what serves people who are not signed in yet: no session is looked up.

A sign-in counts its try in a transaction of its own; were the request already holding a connection, as many sign-ins
at once as the pool has connections would wait for each other.
"""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]


async def authenticate_request(scope: Scope, session: AsyncSession, clock: Clock) -> Caller | None:
    """Whom a request comes from, by bearer token or session cookie.

    Raises
    ------
    CrossSiteRequest
        Another site's page makes the browser send something unsafe.
    """
    connection: Connection = ASGIConnection(scope)
    if bearer_token(connection.headers.get("authorization")) is None and scope.get("method") not in SAFE_METHODS:
        _refuse_cross_site(connection)
    if connection.route_handler.opt.get("strangers"):
        return None
    token = session_token(connection)
    return None if token is None else await authenticate(session, clock, token)


def session_token(connection: Connection) -> str | None:
    """The token a request shows; a bearer token goes before a cookie."""
    bearer = bearer_token(connection.headers.get("authorization"))
    return connection.cookies.get(SESSION_COOKIE) if bearer is None else bearer


# A coroutine, for Litestar runs any other guard in a thread.
async def signed_in(connection: Connection, _: BaseRouteHandler) -> None:
    _caller(connection)


def has_role(*roles: Role) -> Guard:
    """A guard: one of the roles is held in the city of the path, or in any city where the path names none."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        caller, city_id = _caller(connection), connection.path_params.get("city")
        if not any(caller.has_somewhere(role) if city_id is None else caller.has(role, city_id) for role in roles):
            raise RoleMissing(role=" / ".join(roles))

    return guard


def _caller(connection: Connection) -> Caller:
    caller = connection.scope.get("user")
    if not isinstance(caller, Caller):
        raise NotSignedIn
    return caller


def _refuse_cross_site(connection: Connection) -> None:
    headers = connection.headers
    if not same_origin(
        sec_fetch_site=headers.get("sec-fetch-site"), origin=headers.get("origin"), host=headers.get("host")
    ):
        raise CrossSiteRequest
