"""A night's report, from what the night wrote down, what was counted and what the day brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.booking.tables import Booking
from mobility.city import queries as city_queries
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.fleet.tables import Vehicle
from mobility.rebalancing.rules.history import Pairs
from mobility.rebalancing.rules.morning import (
    Booked,
    Effort,
    Kind,
    Line,
    Spot,
    Stock,
    Worked,
    found_effort,
    lines,
    planned_effort,
    promised_usable,
)
from mobility.rebalancing.rules.places import Places, places_of
from mobility.rebalancing.rules.plan_document import PlanDocument
from mobility.rebalancing.rules.prior import prior_rates
from mobility.rebalancing.service.forecast import find_kept, unpack
from mobility.rebalancing.service.nights import described
from mobility.rebalancing.service.past import read_day
from mobility.rebalancing.service.stock import find_stock
from mobility.rebalancing.tables import Night, NightPlan, NightTask


@dataclass(frozen=True, slots=True)
class Report:
    """Promise and fact of the night; `planned` and `version` are None when no plan was published."""

    night: Night
    day: date
    places: Places
    version: int | None
    planned: Effort | None
    found: Effort
    lines: Sequence[Line]


async def report_of(session: AsyncSession, night: Night) -> Report:
    """What the night promised for the day it ends on, and what that day was."""
    city = await get_city(session, night.city_id)
    pairs, day = Pairs(places_of(city)), city.date_of(night.ends_at)
    plan = await last_published(session, night.id)
    document = None if plan is None else msgspec.convert(plan.document, PlanDocument)
    evening, morning = [await find_stock(session, night.id, moment) for moment in ("evening", "morning")]
    rides = await read_day(session, city, pairs, prior_rates(city, pairs), day)
    told = lines(
        promised=await promised_at(session, city, evening, document),
        morning=morning,
        bookings=await _bookings(session, night, city),
        expected=await _expected(session, night.city_id, day, pairs),
        rides={spot: round(count) for spot, count in _spots(pairs, rides.departures.sum(axis=(0, 2))).items()},
        searches=_spots(pairs, rides.unserved.sum(axis=(0, 2))),
    )
    found = await _found(session, night, city, evening, morning)
    planned = None if document is None else planned_effort(document)
    return Report(night, day, pairs.places, plan.version if plan else None, planned, found, told)


async def last_published(session: AsyncSession, night_id: UUID) -> NightPlan | None:
    out = NightPlan.state.in_(("published", "superseded"))
    found = select(NightPlan).where(NightPlan.night_id == night_id, out).order_by(NightPlan.version.desc()).limit(1)
    return (await session.scalars(found)).first()


async def promised_at(
    session: AsyncSession,
    city: PreparedCity,
    evening: Mapping[Spot, Stock] | None,
    document: PlanDocument | None,
) -> dict[Spot, int] | None:
    """None without a plan or without what stood there when it began."""
    if evening is None or document is None:
        return None
    named = {vehicle.id for _, task in document.tasks() for vehicle in task.vehicles}
    rows = await session.execute(select(Vehicle.id, Vehicle.type_code).where(Vehicle.id.in_(named)))
    types = city.vehicle_types
    kinds = {
        vehicle_id: Kind(code, types[code].charge_percent_min, types[code].battery_wh)
        for vehicle_id, code in rows
        if code in types
    }
    return promised_usable(evening, document, kinds)


async def _bookings(session: AsyncSession, night: Night, city: PreparedCity) -> list[Booked]:
    """Of the day, from the night's end to midnight, of stations; those that riders called off are nobody's."""
    day_ends = city.begin_of(date.fromordinal(city.date_of(night.ends_at).toordinal() + 1))
    within = Booking.starts_at >= night.ends_at, Booking.starts_at < day_ends, Booking.state != "cancelled"
    found = select(Booking.start_station_id, Booking.type_code, Booking.state).where(
        Booking.city_id == night.city_id, Booking.start_station_id.is_not(None), *within
    )
    stations = {each.id: each.code for each in await city_queries.list_stations(session, night.city_id)}
    rows = await session.execute(found)
    return [Booked(Spot(stations[at], code), state) for at, code, state in rows if at in stations]


async def _expected(session: AsyncSession, city_id: str, day: date, pairs: Pairs) -> dict[Spot, float] | None:
    kept = await find_kept(session, city_id, day)
    if kept is None or kept.document["places"] != list(pairs.places.codes):
        return None
    departures = unpack(kept.numbers).departures.sum(axis=2)
    return _spots(pairs, departures[pairs.place, pairs.type])


async def _found(
    session: AsyncSession,
    night: Night,
    city: PreparedCity,
    evening: Mapping[Spot, Stock] | None,
    morning: Mapping[Spot, Stock] | None,
) -> Effort:
    words = described(city)
    rows = await session.scalars(select(NightTask).where(NightTask.night_id == night.id, NightTask.kind != "break"))
    work = [Worked(row.crew_code, row.state, row.started_at, row.closed_at) for row in rows]
    driven = {each.code for each in city.file.vehicle_types if each.return_constraint == "any_station"}
    totals = [
        sum(stock.charge_wh for spot, stock in (counted or {}).items() if spot.type_code in driven)
        for counted in (evening, morning)
    ]
    prices = [price.cents_per_kwh for price in words.energy]
    return found_effort(
        work,
        gained_wh=totals[1] - totals[0] if evening and morning else 0,
        efficiency=words.chargers.efficiency_percent / 100,
        cents_per_kwh=sum(prices) / len(prices),
        crew_cents_per_minute=words.crew_cents_per_minute,
    )


def _spots(pairs: Pairs, values: NDArray[np.float64]) -> dict[Spot, float]:
    """Values of pairs by spot, without those that are zero."""
    places = pairs.places
    return {
        Spot(places.codes[pairs.place[pair]], places.class_codes[pairs.type[pair]]): float(values[pair])
        for pair in np.flatnonzero(values).tolist()
    }
