from litestar import post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_202_ACCEPTED
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.privacy import service
from mobility.privacy.rules.erasure import ErasureRefused
from mobility.privacy.schemas import DataCopy, Erasure
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import Caller, CrossSiteRequest, NotSignedIn


@post(
    "/v1/me/export",
    guards=[signed_in],
    status_code=200,
    summary="A copy of all that is held of me",
    tags=["me"],
    operation_id="export_me",
    opt={"problems": [NotSignedIn, CrossSiteRequest]},
)
async def export_me(
    session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], caller: NamedDependency[Caller]
) -> DataCopy:
    """Machine-readable (GDPR, articles 15 and 20). That it was asked for is noted in the account's history."""
    return DataCopy(exported_at=clock.now(), data=await service.export(session, clock, caller.account_id))


@post(
    "/v1/me/erasure",
    guards=[signed_in],
    status_code=HTTP_202_ACCEPTED,
    summary="Forget me",
    tags=["me"],
    operation_id="erase_me",
    opt={"problems": [NotSignedIn, CrossSiteRequest, ErasureRefused]},
)
async def erase_me(
    session: NamedDependency[AsyncSession], clock: NamedDependency[Clock], caller: NamedDependency[Caller]
) -> Erasure:
    """Signed out at once and for good (GDPR, article 17). What accounting must keep stays, with nobody's name on it."""
    return Erasure(due_at=await service.ask_erasure(session, clock, caller.account_id))


ROUTES: list[ControllerRouterHandler] = [export_me, erase_me]
