from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from mobility.booking import service
from mobility.booking.routes.given import Clock, Me, RentalId, Session
from mobility.booking.rules import refusals
from mobility.fleet.rules.damages import DamageReportedTooOften
from mobility.fleet.schemas.damages import DamageReportView, DamageSaid
from mobility.fleet.service.reporting import refuse_too_often
from mobility.riders.guards import signed_in
from mobility.riders.ports import Limiter
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn


@post(
    "/v1/rentals/{rental_id:uuid}/damage-reports",
    guards=[signed_in],
    summary="Report damage to the vehicle of my ride",
    tags=["damage"],
    operation_id="report_ride_damage",
    opt={
        "idempotent": True,
        "problems": [
            NotSignedIn,
            CrossSiteRequest,
            refusals.UnknownRental,
            refusals.RideLongAgo,
            DamageReportedTooOften,
        ],
    },
)
async def report_ride_damage(
    rental_id: RentalId,
    data: JSONBody[DamageSaid],
    session: Session,
    clock: Clock,
    limiter: NamedDependency[Limiter],
    caller: Me,
) -> DamageReportView:
    """In the ride or up to seven days after it. A dangerous damage (`critical`) takes the vehicle out of service: at
    once, or at the end of the ride that it is in.

    Photos are added to the report afterwards.
    """
    await refuse_too_often(limiter, caller.account_id)
    report = await service.report_damage(
        session, clock, account_id=caller.account_id, rental_id=rental_id, said=data.said
    )
    return DamageReportView.of(report)


ROUTES: list[ControllerRouterHandler] = [report_ride_damage]
