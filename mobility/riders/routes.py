from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import queries, service
from mobility.riders.guards import SESSION_COOKIE, STRANGERS, has_role, session_token, signed_in
from mobility.riders.ports import CodeDelivery, Limiter
from mobility.riders.rules import addresses, codes, licences, profiles
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn, RoleMissing
from mobility.riders.rules.licences import LicenceDecision
from mobility.riders.schemas import (
    AccountList,
    AccountView,
    CodeRequest,
    CodeSent,
    LicenceDeclaration,
    LicenceVerification,
    LicenceView,
    MeView,
    ProfileChange,
    SignedInView,
    SignIn,
)

PAGE_DEFAULT, PAGE_MAX = 50, 100

WRITING = [NotSignedIn, CrossSiteRequest]
OPERATING = [*WRITING, RoleMissing, profiles.UnknownAccount, profiles.BirthDateMissing, licences.OwnPapers]
IMPLAUSIBLE = [
    licences.LicenceIssuedInFuture,
    licences.LicenceExpired,
    licences.LicenceExpiresBeforeIssue,
    licences.LicenceIssuedTooYoung,
]


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
    delivery: NamedDependency[CodeDelivery],
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


@get(
    "/v1/me",
    guards=[signed_in],
    summary="The signed-in person",
    tags=["me"],
    operation_id="get_me",
    opt={"problems": [NotSignedIn]},
)
async def get_me(session: NamedDependency[AsyncSession], caller: NamedDependency[Caller]) -> MeView:
    return MeView.of(await queries.get_account(session, caller.account_id))


@patch(
    "/v1/me",
    guards=[signed_in],
    summary="Change name, date of birth or language",
    tags=["me"],
    operation_id="update_me",
    opt={
        "problems": [
            *WRITING,
            profiles.BirthDateVerified,
            profiles.BirthDateImplausible,
            licences.LicenceIssuedTooYoung,
        ]
    },
)
async def update_me(
    data: JSONBody[ProfileChange],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> MeView:
    """A date of birth that an operator verified stays as it is."""
    account = await service.update_profile(
        session, clock, caller.account_id, name=data.name, born_on=data.born_on, locale=data.locale
    )
    return MeView.of(account)


@post(
    "/v1/me/licences",
    guards=[signed_in],
    summary="Declare a driving licence",
    tags=["me"],
    operation_id="declare_licence",
    opt={
        "idempotent": True,
        "problems": [*WRITING, profiles.BirthDateMissing, licences.LicencesTooMany, *IMPLAUSIBLE],
    },
)
async def declare_licence(
    data: JSONBody[LicenceDeclaration],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> LicenceView:
    """An operator verifies it afterwards; no image is kept."""
    return LicenceView.of(await service.declare_licence(session, clock, caller.account_id, data.title()))


@get(
    "/v1/accounts",
    guards=[has_role("operator")],
    summary="Find people",
    tags=["accounts"],
    operation_id="list_accounts",
    opt={"problems": [NotSignedIn, RoleMissing]},
)
async def list_accounts(
    session: NamedDependency[AsyncSession],
    text: Annotated[
        str | None,
        QueryParameter(
            name="query", min_length=2, max_length=100, description="Part of an e-mail, a phone number or a name"
        ),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> AccountList:
    """Accounts in the order they were made."""
    found = await queries.list_accounts(session, text=text, limit=limit + 1, after=after)
    page = found[:limit]
    return AccountList(
        items=[AccountView.of(account) for account in page], next=page[-1].id if len(found) > limit else None
    )


@post(
    "/v1/accounts/{account_id:uuid}/licences/{licence_id:uuid}/verify",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Say that a licence was seen and holds",
    tags=["accounts"],
    operation_id="verify_licence",
    opt={"problems": [*OPERATING, licences.UnknownLicence, licences.LicenceDecided, *IMPLAUSIBLE]},
)
async def verify_licence(
    data: JSONBody[LicenceVerification],
    account_id: FromPath[UUID],
    licence_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> LicenceView:
    """Somebody else than its holder says so. With `birth_date_confirmed` the date of birth is verified too."""
    licence = await service.decide_licence(
        session,
        clock,
        caller,
        LicenceDecision.VERIFY,
        account_id=account_id,
        licence_id=licence_id,
        confirms_birth_date=data.birth_date_confirmed,
    )
    return LicenceView.of(licence)


@post(
    "/v1/accounts/{account_id:uuid}/licences/{licence_id:uuid}/refuse",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Say that a licence does not hold",
    tags=["accounts"],
    operation_id="refuse_licence",
    opt={"problems": [*OPERATING, licences.UnknownLicence, licences.LicenceDecided]},
)
async def refuse_licence(
    account_id: FromPath[UUID],
    licence_id: FromPath[UUID],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> LicenceView:
    """A verified licence can be refused later, when it turns out to be lost or withdrawn."""
    licence = await service.decide_licence(
        session, clock, caller, LicenceDecision.REFUSE, account_id=account_id, licence_id=licence_id
    )
    return LicenceView.of(licence)


@post(
    "/v1/accounts/{account_id:uuid}/birth-date/verify",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Say that a paper shows the declared date of birth",
    tags=["accounts"],
    operation_id="verify_birth_date",
    opt={"problems": OPERATING},
)
async def verify_birth_date(
    account_id: FromPath[UUID], session: NamedDependency[AsyncSession], caller: NamedDependency[Caller]
) -> AccountView:
    """For those who may drive without a licence: in France, small mopeds for people born before 1988."""
    return AccountView.of(await service.verify_birth_date(session, caller, account_id))


ROUTES: list[ControllerRouterHandler] = [
    request_code,
    open_session,
    close_session,
    get_me,
    update_me,
    declare_licence,
    list_accounts,
    verify_licence,
    refuse_licence,
    verify_birth_date,
]


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
