from litestar import get
from litestar.types import ControllerRouterHandler

from mobility.booking import queries, service
from mobility.booking.routes.given import PAGE_DEFAULT, After, Clock, Language, Limit, Me, RentalId, Session
from mobility.booking.rules import refusals
from mobility.booking.schemas.rides import MyRide, ReceiptView, RentalList, RentalView, my_ride
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import NotSignedIn


@get(
    "/v1/me/ride",
    guards=[signed_in],
    summary="What I am in the middle of",
    tags=["ride"],
    operation_id="get_my_ride",
    opt={"problems": [NotSignedIn]},
)
async def get_my_ride(session: Session, clock: Clock, caller: Me, language: Language) -> MyRide:
    """What the app shows on opening: nothing, a reserved vehicle or a ride."""
    return my_ride(await service.find_current(session, clock, caller.account_id), clock.now(), language)


@get(
    "/v1/rentals",
    guards=[signed_in],
    summary="List my rides",
    tags=["ride"],
    operation_id="list_my_rides",
    opt={"problems": [NotSignedIn]},
)
async def list_my_rides(
    session: Session,
    clock: Clock,
    caller: Me,
    language: Language,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> RentalList:
    """Newest first."""
    found = await queries.list_rides(session, caller.account_id, limit=limit + 1, after=after)
    page = found[:limit]
    return RentalList(
        items=[RentalView.of(await service.priced(session, clock, ride), clock.now(), language) for ride in page],
        next=page[-1].rental.id if len(found) > limit else None,
    )


@get(
    "/v1/rentals/{rental_id:uuid}",
    guards=[signed_in],
    summary="Read one of my rides",
    tags=["ride"],
    operation_id="get_ride",
    opt={"problems": [NotSignedIn, refusals.UnknownRental]},
)
async def get_ride(rental_id: RentalId, session: Session, clock: Clock, caller: Me, language: Language) -> RentalView:
    ride = await queries.get_ride(session, rental_id, caller.account_id)
    return RentalView.of(await service.priced(session, clock, ride), clock.now(), language)


@get(
    "/v1/rentals/{rental_id:uuid}/receipt",
    guards=[signed_in],
    summary="Read the receipt of a ride that has ended",
    tags=["ride"],
    operation_id="get_receipt",
    opt={"problems": [NotSignedIn, refusals.UnknownRental, refusals.RideNotEnded, refusals.RideFailed]},
)
async def get_receipt(rental_id: RentalId, session: Session, caller: Me, language: Language) -> ReceiptView:
    receipt = await service.receipt(session, account_id=caller.account_id, rental_id=rental_id)
    return ReceiptView.of(receipt, language)


ROUTES: list[ControllerRouterHandler] = [get_my_ride, list_my_rides, get_ride, get_receipt]
