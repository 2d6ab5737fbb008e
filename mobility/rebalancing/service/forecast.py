import asyncio
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from mobility.base.clock import Clock
from mobility.base.errors import Conflict, Invalid, NotFound
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.rebalancing.rules.backtest import BackTest, back_test
from mobility.rebalancing.rules.calendar import calendar_of
from mobility.rebalancing.rules.day_factors import Day, days_of
from mobility.rebalancing.rules.forecast import Demand, Flows
from mobility.rebalancing.rules.forecasting import Forecast, Situation, forecast
from mobility.rebalancing.rules.history import History, Pairs
from mobility.rebalancing.rules.places import Places, places_of
from mobility.rebalancing.rules.prior import prior_rates
from mobility.rebalancing.rules.weather import Weather
from mobility.rebalancing.service.past import read_history
from mobility.rebalancing.tables import DemandForecast

DAYS_AHEAD_MAX = 60
"""Farther ahead nothing that a forecast knows is still true, and the night needs tomorrow."""
KEPT = timedelta(days=400)
"""As long as the searches that it rests on."""
NO_WEATHER: Mapping[date, Weather] = {}


class NothingToForecastFrom(Conflict):
    code = "nothing_to_forecast_from"
    fr = "La ville n'a ni trajets passés, ni demande attendue (« demand ») dans son fichier."
    en = "The city has neither past rides nor an expected demand (`demand`) in its file."


class DayTooFar(Invalid):
    code = "day_too_far"
    fr = "Une prévision porte sur {days} jours au plus."
    en = "A forecast looks {days} days ahead at most."


class NoForecast(NotFound):
    code = "no_forecast"
    fr = "Il n'y a pas de prévision pour ce jour."
    en = "There is no forecast for that day."


@dataclass(frozen=True, eq=False)
class Outlook:
    """A forecast with all that it was worked out from."""

    places: Places
    situation: Situation
    history: History
    test: BackTest
    forecast: Forecast


async def demand_for(session: AsyncSession, city: PreparedCity, day: date) -> Demand:
    """What a day is expected to ask for, by `places_of(city)`: as kept last, or else worked out now.

    Raises
    ------
    NothingToForecastFrom
    """
    kept = await find_kept(session, city.file.id, day)
    if kept is not None and kept.document["places"] == list(places_of(city).codes):
        return unpack(kept.numbers)
    return (await look_ahead(session, city, day, today=day - timedelta(days=1))).forecast.demand


async def look_ahead(
    session: AsyncSession,
    city: PreparedCity,
    day: date,
    *,
    today: date,
    weather: Mapping[date, Weather] = NO_WEATHER,
) -> Outlook:
    """The forecast of a day from the days before today, or before that day if it is over.

    Raises
    ------
    NothingToForecastFrom, DayTooFar
    """
    if (day - today).days > DAYS_AHEAD_MAX:
        raise DayTooFar(days=DAYS_AHEAD_MAX)
    places = places_of(city)
    pairs = Pairs(places)
    situation = Situation(pairs, prior_rates(city, pairs), calendar_of(city))
    history = await read_history(session, city, pairs, situation.prior, min(day, today))
    if city.file.demand is None and not history.departures.any():
        raise NothingToForecastFrom
    past = days_of(history.days, situation.calendar, weather)
    (coming,) = days_of([day], situation.calendar, weather)
    # Some seconds of arithmetic: others are served meanwhile.
    return await asyncio.to_thread(_work_out, places, situation, history, past, coming)


def _work_out(places: Places, situation: Situation, history: History, past: Sequence[Day], coming: Day) -> Outlook:
    test = back_test(situation, history, past)
    made = forecast(situation, history, past, coming, method=test.chosen, doubt_of_a_day=test.doubt_of_a_day)
    return Outlook(places, situation, history, test, made)


async def find_kept(session: AsyncSession, city_id: str, day: date) -> DemandForecast | None:
    """The latest version of a day's forecast."""
    kept = select(DemandForecast).where(DemandForecast.city_id == city_id, DemandForecast.day == day)
    latest = kept.order_by(DemandForecast.version.desc()).limit(1)
    return (await session.scalars(latest.options(undefer(DemandForecast.numbers)))).first()


async def get_kept(session: AsyncSession, city_id: str, day: date) -> DemandForecast:
    """Like `find_kept`; raises `NoForecast`."""
    kept = await find_kept(session, city_id, day)
    if kept is None:
        raise NoForecast
    return kept


async def keep(session: AsyncSession, clock: Clock, outlook: Outlook) -> DemandForecast:
    """Write the forecast down as the newest version of its day."""
    city_id, day = outlook.places.city_id, outlook.forecast.day.day
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"forecast:{city_id}"))))
    before = await find_kept(session, city_id, day)
    kept = DemandForecast(
        city_id=city_id,
        day=day,
        version=before.version + 1 if before else 1,
        made_at=clock.now(),
        method=outlook.forecast.method,
        document=document_of(outlook),
        numbers=pack(outlook.forecast.demand),
    )
    session.add(kept)
    await session.flush()
    return kept


async def keep_tomorrow(session: AsyncSession, clock: Clock, city_id: str) -> int:
    """Keep a forecast of the city's next day unless there is one; how many were."""
    city = await get_city(session, city_id)
    today = city.date_of(clock.now())
    tomorrow = today + timedelta(days=1)
    if await find_kept(session, city_id, tomorrow) is not None:
        return 0
    try:
        await keep(session, clock, await look_ahead(session, city, tomorrow, today=today))
    except NothingToForecastFrom:
        return 0
    return 1


async def forget(session: AsyncSession, clock: Clock) -> int:
    """Delete forecasts older than `KEPT`; how many."""
    old = delete(DemandForecast).where(DemandForecast.made_at < clock.now() - KEPT)
    return len((await session.scalars(old.returning(DemandForecast.id))).all())


def document_of(outlook: Outlook) -> dict[str, Any]:
    """What is told of a kept forecast: its places and classes, and what it rests on."""
    history, test = outlook.history, outlook.test
    return {
        "places": list(outlook.places.codes),
        "classes": list(outlook.places.class_codes),
        "history_days": len(history.days),
        "rides": round(float(history.departures.sum())),
        "searches": round(float(history.unserved.sum())),
        "tested_days": len(test.days),
        "deviance": {name: round(float(days.mean()), 2) for name, days in test.deviance.items() if len(days)},
    }


def pack(demand: Demand) -> bytes:
    """The demand's arrays as a compressed NumPy archive; 32 bits are finer than any forecast."""
    packed = io.BytesIO()
    flows = {"departures": demand.departures, "returns": demand.returns}
    flows |= {"departures_low": demand.low.departures, "returns_low": demand.low.returns}
    flows |= {"departures_high": demand.high.departures, "returns_high": demand.high.returns}
    small: dict[str, Any] = {name: values.astype(np.float32) for name, values in flows.items()}
    small |= {"certainty": demand.certainty, "day_certainty": np.array(demand.day_certainty)}
    np.savez_compressed(packed, **small)
    return packed.getvalue()


def unpack(numbers: bytes) -> Demand:
    with np.load(io.BytesIO(numbers), allow_pickle=False) as kept:
        return Demand(
            kept["departures"],
            kept["returns"],
            low=Flows(kept["departures_low"], kept["returns_low"]),
            high=Flows(kept["departures_high"], kept["returns_high"]),
            certainty=kept["certainty"],
            day_certainty=float(kept["day_certainty"]),
        )
