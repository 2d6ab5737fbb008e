from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.given import PAGE_DEFAULT, After, Limit, Me, Session
from mobility.booking.schemas.family import ChildRide, ChildRideList
from mobility.booking.service import family
from mobility.riders.guards import signed_in
from mobility.riders.rules.access import NotSignedIn
from mobility.riders.rules.guardianship import UnknownGuardianship


@get(
    "/v1/me/children/{child_id:uuid}/rides",
    guards=[signed_in],
    summary="What my child's rides cost, and when",
    tags=["guardianships"],
    operation_id="list_child_rides",
    opt={"problems": [NotSignedIn, UnknownGuardianship]},
)
async def list_child_rides(
    child_id: Annotated[UUID, PathParameter(description="Account of a child whose rides I pay")],
    session: Session,
    caller: Me,
    limit: Limit = PAGE_DEFAULT,
    after: After = None,
) -> ChildRideList:
    """Since I agreed, the newest first. Where a child rides is the child's own."""
    found = await family.list_paid_rides(
        session, guardian_id=caller.account_id, child_id=child_id, limit=limit + 1, after=after
    )
    page = found[:limit]
    return ChildRideList(
        items=[ChildRide.of(ride) for ride in page], next=page[-1].rental_id if len(found) > limit else None
    )


ROUTES: list[ControllerRouterHandler] = [list_child_rides]
