from datetime import date, time

from litestar import get
from litestar.types import ControllerRouterHandler
from msgspec import Struct

from mobility.base.money import Money
from mobility.booking import queries
from mobility.booking.routes.given import CityId, Clock, Session
from mobility.city.service import UnknownCity, get_city
from mobility.payments.queries import takings_since
from mobility.riders.guards import has_role
from mobility.riders.rules.access import NotSignedIn, RoleMissing


class Today(Struct):
    """The city's day so far, by its own clocks."""

    date: date
    rides_running: int
    rides_ended: int
    takings: Money
    """What riders were charged since midnight, tax included."""


@get(
    "/v1/cities/{city:str}/today",
    guards=[has_role("operator")],
    summary="Count today's rides and takings",
    tags=["fleet"],
    operation_id="summarise_today",
    opt={"problems": [NotSignedIn, RoleMissing, UnknownCity]},
)
async def summarise_today(city: CityId, session: Session, clock: Clock) -> Today:
    prepared = await get_city(session, city)
    local = prepared.local(clock.now())
    midnight = local.combine(local.date(), time(), local.tzinfo)
    return Today(
        date=local.date(),
        rides_running=await queries.count_running(session, city),
        rides_ended=await queries.count_ended_since(session, city, midnight),
        takings=await takings_since(session, city, prepared.file.currency, midnight),
    )


ROUTES: list[ControllerRouterHandler] = [summarise_today]
