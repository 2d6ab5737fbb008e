from datetime import date, datetime
from typing import Annotated, Any, Self

import numpy as np
from msgspec import Meta, Struct

from mobility.rebalancing.rules.forecast import Demand
from mobility.rebalancing.rules.history import HOURS
from mobility.rebalancing.rules.places import Places
from mobility.rebalancing.tables import DemandForecast

PlaceCode = Annotated[str, Meta(description="Code of a station, or of a cell of 400 m", examples=["rail-station"])]
Rides = Annotated[float, Meta(description="Rides of the day", examples=[4.2])]


class PlaceForecast(Struct, frozen=True, kw_only=True):
    """One class at one place; between low and high lies its rate in four cases of five."""

    place: PlaceCode
    name: dict[str, str]
    type: Annotated[str, Meta(description="Code of the vehicle type", examples=["moped"])]
    departures: Rides
    departures_low: float
    departures_high: float
    returns: Rides
    departures_by_hour: Annotated[list[float], Meta(description="24 hours of the city's clocks")]
    returns_by_hour: list[float]


class ForecastView(Struct, frozen=True, kw_only=True):
    """The places with the most rides first. There is no next page: ask for more at once."""

    city: str
    day: date
    version: Annotated[int, Meta(description="Of the day's forecast; the last one counts")]
    made_at: datetime
    method: Annotated[str, Meta(description="`rates`, or what won the back-test", examples=["rates"])]
    history_days: int
    rides: Annotated[int, Meta(description="Of the history")]
    searches: Annotated[int, Meta(description="Of the history, that found nothing")]
    items: list[PlaceForecast]
    next: None = None

    @classmethod
    def of(cls, kept: DemandForecast, demand: Demand, places: Places, limit: int) -> Self:
        totals = np.where(places.serves, demand.departures.sum(axis=2), -1.0)
        order = np.argsort(-totals, axis=None, kind="stable")[: min(limit, int(places.serves.sum()))]
        told = {name: kept.document[name] for name in ("history_days", "rides", "searches")}
        at = [(int(place), int(number)) for place, number in zip(*np.unravel_index(order, totals.shape), strict=True)]
        return cls(
            city=kept.city_id,
            day=kept.day,
            version=kept.version,
            made_at=kept.made_at,
            method=kept.method,
            items=[_of_place(demand, places, *each) for each in at],
            **told,
        )


def _of_place(demand: Demand, places: Places, place: int, number: int) -> PlaceForecast:
    at = place, number
    return PlaceForecast(
        place=places.codes[place],
        name=places.places[place].name,
        type=places.class_codes[number],
        departures=_sum(demand.departures[at]),
        departures_low=_sum(demand.low.departures[at]),
        departures_high=_sum(demand.high.departures[at]),
        returns=_sum(demand.returns[at]),
        departures_by_hour=_hours(demand.departures[at]),
        returns_by_hour=_hours(demand.returns[at]),
    )


def _sum(quarters: Any) -> float:
    return round(float(quarters.sum()), 3)


def _hours(quarters: Any) -> list[float]:
    return [round(float(rides), 3) for rides in quarters.reshape(HOURS, -1).sum(axis=1)]
