from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import RawBody
from litestar.status_codes import HTTP_204_NO_CONTENT
from litestar.types import ControllerRouterHandler

from mobility.booking import queries
from mobility.booking.routes.given import Clock, Me, RentalId, Session
from mobility.booking.rules.refusals import UnknownRental
from mobility.fleet.ports import PhotoStore
from mobility.fleet.rules.parking_photos import PhotoNotAsked, PhotoTakenIn, PhotoTooLate
from mobility.fleet.rules.photos import (
    UPLOAD_BYTES_MAX,
    PhotoAnimated,
    PhotoStoreUnavailable,
    PhotoTooManyPixels,
    PhotoUnreadable,
    UnknownPhoto,
)
from mobility.fleet.schemas.damages import JPEG, PRIVATE, PhotoOperation
from mobility.fleet.service import parking_photos
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn


@post(
    "/v1/rentals/{rental_id:uuid}/parking-photo",
    guards=[signed_in],
    status_code=HTTP_204_NO_CONTENT,
    summary="Show how I left the vehicle",
    tags=["ride"],
    operation_id="add_parking_photo",
    operation_class=PhotoOperation,
    request_max_body_size=UPLOAD_BYTES_MAX,
    opt={
        "idempotent": True,
        "slow_body": True,
        "problems": [
            NotSignedIn,
            CrossSiteRequest,
            UnknownRental,
            PhotoNotAsked,
            PhotoTakenIn,
            PhotoTooLate,
            PhotoUnreadable,
            PhotoTooManyPixels,
            PhotoAnimated,
            PhotoStoreUnavailable,
        ],
    },
)
async def add_parking_photo(
    body: RawBody,
    session: Session,
    clock: Clock,
    photo_store: NamedDependency[PhotoStore],
    caller: Me,
    rental_id: RentalId,
) -> None:
    """After the end of a ride whose end asked for it, within two days. The body is one JPEG, PNG or WebP file.

    Only its pixels are kept, as a JPEG of at most 1,600 pixels a side: place, time and device stay with the sender.
    Operators of the city and the rider see it, nobody else.
    """
    await queries.get_ride(session, rental_id, caller.account_id)
    await parking_photos.add(session, clock, photo_store, rental_id, rider_id=caller.account_id, upload=body)


@get(
    "/v1/rentals/{rental_id:uuid}/parking-photo",
    guards=[signed_in],
    summary="Look at how a vehicle was left",
    tags=["ride"],
    operation_id="get_parking_photo",
    media_type=JPEG,
    responses={200: ResponseSpec(bytes, description="The picture", media_type=JPEG)},
    opt={"precompressed": True, "problems": [NotSignedIn, UnknownPhoto, PhotoStoreUnavailable]},
)
async def get_parking_photo(
    session: Session, photo_store: NamedDependency[PhotoStore], caller: Me, rental_id: RentalId
) -> Response[Any]:
    """For its rider and the operators of the city; to everybody else it does not exist."""
    name = await parking_photos.find_name(session, rental_id, caller)
    # The picture comes from elsewhere: a connection of the pool does not wait for it.
    await session.close()
    jpeg = await photo_store.find(name)
    if jpeg is None:
        raise UnknownPhoto
    return Response(jpeg, media_type=JPEG, headers=PRIVATE)


ROUTES: list[ControllerRouterHandler] = [add_parking_photo, get_parking_photo]
