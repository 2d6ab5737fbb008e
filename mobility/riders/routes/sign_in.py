from typing import Any

from litestar import Request, Response, delete, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import service
from mobility.riders.guards import SESSION_COOKIE, STRANGERS, session_token, signed_in
from mobility.riders.ports import Delivery, Limiter
from mobility.riders.routes.refusals import WRITING
from mobility.riders.rules import addresses, codes, profiles
from mobility.riders.rules.access import CrossSiteRequest
from mobility.riders.schemas.people import (
    CodeRequest,
    CodeSent,
    SignedInView,
    SignIn,
)


@post(
    "/v1/sign-in/codes",
    status_code=HTTP_202_ACCEPTED,
    summary="Send a one-time code to an e-mail address or a phone",
    tags=["sign-in"],
    operation_id="request_code",
    opt=STRANGERS
    | {
        "problems": [
            addresses.OneAddress,
            addresses.EmailInvalid,
            addresses.PhoneInvalid,
            codes.SignInTooOften,
            codes.SignInUnavailable,
            CrossSiteRequest,
        ]
    },
)
async def request_code(
    data: JSONBody[CodeRequest],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    limiter: NamedDependency[Limiter],
    delivery: NamedDependency[Delivery],
    phone_region: NamedDependency[str],
) -> CodeSent:
    """Signing up is signing in for the first time: the answer does not tell whether the address is known.

    The code has six digits, lives ten minutes, bears five tries and replaces the address's earlier codes.
    """
    address = addresses.address(email=data.email, phone=data.phone, region=phone_region)
    sent = await service.request_code(
        session, clock, limiter, delivery, address=address, locale=data.locale, ip=_ip(request)
    )
    return CodeSent.of(sent)


@post(
    "/v1/sign-in/sessions",
    summary="Sign in with the code",
    tags=["sign-in"],
    operation_id="sign_in",
    opt=STRANGERS
    | {
        "problems": [
            codes.UnknownCode,
            codes.CodeWrong,
            codes.CodeTriesExhausted,
            codes.CodeUsed,
            codes.CodeExpired,
            codes.CodeReplaced,
            codes.SignInTooOften,
            codes.SignInUnavailable,
            profiles.AccountBlocked,
            CrossSiteRequest,
        ]
    },
)
async def open_session(
    data: JSONBody[SignIn],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    limiter: NamedDependency[Limiter],
) -> Response[SignedInView]:
    """Answers with a token for apps and sets the cookie `mobility_session` for the web; both live 30 days."""
    opened = await service.sign_in(session, clock, limiter, request_id=data.request_id, code=data.code, ip=_ip(request))
    return Response(SignedInView.of(opened), cookies=[_session_cookie(request, opened.token)])


@delete(
    "/v1/sign-in/session",
    guards=[signed_in],
    summary="Sign out",
    tags=["sign-in"],
    operation_id="sign_out",
    opt={"problems": WRITING},
)
async def close_session(
    request: Request[Any, Any, Any], session: NamedDependency[AsyncSession], clock: NamedDependency[Clock]
) -> Response[None]:
    """Revokes the session of this request, and only that one."""
    await service.sign_out(session, clock, session_token(request) or "")
    response: Response[None] = Response(None, status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _ip(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


def _session_cookie(request: Request[Any, Any, Any], token: str) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=token,
        max_age=int(service.SESSION_LIVES.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
