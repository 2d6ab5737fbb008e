from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.riders import queries, service
from mobility.riders.guards import signed_in
from mobility.riders.routes.refusals import IMPLAUSIBLE, WRITING
from mobility.riders.rules import licences, profiles
from mobility.riders.rules.access import Caller, NotSignedIn
from mobility.riders.schemas.people import (
    LicenceDeclaration,
    LicenceView,
    MeView,
    ProfileChange,
)


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
        session, clock, caller.account_id, name=data.name, born_on=data.born_on, locale=data.locale, city_id=data.city
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
    licence = await service.declare_licence(session, clock, caller.account_id, data.title(), city_id=data.city)
    return LicenceView.of(licence)
