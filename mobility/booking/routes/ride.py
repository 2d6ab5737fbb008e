from hashlib import sha256
from uuid import UUID

import msgspec
from litestar import MediaType, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import queries, service
from mobility.booking.routes.given import Clock, HoldId, Language, Me, RentalId, Reserving, Session
from mobility.booking.rules import refusals
from mobility.booking.rules.bookings import BookedSoon
from mobility.booking.schemas.rides import EndRequest, HoldRequest, HoldView, RentalRequest, RentalView
from mobility.booking.service.holding import Wish
from mobility.booking.service.rides import Held
from mobility.city.rules import parking
from mobility.city.rules.in_force import NotInForce
from mobility.db.idempotency import Claim, Given
from mobility.fleet.rules.machine import TransitionRefused
from mobility.fleet.rules.refusals import ChargeTooLow, UnknownVehicle, VehicleTaken, VehicleUnavailable
from mobility.geo import PositionOutOfRange, PositionSwapped
from mobility.payments import service as payments
from mobility.payments.rules.refusals import CardExpired, CardNeeded, RideUnpaid
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.rules.eligibility import NotEligible

REPLAYED = {"Idempotent-Replay": "true"}
WRITING = [NotSignedIn, CrossSiteRequest]
RIDING = [
    *WRITING,
    refusals.UnknownRental,
    refusals.StillUnlocking,
    refusals.RideFailed,
    refusals.RideEnded,
    TransitionRefused,
]


@post(
    "/v1/holds",
    guards=[signed_in],
    summary="Reserve a vehicle, free for a quarter of an hour",
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
    held = await service.hold(session, clock, wish, crowds=reserving.crowds, answer=_as_json)
    body, headers = (held.body, REPLAYED) if isinstance(held, Given) else (_as_json(held), None)
    return Response(body, media_type=MediaType.JSON, headers=headers)  # type: ignore[arg-type]  # written out already


def _as_json(held: Held) -> bytes:
    return msgspec.json.encode(HoldView.of(held))


@delete(
    "/v1/holds/{hold_id:uuid}",
    guards=[signed_in],
    summary="Give a reserved vehicle back",
    tags=["ride"],
    operation_id="cancel_hold",
    opt={"problems": [*WRITING, refusals.UnknownHold, refusals.HoldUsed]},
)
async def cancel_hold(hold_id: HoldId, session: Session, clock: Clock, caller: Me) -> None:
    """Costs nothing, and may be repeated."""
    await service.cancel(session, clock, account_id=caller.account_id, hold_id=hold_id)


@post(
    "/v1/rentals",
    guards=[signed_in],
    summary="Unlock the reserved vehicle and start the ride",
    tags=["ride"],
    operation_id="start_ride",
    opt={
        "idempotent": True,
        "problems": [
            *WRITING,
            refusals.UnknownHold,
            refusals.HoldExpired,
            refusals.HoldUsed,
            refusals.HoldCancelled,
            refusals.HoldWithdrawn,
            refusals.VehiclesOutOfReach,
            NotEligible,
        ],
    },
)
async def start_ride(
    data: JSONBody[RentalRequest], session: Session, clock: Clock, caller: Me, language: Language
) -> RentalView:
    """`riding` when the vehicle has unlocked; `unlocking` when it is still to answer, which it does within 15 seconds:
    then ask `GET /v1/rentals/{rental_id}` again until the ride has begun or `failed`. Only its yes begins paid time.
    """
    rental = await service.start(session, clock, account_id=caller.account_id, hold_id=data.hold_id)
    return await _view(session, clock, rental.id, caller, language)


@post(
    "/v1/rentals/{rental_id:uuid}/pause",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Lock the vehicle and keep it",
    tags=["ride"],
    operation_id="pause_ride",
    opt={"problems": RIDING},
)
async def pause_ride(rental_id: RentalId, session: Session, clock: Clock, caller: Me, language: Language) -> RentalView:
    """Pausing a paused ride changes nothing."""
    await service.pause(session, clock, account_id=caller.account_id, rental_id=rental_id)
    return await _view(session, clock, rental_id, caller, language)


@post(
    "/v1/rentals/{rental_id:uuid}/resume",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Unlock the vehicle again and ride on",
    tags=["ride"],
    operation_id="resume_ride",
    opt={"problems": RIDING},
)
async def resume_ride(
    rental_id: RentalId, session: Session, clock: Clock, caller: Me, language: Language
) -> RentalView:
    """Resuming a ride that is not paused changes nothing."""
    await service.resume(session, clock, account_id=caller.account_id, rental_id=rental_id)
    return await _view(session, clock, rental_id, caller, language)


@post(
    "/v1/rentals/{rental_id:uuid}/end",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Park the vehicle, end the ride and pay",
    tags=["ride"],
    operation_id="end_ride",
    opt={
        "idempotent": True,
        "problems": [
            *RIDING,
            PositionOutOfRange,
            PositionSwapped,
            parking.OutOfServiceZone,
            parking.NoParkingHere,
            parking.NotAtAStation,
            parking.StationFull,
        ],
    },
)
async def end_ride(
    rental_id: RentalId, data: JSONBody[EndRequest], session: Session, clock: Clock, caller: Me, language: Language
) -> RentalView:
    """A refusal leaves the ride running. The payment is collected right after the answer."""
    await service.end(session, clock, account_id=caller.account_id, rental_id=rental_id, at=data.position)
    return await _view(session, clock, rental_id, caller, language)


async def _view(session: Session, clock: Clock, rental_id: UUID, caller: Me, language: Language) -> RentalView:
    ride = await queries.get_ride(session, rental_id, caller.account_id)
    return RentalView.of(await service.priced(session, clock, ride), clock.now(), language)


ROUTES: list[ControllerRouterHandler] = [reserve_vehicle, cancel_hold, start_ride, pause_ride, resume_ride, end_ride]
