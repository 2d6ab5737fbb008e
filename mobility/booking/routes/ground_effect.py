from datetime import date
from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.given import CityId, Clock, Session
from mobility.booking.schemas.ground_effect import EffectView
from mobility.booking.service.ground_effect import effect
from mobility.city.rules.refusals import GroundRefused, GroundStartsTooEarly, UnknownGroundDraft
from mobility.city.service import UnknownCity
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing


@get(
    "/v1/cities/{city:str}/ground/draft/effect",
    guards=[has_role("operator")],
    summary="See what a draft of zones and stations would touch",
    tags=["ground"],
    operation_id="preview_ground",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity, UnknownGroundDraft, GroundRefused, GroundStartsTooEarly]},
)
async def preview_ground(
    session: Session,
    clock: Clock,
    city: CityId,
    effective_from: Annotated[
        date | None, QueryParameter(description="The first day, as it would be published; absent: at once")
    ] = None,
) -> EffectView:
    """Vehicles that stand where they no longer could, bookings and stations, and what is left to park on."""
    return EffectView.of(await effect(session, clock, city, effective_from))


ROUTES: list[ControllerRouterHandler] = [preview_ground]
