"""What the feeds would say of zones that are still being drawn."""

import asyncio
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city import queries
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.ground import Ground, faults_of
from mobility.city.rules.refusals import GroundRefused, UnknownGroundDraft
from mobility.city.service import UnknownCity, get_city
from mobility.feeds.rules.zones import pieces, rules
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing


class GeofencingPreview(Struct, kw_only=True):
    """As GBFS 3.0 `geofencing_zones.json` has it, all zones in force at once."""

    geofencing_zones: Annotated[dict[str, Any], Meta(description="A GeoJSON FeatureCollection without overlaps")]
    global_rules: Annotated[list[dict[str, Any]], Meta(description="Outside all zones")]


@get(
    "/v1/cities/{city:str}/ground/draft/geofencing-zones",
    guards=[has_role("operator")],
    summary="See what GBFS would say of the zones of a draft",
    tags=["ground"],
    operation_id="preview_geofencing",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity, UnknownGroundDraft, GroundRefused]},
)
async def preview_geofencing(
    session: NamedDependency[AsyncSession],
    city: Annotated[str, PathParameter(description="Id of a city", max_length=40)],
) -> GeofencingPreview:
    """Other apps of the street read this file: the ground cut into pieces, each with the rules of every class."""
    found = await get_city(session, city)
    ground = queries.ground_in(await queries.get_draft(session, city))
    return await asyncio.to_thread(_preview, found.file, ground)


def _preview(city: CityFile, ground: Ground) -> GeofencingPreview:
    if faults := faults_of(city, ground):
        raise GroundRefused(faults)
    types = city.vehicle_types
    features = [
        {
            "type": "Feature",
            "properties": {"name": piece.zone.name, "rules": piece.rules},
            "geometry": piece.area,
        }
        for piece in pieces(ground.zones, types)
    ]
    return GeofencingPreview(
        geofencing_zones={"type": "FeatureCollection", "features": features}, global_rules=rules([], types)
    )


ROUTES: list[ControllerRouterHandler] = [preview_geofencing]
