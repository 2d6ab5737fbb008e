from hashlib import sha256

import msgspec
from litestar import MediaType, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import service
from mobility.booking.routes.given import Clock, HoldId, Me, Reserving, Session
from mobility.booking.rules import holds as rules
from mobility.booking.rules import refusals
from mobility.booking.rules.bookings import BookedSoon
from mobility.booking.schemas.rides import ExtensionRequest, HoldRequest, HoldView
from mobility.booking.service.holding import Wish
from mobility.booking.service.rides import Held
from mobility.city.rules import parking
from mobility.city.rules.in_force import NotInForce
from mobility.db.idempotency import Claim, Given
from mobility.fleet.rules.refusals import ChargeTooLow, UnknownVehicle, VehicleTaken, VehicleUnavailable
from mobility.payments import service as payments
from mobility.payments.rules.refusals import CardExpired, CardNeeded, RideUnpaid
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.rules.eligibility import NotEligible

WRITING = [NotSignedIn, CrossSiteRequest]
REPLAYED = {"Idempotent-Replay": "true"}


@post(
    "/v1/holds",
    guards=[signed_in],
    summary="Reserve a vehicle, free for some minutes",
    tags=["ride"],
    operation_id="reserve_vehicle",
    opt={
        "idempotent": True,
        # The answer is kept by the statement that makes the hold.
        "keeps_answer": True,
        "problems": [
            *WRITING,
            UnknownVehicle,
            VehicleTaken,
            VehicleUnavailable,
            BookedSoon,
            ChargeTooLow,
            NotEligible,
            NotInForce,
            refusals.ServiceClosed,
            parking.StartNotAllowedHere,
            refusals.AlreadyHolding,
            refusals.AlreadyRiding,
            rules.PositionNeeded,
            rules.TooFarToHold,
            rules.HoldLockedOut,
            RideUnpaid,
            CardNeeded,
            CardExpired,
        ],
    },
)
async def reserve_vehicle(data: JSONBody[HoldRequest], reserving: NamedDependency[Reserving]) -> Response[HoldView]:
    """One hold or ride a person at a time. `vehicle_taken` names up to three free vehicles nearby."""
    session, clock, caller, gateway = reserving.session, reserving.clock, reserving.caller, reserving.gateway
    if gateway.asks_for_cards:
        await payments.refuse_without_means(session, clock, caller.payer_id, gateway)
    wish = Wish(
        account_id=caller.account_id,
        payer_id=caller.payer_id,
        public_id=data.vehicle_id,
        position=data.position,
        # Without the position: it is not to be found out from what is kept.
        claim=Claim(str(caller.account_id), reserving.key, sha256(b"hold\0" + data.vehicle_id.bytes).digest()),
    )
    held = await service.hold(session, clock, wish, around=reserving.around, answer=_as_json)
    body, headers = (held.body, REPLAYED) if isinstance(held, Given) else (_as_json(held), None)
    return Response(body, media_type=MediaType.JSON, headers=headers)  # type: ignore[arg-type]  # written out already


def _as_json(held: Held) -> bytes:
    return msgspec.json.encode(HoldView.of(held))


@post(
    "/v1/holds/{hold_id:uuid}/extend",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Keep a reserved vehicle for longer",
    tags=["ride"],
    operation_id="extend_hold",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            refusals.UnknownHold,
            *refusals.WHY_OVER.values(),
            rules.HoldNotExtendable,
            rules.ExtensionTooLong,
        ],
    },
)
async def extend_hold(
    hold_id: HoldId, data: JSONBody[ExtensionRequest], session: Session, clock: Clock, caller: Me
) -> HoldView:
    """What `extension` says is due for each minute begun after the free ones, whether or not a ride begins."""
    held = await service.extend(session, clock, account_id=caller.account_id, hold_id=hold_id, minutes=data.minutes)
    return HoldView.of(held)


@delete(
    "/v1/holds/{hold_id:uuid}",
    guards=[signed_in],
    summary="Give a reserved vehicle back",
    tags=["ride"],
    operation_id="cancel_hold",
    opt={"problems": [*WRITING, refusals.UnknownHold, refusals.HoldUsed]},
)
async def cancel_hold(hold_id: HoldId, session: Session, clock: Clock, caller: Me) -> None:
    """Costs nothing but the minutes begun after the free ones, and may be repeated."""
    await service.cancel(session, clock, account_id=caller.account_id, hold_id=hold_id)


ROUTES: list[ControllerRouterHandler] = [reserve_vehicle, extend_hold, cancel_hold]
