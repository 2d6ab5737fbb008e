"""What stands where when a night's work begins and when it is over, counted once each."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.booking.rules.nearby import HEARD_WITHIN
from mobility.city import queries as city_queries
from mobility.city.service import get_city
from mobility.rebalancing.rules.history import Pairs
from mobility.rebalancing.rules.morning import Spot, Stock
from mobility.rebalancing.rules.places import places_of
from mobility.rebalancing.service.past import End, Where
from mobility.rebalancing.tables import Night, NightStock

COUNTED_WITHIN = timedelta(hours=1)
"""After the moment; a worker that was away for longer counts something else."""

STANDING = text("""
    SELECT vehicle.type_code, vehicle.station_id, status.lon, status.lat,
        (status.charge_percent / 100 * (type.spec ->> 'battery_wh')::float)::int AS charge_wh,
        vehicle.state = 'available' AND status.heard_at > :heard_after
            AND status.charge_percent >= type.charge_percent_min AS usable
    FROM vehicle
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    JOIN vehicle_status AS status ON status.vehicle_id = vehicle.id
    WHERE vehicle.city_id = :city_id AND vehicle.state NOT IN ('removed', 'on_trip')
        AND NOT EXISTS (SELECT FROM rental WHERE rental.vehicle_id = vehicle.id AND rental.ended_at IS NULL)
""")


async def count_due(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Count for the nights of a city whose evening or morning has just come; how many counts."""
    counted = 0
    for moment, at in (("evening", Night.begins_at), ("morning", Night.ends_at)):
        done = exists().where(NightStock.night_id == Night.id, NightStock.moment == moment)
        due = select(Night).where(Night.city_id == city_id, at <= clock.now(), at > clock.now() - COUNTED_WITHIN, ~done)
        for night in await session.scalars(due.with_for_update(key_share=True, skip_locked=True)):
            await count_stock(session, clock, night, moment)
            counted += 1
    return counted


async def count_stock(session: AsyncSession, clock: Clock, night: Night, moment: str) -> None:
    """Write down what stands where now."""
    city, now = await get_city(session, night.city_id), clock.now()
    stations = {each.id: each.code for each in await city_queries.list_stations(session, night.city_id)}
    given = {"city_id": night.city_id, "heard_after": now - HEARD_WITHIN}
    rows = (await session.execute(STANDING, given)).all()
    pairs = Pairs(places_of(city))
    at = Where(pairs, stations)(
        [row.type_code for row in rows], [End(now, row.lon, row.lat, row.station_id) for row in rows]
    )
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for pair, row in zip(at.tolist(), rows, strict=True):
        found[pair].append(row)
    values = [
        {
            "night_id": night.id,
            "moment": moment,
            "place": pairs.places.codes[pairs.place[pair]],
            "type_code": pairs.places.class_codes[pairs.type[pair]],
            "usable": sum(row.usable for row in of_pair),
            "unusable": sum(not row.usable for row in of_pair),
            "charge_wh": sum(row.charge_wh for row in of_pair),
            "counted_at": now,
        }
        for pair, of_pair in found.items()
        if pair >= 0
    ]
    if values:
        await session.execute(insert(NightStock), values)


async def find_stock(session: AsyncSession, night_id: UUID, moment: str) -> Mapping[Spot, Stock] | None:
    """By spot; None when nothing was counted."""
    rows = await session.scalars(select(NightStock).where(NightStock.night_id == night_id, NightStock.moment == moment))
    found = {Spot(row.place, row.type_code): Stock(row.usable, row.unusable, row.charge_wh) for row in rows}
    return found or None
