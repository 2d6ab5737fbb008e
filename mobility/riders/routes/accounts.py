from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import queries, service
from mobility.riders.guards import has_role
from mobility.riders.routes.refusals import BLOCKING, IMPLAUSIBLE, OPERATING
from mobility.riders.rules import licences
from mobility.riders.rules.access import Caller, NotSignedIn, RoleMissing
from mobility.riders.rules.licences import LicenceDecision
from mobility.riders.rules.profiles import AccountNotBlocked, UnknownAccount
from mobility.riders.schemas.desk import (
    AccountEventList,
    AccountEventView,
    AccountList,
    AccountView,
    Blocking,
    LicenceVerification,
)
from mobility.riders.schemas.people import LicenceView

PAGE_DEFAULT, PAGE_MAX = 50, 100

AccountId = Annotated[UUID, PathParameter(description="Id of an account")]
LicenceId = Annotated[UUID, PathParameter(description="Id of one of its licences")]


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
    caller: NamedDependency[Caller],
    text: Annotated[
        str | None,
        QueryParameter(
            name="query", min_length=2, max_length=100, description="Part of an e-mail, a phone number or a name"
        ),
    ] = None,
    waiting: Annotated[bool, QueryParameter(description="Only those whose papers nobody has looked at")] = False,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> AccountList:
    """Accounts in the order they were made: those that declared papers, held, booked or rode in the caller's cities."""
    found = await queries.list_accounts(
        session, text=text, limit=limit + 1, after=after, cities=caller.cities("operator"), waiting=waiting
    )
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
    account_id: AccountId,
    licence_id: LicenceId,
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
    account_id: AccountId,
    licence_id: LicenceId,
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
    account_id: AccountId,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> AccountView:
    """For those who may drive without a licence: in France, small mopeds for people born before 1988."""
    return AccountView.of(await service.verify_birth_date(session, clock, caller, account_id))


@post(
    "/v1/accounts/{account_id:uuid}/block",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Let a person start nothing any more",
    tags=["accounts"],
    operation_id="block_account",
    opt={"problems": BLOCKING},
)
async def block_account(
    data: JSONBody[Blocking],
    account_id: AccountId,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> AccountView:
    """Signed out at once, everywhere. What the person owes or rides is untouched: the desk ends a ride."""
    await service.require_seen(session, caller, account_id)
    await service.refuse_staff(session, account_id)
    blocked = await service.block_account(session, clock, account_id, by=caller.account_id, reason=data.reason)
    return AccountView.of(blocked)


@post(
    "/v1/accounts/{account_id:uuid}/unblock",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Let a blocked person back",
    tags=["accounts"],
    operation_id="unblock_account",
    opt={"problems": [*BLOCKING, AccountNotBlocked]},
)
async def unblock_account(
    data: JSONBody[Blocking],
    account_id: AccountId,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> AccountView:
    await service.require_seen(session, caller, account_id)
    opened = await service.unblock_account(session, clock, account_id, by=caller.account_id, reason=data.reason)
    return AccountView.of(opened)


@get(
    "/v1/accounts/{account_id:uuid}/events",
    guards=[has_role("operator")],
    summary="What was decided about a person",
    tags=["accounts"],
    operation_id="list_account_events",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownAccount]},
)
async def list_account_events(
    account_id: AccountId,
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
    before: Annotated[int | None, QueryParameter(description="`next` of the page before")] = None,
) -> AccountEventList:
    """Papers verified and refused, blocks, parents' agreements: when, by whom and why, the newest first."""
    await service.require_seen(session, caller, account_id)
    found = await queries.list_account_events(session, account_id, limit=limit + 1, before=before)
    page = found[:limit]
    return AccountEventList(
        items=[AccountEventView.of(event) for event in page], next=page[-1].id if len(found) > limit else None
    )
