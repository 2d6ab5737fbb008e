from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from mobility.booking.routes.given import CityId, Clock, Session
from mobility.booking.service.past import past_usages
from mobility.city.service import UnknownCity
from mobility.pricing import queries
from mobility.pricing.rules.refusals import UnknownTariffDraft
from mobility.pricing.schemas.tariffs import PreviewView
from mobility.pricing.service.previews import preview
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing

# A week of a small city; two plans price them in about a second.
RIDES_DEFAULT, RIDES_MAX = 200, 1_000


@get(
    "/v1/cities/{city:str}/tariff-drafts/{draft_id:uuid}/preview",
    guards=[has_role("operator")],
    summary="See what a draft would change",
    tags=["tariffs"],
    operation_id="preview_tariff",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity, UnknownTariffDraft]},
)
async def preview_tariff(
    session: Session,
    clock: Clock,
    city: CityId,
    draft_id: Annotated[UUID, PathParameter(description="Id of a draft")],
    rides: Annotated[
        int, QueryParameter(ge=0, le=RIDES_MAX, description="How many of the latest rides of the class to price again")
    ] = RIDES_DEFAULT,
) -> PreviewView:
    """For typical rides and, in sums and counts, for the latest rides that there were. Keeps nothing."""
    drafted = queries.draft_of(await queries.get_draft(session, city, draft_id))
    past = await past_usages(session, city, drafted.vehicle_type, limit=rides)
    return PreviewView.of(await preview(session, clock, city, draft_id, past))


ROUTES: list[ControllerRouterHandler] = [preview_tariff]
