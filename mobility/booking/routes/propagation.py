"""What becomes of the bookings of a vehicle that is out of service: looked at first, then done."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.given import Clock, Me, Session
from mobility.booking.rules.outages import BookingsChanging, Outage
from mobility.booking.schemas.propagation import PropagationRequest, PropagationView
from mobility.booking.service import propagation
from mobility.city.rules.prepared import TimeTooFar
from mobility.city.service import get_city
from mobility.fleet import queries as fleet
from mobility.fleet.rules.refusals import UnknownVehicle
from mobility.riders.guards import has_role
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn, RoleMissing

VehicleId = Annotated[UUID, PathParameter(description="Lasting id of a vehicle")]
LOOKING = [NotSignedIn, RoleMissing, UnknownVehicle, TimeTooFar]


@get(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/propagation",
    guards=[has_role("operator")],
    summary="What taking a vehicle out of service would do to its bookings",
    tags=["book"],
    operation_id="preview_propagation",
    opt={"problems": LOOKING},
)
async def preview_propagation(
    vehicle_id: VehicleId,
    session: Session,
    clock: Clock,
    caller: Me,
    until: Annotated[datetime | None, QueryParameter(description="When it is back; absent: nobody knows")] = None,
    for_good: Annotated[bool, QueryParameter(description="No booking waits for the vehicle")] = False,
) -> PropagationView:
    """Changes nothing. Who books meanwhile may change what will really happen."""
    outage = await _outage(session, clock, caller, vehicle_id, until, for_good=for_good)
    return PropagationView.of(await propagation.preview(session, clock, vehicle_id, outage), vehicle_id)


@post(
    "/v1/fleet/vehicles/{vehicle_id:uuid}/propagation",
    guards=[has_role("operator")],
    status_code=HTTP_200_OK,
    summary="Give the bookings of a vehicle to others",
    tags=["book"],
    operation_id="propagate_outage",
    opt={"idempotent": True, "problems": [*LOOKING, CrossSiteRequest, BookingsChanging]},
)
async def propagate_outage(
    data: JSONBody[PropagationRequest], vehicle_id: VehicleId, session: Session, clock: Clock, caller: Me
) -> PropagationView:
    """All or nothing; the riders are told, and whoever cannot be served pays nothing. The vehicle's state stays as it
    is: take it out of service with an event.
    """
    outage = await _outage(session, clock, caller, vehicle_id, data.until, for_good=data.for_good)
    return PropagationView.of(await propagation.propagate(session, clock, vehicle_id, outage), vehicle_id)


async def _outage(
    session: Session, clock: Clock, caller: Me, vehicle_id: UUID, until: datetime | None, *, for_good: bool
) -> Outage:
    """Of a vehicle of the caller's city; a time without an offset is of the city's clocks."""
    vehicle = await fleet.get_vehicle(session, vehicle_id)
    caller.require("operator", vehicle.city_id)
    city = await get_city(session, vehicle.city_id)
    return Outage(until=city.instant_of(until, now=clock.now()) if until else None, for_good=for_good)


ROUTES: list[ControllerRouterHandler] = [preview_propagation, propagate_outage]
