from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler
from sqlalchemy import select

from mobility.booking.rules import refusals as riding
from mobility.booking.tables import Rental
from mobility.city.service import UnknownCity, get_city
from mobility.geo import PositionOutOfRange, PositionSwapped
from mobility.helpdesk import service
from mobility.helpdesk.routes.given import PAGE_DEFAULT, READING, WRITING, AccountId, CityId, Clock, Limit, Me, Session
from mobility.helpdesk.rules.acts import (
    ActDecided,
    ActKind,
    NothingToCorrect,
    OwnAccount,
    SecondPerson,
    UnknownAct,
)
from mobility.helpdesk.schemas import (
    STATES,
    ActList,
    ActView,
    EndForRider,
    MoneyBack,
    PriceCorrection,
    StateName,
)
from mobility.helpdesk.service import Wish
from mobility.helpdesk.tables import SupportAct
from mobility.payments import queries as payments
from mobility.payments.rules.refusals import (
    PaymentDisputed,
    PaymentNotCaptured,
    PaymentUnderWay,
    RefundTooHigh,
    UnknownPayment,
)
from mobility.riders import queries as riders
from mobility.riders.guards import has_role
from mobility.riders.rules.access import Caller
from mobility.riders.rules.profiles import UnknownAccount
from mobility.riders.service import require_seen

MONEY = [OwnAccount, PaymentNotCaptured, PaymentDisputed, PaymentUnderWay, RefundTooHigh]

RentalId = Annotated[UUID, PathParameter(description="Id of a ride")]
ActId = Annotated[UUID, PathParameter(description="Id of a request")]


@post(
    "/v1/support/rides/{rental_id:uuid}/end",
    guards=[has_role("operator")],
    summary="End a ride for its rider",
    tags=["support"],
    operation_id="end_ride_for_rider",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            OwnAccount,
            riding.UnknownRental,
            riding.StillUnlocking,
            riding.RideFailed,
            riding.RideEnded,
            riding.EndUnclear,
            PositionOutOfRange,
            PositionSwapped,
        ],
    },
)
async def end_ride_for_rider(
    data: JSONBody[EndForRider], session: Session, clock: Clock, caller: Me, rental_id: RentalId
) -> ActView:
    """Where the vehicle stands, whatever the zones say there; paid until `ended_at`, or until now."""
    rental = await _rental(session, caller, rental_id)
    wish = _about(rental, ActKind.RIDE_END, data.reason, caller)
    ended = await service.end_ride(session, clock, wish, rental_id=rental_id, at=data.position, ended_at=data.ended_at)
    return await _view(session, ended)


@post(
    "/v1/support/rides/{rental_id:uuid}/price",
    guards=[has_role("operator")],
    summary="Correct the price of a ride",
    tags=["support"],
    operation_id="correct_price",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            *MONEY,
            riding.UnknownRental,
            riding.RideNotEnded,
            riding.RideFailed,
            NothingToCorrect,
        ],
    },
)
async def correct_price(
    data: JSONBody[PriceCorrection], session: Session, clock: Clock, caller: Me, rental_id: RentalId
) -> ActView:
    """The first price stays in the books; the difference is reversed, or charged, beside it."""
    rental = await _rental(session, caller, rental_id)
    asked = await service.ask(session, clock, _about(rental, ActKind.PRICE, data.reason, caller, data.cents))
    return await _view(session, asked)


@post(
    "/v1/support/payments/{payment_id:uuid}/refunds",
    guards=[has_role("operator")],
    summary="Give back part or all of a payment, by two people if it is much",
    tags=["support"],
    operation_id="ask_refund",
    opt={"idempotent": True, "problems": [*WRITING, *MONEY, UnknownPayment]},
)
async def ask_refund(
    data: JSONBody[MoneyBack],
    session: Session,
    clock: Clock,
    caller: Me,
    payment_id: Annotated[UUID, PathParameter(description="Id of a payment")],
) -> ActView:
    payment = await payments.get_payment(session, payment_id)
    caller.require("operator", payment.city_id)
    wish = Wish(
        kind=ActKind.REFUND,
        city_id=payment.city_id,
        account_id=payment.account_id,
        reference_id=payment_id,
        cents=data.cents,
        reason=data.reason,
        asked_by=caller.account_id,
    )
    return await _view(session, await service.ask(session, clock, wish))


@post(
    "/v1/cities/{city:str}/accounts/{account_id:uuid}/credit",
    guards=[has_role("operator")],
    summary="Give a rider credit",
    tags=["support"],
    operation_id="grant_credit",
    opt={"idempotent": True, "problems": [*WRITING, UnknownCity, UnknownAccount, OwnAccount]},
)
async def grant_credit(
    data: JSONBody[MoneyBack], session: Session, clock: Clock, caller: Me, city: CityId, account_id: AccountId
) -> ActView:
    """For goodwill: spent before any card, borne by the city's promotions."""
    await require_seen(session, caller, account_id)
    wish = Wish(
        kind=ActKind.CREDIT,
        city_id=city,
        account_id=account_id,
        reference_id=account_id,
        cents=data.cents,
        reason=data.reason,
        asked_by=caller.account_id,
    )
    return await _view(session, await service.ask(session, clock, wish))


@get(
    "/v1/cities/{city:str}/support-acts",
    guards=[has_role("operator")],
    summary="List what was done for riders, and what waits for a second person",
    tags=["support"],
    operation_id="list_support_acts",
    opt={"problems": [*READING, UnknownCity]},
)
async def list_support_acts(
    session: Session,
    city: CityId,
    state_name: Annotated[StateName | None, QueryParameter(name="state", description="Only those")] = None,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[UUID | None, QueryParameter(description="`next` of the page before")] = None,
) -> ActList:
    await get_city(session, city)
    which = state_name and STATES[state_name]
    found = await service.list_acts(session, city, state=which, limit=limit + 1, after=after)
    page = found[:limit]
    names = await riders.list_names(session, _people(page))
    items = [ActView.of(act, names) for act in page]
    return ActList(items=items, next=items[-1].id if len(found) > limit else None)


DECIDING = {"problems": [*WRITING, UnknownAct, ActDecided, SecondPerson, *MONEY, NothingToCorrect]}


@post(
    "/v1/support-acts/{act_id:uuid}/agree",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Agree to what a colleague asked for",
    tags=["support"],
    operation_id="agree_to_act",
    opt=DECIDING,
)
async def agree_to_act(session: Session, clock: Clock, caller: Me, act_id: ActId) -> ActView:
    """It is done at once."""
    return await _decide(session, clock, caller, act_id, agrees=True)


@post(
    "/v1/support-acts/{act_id:uuid}/refuse",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Refuse what a colleague asked for",
    tags=["support"],
    operation_id="refuse_act",
    opt=DECIDING,
)
async def refuse_act(session: Session, clock: Clock, caller: Me, act_id: ActId) -> ActView:
    return await _decide(session, clock, caller, act_id, agrees=False)


async def _decide(session: Session, clock: Clock, caller: Caller, act_id: UUID, *, agrees: bool) -> ActView:
    caller.require("operator", (await service.find_act(session, act_id)).city_id)
    decided = await service.decide(session, clock, act_id=act_id, decided_by=caller.account_id, agrees=agrees)
    return await _view(session, decided)


async def _view(session: Session, act: SupportAct) -> ActView:
    return ActView.of(act, await riders.list_names(session, _people([act])))


def _people(acts: Iterable[SupportAct]) -> set[UUID]:
    return {account_id for act in acts for account_id in (act.account_id, act.asked_by)}


async def _rental(session: Session, caller: Caller, rental_id: UUID) -> Rental:
    """A ride of a city that the caller operates; raises `UnknownRental`, `RoleMissing`."""
    rental = await session.scalar(select(Rental).where(Rental.id == rental_id))
    if rental is None:
        raise riding.UnknownRental
    caller.require("operator", rental.city_id)
    return rental


def _about(rental: Rental, kind: ActKind, reason: str, caller: Caller, cents: int = 0) -> Wish:
    return Wish(
        kind=kind,
        city_id=rental.city_id,
        account_id=rental.account_id,
        reference_id=rental.id,
        cents=cents,
        reason=reason,
        asked_by=caller.account_id,
    )


ROUTES: list[ControllerRouterHandler] = [
    end_ride_for_rider,
    correct_price,
    ask_refund,
    grant_credit,
    list_support_acts,
    agree_to_act,
    refuse_act,
]
