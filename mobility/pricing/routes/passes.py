from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.types import ControllerRouterHandler

from mobility.city.service import UnknownCity, get_city
from mobility.payments import service as payments
from mobility.payments.ports import PaymentGateway
from mobility.payments.rules.refusals import CardExpired, CardNeeded, RideUnpaid
from mobility.pricing.routes.given import CityId, Clock, Me, Session
from mobility.pricing.rules.passes import PassHeld, UnknownPass, UnknownPassPlan
from mobility.pricing.schemas.benefits import (
    Benefits,
    ClaimView,
    PassesForSale,
    PassPlanView,
    PassRequest,
    PassView,
    own_fare,
)
from mobility.pricing.service import codes, fares, passes
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.service import payer_of

Language = NamedDependency[str]


@get(
    "/v1/cities/{city:str}/passes",
    summary="List the passes for sale",
    tags=["tariffs"],
    operation_id="list_pass_plans",
    opt={"problems": [UnknownCity]},
)
async def list_pass_plans(session: Session, city: CityId, language: Language) -> PassesForSale:
    file = (await get_city(session, city)).file
    return PassesForSale(plans=[PassPlanView.of(plan, file.currency, language) for plan in file.passes])


@post(
    "/v1/passes",
    guards=[signed_in],
    summary="Buy a pass",
    tags=["me"],
    operation_id="buy_pass",
    opt={
        "idempotent": True,
        "problems": [
            NotSignedIn,
            CrossSiteRequest,
            UnknownCity,
            UnknownPassPlan,
            PassHeld,
            RideUnpaid,
            CardNeeded,
            CardExpired,
        ],
    },
)
async def buy_pass(
    data: JSONBody[PassRequest],
    session: Session,
    clock: Clock,
    caller: Me,
    gateway: NamedDependency[PaymentGateway],
    language: Language,
) -> PassView:
    """It begins once it is paid, a moment later; ask `GET /v1/me/benefits` until it is active."""
    payer_id = await payer_of(session, caller.account_id, clock.now())
    await payments.refuse_without_means(session, clock, payer_id, gateway)
    held = await passes.buy(session, clock, account_id=caller.account_id, city_id=data.city, code=data.code)
    return PassView.of(held, language)


@delete(
    "/v1/passes/{pass_id:uuid}/renewal",
    guards=[signed_in],
    summary="Let a pass run out",
    tags=["me"],
    operation_id="stop_renewing_pass",
    opt={"problems": [NotSignedIn, CrossSiteRequest, UnknownPass]},
)
async def stop_renewing_pass(
    session: Session, caller: Me, pass_id: Annotated[UUID, PathParameter(description="Id of a pass of mine")]
) -> None:
    """It stays good until its end, and may be asked again."""
    await passes.stop_renewing(session, account_id=caller.account_id, pass_id=pass_id)


@get(
    "/v1/me/benefits",
    guards=[signed_in],
    summary="List what makes my rides cheaper",
    tags=["me"],
    operation_id="list_benefits",
    opt={"problems": [NotSignedIn]},
)
async def list_benefits(session: Session, clock: Clock, caller: Me, language: Language) -> Benefits:
    """Passes, promotions with rides left, and reduced fares; what ends first first."""
    held = await passes.list_passes(session, clock, caller.account_id)
    claimed = await codes.list_claims(session, clock, caller.account_id)
    granted = await fares.own_entitlements(session, clock, caller.account_id)
    own = [own_fare(row, (await get_city(session, row.city_id)).file.reduced_fares, language) for row in granted]
    return Benefits(
        passes=[PassView.of(each, language) for each in held],
        promotions=[
            ClaimView(
                code=promotion.code,
                percent_off=promotion.percent_off,
                cents_off=promotion.cents_off,
                rides_left=left,
                ends_at=promotion.ends_at,
            )
            for promotion, left in claimed
        ],
        reduced_fares=[fare for fare in own if fare is not None],
    )


ROUTES: list[ControllerRouterHandler] = [list_pass_plans, buy_pass, stop_renewing_pass, list_benefits]
