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
from mobility.riders.routes.refusals import IMPLAUSIBLE, OPERATING
from mobility.riders.rules import licences
from mobility.riders.rules.access import Caller, NotSignedIn, RoleMissing
from mobility.riders.rules.licences import LicenceDecision
from mobility.riders.schemas import (
    AccountList,
    AccountView,
    LicenceVerification,
    LicenceView,
)

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
    text: Annotated[
        str | None,
        QueryParameter(
            name="query", min_length=2, max_length=100, description="Part of an e-mail, a phone number or a name"
        ),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many at most")] = PAGE_DEFAULT,
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
    account_id: AccountId, session: NamedDependency[AsyncSession], caller: NamedDependency[Caller]
) -> AccountView:
    """For those who may drive without a licence: in France, small mopeds for people born before 1988."""
    return AccountView.of(await service.verify_birth_date(session, caller, account_id))
