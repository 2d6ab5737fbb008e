"""Rides that there were, as far as prices need to know of them; nobody's in particular."""

from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from mobility.booking.rules.rides import RentalState
from mobility.booking.service.bills import zones_holding
from mobility.booking.tables import Booking, Rental
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.city.tables import Station
from mobility.geo import LonLat
from mobility.pricing.rules.usage import Usage, usage_in
from mobility.pricing.tables import Tariff


async def past_usages(session: AsyncSession, city_id: str, type_code: str, *, limit: int) -> list[Usage]:
    """The latest rides of a class in a city; raises `UnknownCity`. Zones are those of today's file."""
    city = await get_city(session, city_id)
    booked_ahead = exists().where(Booking.rental_id == Rental.id)
    ended = (
        select(Rental, Station.code, booked_ahead)
        .join(Tariff, Tariff.id == Rental.tariff_id)
        .outerjoin(Station, Station.id == Rental.end_station_id)
        .where(Rental.city_id == city_id, Tariff.type_code == type_code, Rental.state == RentalState.ENDED)
        .options(selectinload(Rental.pauses))
        .order_by(Rental.ended_at.desc())
        .limit(limit)
    )
    return [usage for row in await session.execute(ended) if (usage := _usage(city, type_code, row)) is not None]


def _usage(city: PreparedCity, type_code: str, row: Row[Rental, str, bool]) -> Usage | None:
    rental, end_station, booked_ahead = row
    if rental.started_at is None or rental.ended_at is None or rental.end_lon is None or rental.end_lat is None:
        return None
    return usage_in(
        city,
        rental.started_at,
        rental.ended_at,
        pauses=tuple((pause.started_at, pause.ended_at or rental.ended_at) for pause in rental.pauses),
        distance_m=rental.distance_m or 0,
        end_zones=zones_holding(city, type_code, LonLat(rental.end_lon, rental.end_lat), rental.ended_at),
        end_station=end_station,
        booked_ahead=booked_ahead,
    )
