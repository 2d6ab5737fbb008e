from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.status_codes import HTTP_202_ACCEPTED
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.service import UnknownCity, get_city
from mobility.privacy import service
from mobility.privacy.rules.erasure import ErasureRefused
from mobility.privacy.schemas import DataCopy, Erasure, PrivacyNotice
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


@get(
    "/v1/cities/{city:str}/privacy-notice",
    summary="What is stored of people, why, and for how long",
    tags=["me"],
    operation_id="get_privacy_notice",
    opt={"problems": [UnknownCity]},
)
async def get_privacy_notice(
    session: NamedDependency[AsyncSession],
    city: Annotated[str, PathParameter(description="Id of a city", max_length=40)],
) -> PrivacyNotice:
    """In plain words, per language (GDPR, articles 12 and 13); with who answers for it."""
    return PrivacyNotice.of((await get_city(session, city)).file.operator)


ROUTES: list[ControllerRouterHandler] = [export_me, erase_me, get_privacy_notice]
