from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking import queries, service
from mobility.booking.ports import Witness
from mobility.booking.routes.given import Clock, Language, Me, RentalId, Session
from mobility.booking.rules import refusals
from mobility.booking.schemas.ends import EndCheckRequest, EndCheckView, EndRequest
from mobility.booking.schemas.rides import RentalRequest, RentalView
from mobility.city.rules import parking
from mobility.fleet.rules.machine import TransitionRefused
from mobility.geo import PositionOutOfRange, PositionSwapped
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn
from mobility.riders.rules.eligibility import NotEligible

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
    rental_id: RentalId,
    data: JSONBody[EndRequest],
    session: Session,
    clock: Clock,
    caller: Me,
    language: Language,
    witness: NamedDependency[Witness],
) -> RentalView:
    """A refusal leaves the ride running. The payment is collected right after the answer.

    A wish that waited for a network says when it was made (`asked_at`).
    """
    late = None if data.asked_at is None else service.LateWish(data.asked_at, witness)
    await service.end(
        session,
        clock,
        account_id=caller.account_id,
        rental_id=rental_id,
        at=data.position,
        late=late,
        no_photo=data.no_photo,
    )
    return await _view(session, clock, rental_id, caller, language)


@post(
    "/v1/rentals/{rental_id:uuid}/end-check",
    guards=[signed_in],
    status_code=HTTP_200_OK,
    summary="Whether my ride could end somewhere",
    tags=["ride"],
    operation_id="check_ride_end",
    opt={"problems": [*RIDING, PositionOutOfRange, PositionSwapped]},
)
async def check_ride_end(
    rental_id: RentalId, data: JSONBody[EndCheckRequest], session: Session, clock: Clock, caller: Me, language: Language
) -> EndCheckView:
    """Changes nothing, keeps no bay, and the position is not kept."""
    found = await service.check_end(session, clock, account_id=caller.account_id, rental_id=rental_id, at=data.position)
    return EndCheckView.of(found, language)


async def _view(session: Session, clock: Clock, rental_id: UUID, caller: Me, language: Language) -> RentalView:
    ride = await queries.get_ride(session, rental_id, caller.account_id)
    return RentalView.of(await service.priced(session, clock, ride), clock.now(), language)


ROUTES: list[ControllerRouterHandler] = [start_ride, pause_ride, resume_ride, check_ride_end, end_ride]
