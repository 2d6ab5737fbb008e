from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders.guards import signed_in
from mobility.riders.routes.refusals import WRITING
from mobility.riders.rules import addresses
from mobility.riders.rules import guardianship as rules
from mobility.riders.rules.access import Caller, NotSignedIn
from mobility.riders.schemas.guardianships import GuardianshipList, GuardianshipRequest, GuardianshipView
from mobility.riders.service import guardianships

GuardianshipId = Annotated[UUID, PathParameter(description="Id of a guardianship")]
PAIR = [rules.GuardianNotAdult, rules.ChildNotMinor]


@get(
    "/v1/me/guardianships",
    guards=[signed_in],
    summary="My parents and my children",
    tags=["guardianships"],
    operation_id="list_guardianships",
    opt={"problems": [NotSignedIn]},
)
async def list_guardianships(
    session: NamedDependency[AsyncSession],
    caller: NamedDependency[Caller],
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="How many at most")] = 50,
) -> GuardianshipList:
    """Agreements and invitations, to me as well, the newest first; what is over stays with its dates."""
    found = await guardianships.list_of(session, caller.account_id, limit=limit)
    return GuardianshipList(items=[GuardianshipView.of(each, caller.account_id) for each in found])


@post(
    "/v1/me/guardianships",
    guards=[signed_in],
    summary="Invite my parent, or my child",
    tags=["guardianships"],
    operation_id="ask_guardianship",
    opt={
        "idempotent": True,
        "problems": [
            *(*WRITING, *PAIR, rules.GuardianshipsTooMany, rules.OwnGuardian),
            *(addresses.OneAddress, addresses.EmailInvalid, addresses.PhoneInvalid),
        ],
    },
)
async def ask_guardianship(
    data: JSONBody[GuardianshipRequest],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
    phone_region: NamedDependency[str],
) -> GuardianshipView:
    """The other person sees it on signing in with that address, within a fortnight. A parent consents by asking."""
    address = addresses.address(email=data.email, phone=data.phone, region=phone_region)
    asked = await guardianships.ask(session, clock, caller.account_id, data.part, address)
    return GuardianshipView.of(asked, caller.account_id)


@post(
    "/v1/guardianships/{guardianship_id:uuid}/accept",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Agree to an invitation",
    tags=["guardianships"],
    operation_id="accept_guardianship",
    opt={
        "problems": [
            *(*WRITING, *PAIR, rules.UnknownGuardianship, rules.GuardianshipDecided),
            *(rules.InvitationLapsed, rules.GuardianExists),
        ]
    },
)
async def accept_guardianship(
    guardianship_id: GuardianshipId,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> GuardianshipView:
    """From now on the child may ride, and the parent pays."""
    accepted = await guardianships.accept(session, clock, caller.account_id, guardianship_id)
    return GuardianshipView.of(accepted, caller.account_id)


@post(
    "/v1/guardianships/{guardianship_id:uuid}/end",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Decline, take back, withdraw or leave",
    tags=["guardianships"],
    operation_id="end_guardianship",
    opt={"problems": [*WRITING, rules.UnknownGuardianship, rules.GuardianshipDecided]},
)
async def end_guardianship(
    guardianship_id: GuardianshipId,
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    caller: NamedDependency[Caller],
) -> GuardianshipView:
    """No new ride of the child begins from now on; one that is running goes on, and stays the parent's to pay."""
    ended = await guardianships.end(session, clock, caller.account_id, guardianship_id)
    return GuardianshipView.of(ended, caller.account_id)
