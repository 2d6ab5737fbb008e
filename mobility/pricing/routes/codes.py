from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.base.money import Money
from mobility.city.service import UnknownCity, get_city
from mobility.pricing.routes.given import PAGE_DEFAULT, READING, WRITING, After, CityId, Clock, Limit, Me, Session
from mobility.pricing.rules import codes as rules
from mobility.pricing.schemas.benefits import (
    CodeRequest,
    CodeView,
    PromotionList,
    PromotionRequest,
    PromotionView,
    VoucherBatch,
    VoucherBatchList,
    VoucherCodes,
    VoucherRequest,
)
from mobility.pricing.service import codes
from mobility.riders.guards import has_role, signed_in
from mobility.riders.ports import Limiter
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.rules.codes import SignInUnavailable


@post(
    "/v1/me/codes",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Use a code: a voucher or a promotion",
    tags=["me"],
    operation_id="use_code",
    opt={
        "idempotent": True,
        "problems": [
            NotSignedIn,
            CrossSiteRequest,
            UnknownCity,
            rules.TooManyCodes,
            SignInUnavailable,
            rules.UnknownBenefitCode,
            rules.BenefitCodeOver,
            rules.BenefitCodeUsed,
            rules.PromotionUsedUp,
            rules.OnlyForNewRiders,
        ],
    },
)
async def use_code(
    data: JSONBody[CodeRequest], session: Session, clock: Clock, caller: Me, limiter: NamedDependency[Limiter]
) -> CodeView:
    """A voucher becomes credit at once; a promotion is taken off of coming rides by itself."""
    wait_s = await limiter.hit(rules.count_of_try(caller.account_id))
    if wait_s:
        raise rules.TooManyCodes(retry_after_s=wait_s)
    found = await codes.type_code(session, clock, account_id=caller.account_id, city_id=data.city, code=data.code)
    return CodeView.of(found, (await get_city(session, data.city)).file.currency)


@get(
    "/v1/cities/{city:str}/promotions",
    guards=[has_role("operator")],
    summary="List promotions",
    tags=["tariffs"],
    operation_id="list_promotions",
    opt={"problems": READING},
)
async def list_promotions(
    session: Session, city: CityId, limit: Limit = PAGE_DEFAULT, after: After = None
) -> PromotionList:
    await get_city(session, city)
    found = await codes.list_offers(session, city, limit=limit + 1, after=after)
    views = [PromotionView.of(row) for row in found[:limit]]
    return PromotionList(items=views, next=views[-1].id if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/promotions",
    guards=[has_role("operator")],
    summary="Offer a promotion",
    tags=["tariffs"],
    operation_id="offer_promotion",
    opt={
        "idempotent": True,
        "problems": [*WRITING, rules.CodeTaken, rules.UnclearDiscount, rules.PeriodEmpty],
    },
)
async def offer_promotion(
    data: JSONBody[PromotionRequest], session: Session, clock: Clock, caller: Me, city: CityId
) -> PromotionView:
    """Whoever types the code while it holds has something off of the next rides."""
    file = (await get_city(session, city)).file
    if bool(data.percent_off) == bool(data.cents_off):
        raise rules.UnclearDiscount
    if data.ends_at <= data.starts_at:
        raise rules.PeriodEmpty
    offered = codes.Offer(
        code=data.code,
        percent_off=data.percent_off,
        cents_off=data.cents_off,
        rides_each=data.rides_each,
        riders_max=data.riders_max,
        new_riders_only=data.new_riders_only,
        vehicle_types=data.vehicle_types or [vehicle_type.code for vehicle_type in file.vehicle_types],
        starts_at=data.starts_at,
        ends_at=data.ends_at,
    )
    made = await codes.offer(session, clock, operator_id=caller.account_id, city_id=city, offered=offered)
    return PromotionView.of(made)


@delete(
    "/v1/cities/{city:str}/promotions/{promotion_id:uuid}",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="End a promotion now",
    tags=["tariffs"],
    operation_id="stop_promotion",
    opt={"problems": [*WRITING, rules.UnknownPromotion]},
)
async def stop_promotion(
    session: Session,
    clock: Clock,
    city: CityId,
    promotion_id: Annotated[UUID, PathParameter(description="Id of a promotion")],
) -> PromotionView:
    """Rides that have not ended yet pay in full; what was taken off stays off."""
    return PromotionView.of(await codes.stop_offer(session, clock, city_id=city, promotion_id=promotion_id))


@get(
    "/v1/cities/{city:str}/vouchers",
    guards=[has_role("operator")],
    summary="List printed vouchers",
    tags=["tariffs"],
    operation_id="list_vouchers",
    opt={"problems": READING},
)
async def list_vouchers(
    session: Session,
    city: CityId,
    before: Annotated[datetime | None, QueryParameter(description="`next` of the page before")] = None,
    limit: Limit = PAGE_DEFAULT,
) -> VoucherBatchList:
    """How many were printed at once, and how many of them have become credit; neither codes nor riders."""
    await get_city(session, city)
    found = await codes.list_batches(session, city, limit=limit + 1, before=before)
    views = [VoucherBatch.of(batch) for batch in found[:limit]]
    return VoucherBatchList(items=views, next=views[-1].printed_at if len(found) > limit else None)


@post(
    "/v1/cities/{city:str}/vouchers",
    guards=[has_role("operator")],
    summary="Print vouchers",
    tags=["tariffs"],
    operation_id="print_vouchers",
    opt={"problems": [*WRITING, rules.PeriodEmpty]},
)
async def print_vouchers(
    data: JSONBody[VoucherRequest], session: Session, clock: Clock, caller: Me, city: CityId
) -> VoucherCodes:
    """Each is credit for whoever types it first. Not repeatable under a key: the codes are not kept."""
    file = (await get_city(session, city)).file
    if data.good_until <= clock.now():
        raise rules.PeriodEmpty
    printed = await codes.print_vouchers(
        session,
        clock,
        operator_id=caller.account_id,
        city_id=city,
        count=data.count,
        amount=Money(data.cents, file.currency),
        expires_at=data.good_until,
    )
    return VoucherCodes(codes=printed)


ROUTES: list[ControllerRouterHandler] = [
    use_code,
    list_promotions,
    offer_promotion,
    stop_promotion,
    list_vouchers,
    print_vouchers,
]
