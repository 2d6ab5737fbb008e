"""The city's page: figures of whole weeks, and who has a vehicle within a quarter of an hour now."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.prepared import PreparedCity
from mobility.geo.streets.times import Times
from mobility.oversight import queries
from mobility.oversight.rules.coverage import Coverage, coverage
from mobility.oversight.rules.definitions import FigureId
from mobility.oversight.rules.exports import TABLES, TableName, Value
from mobility.oversight.service.census import Census

QUERIES: Mapping[FigureId, str] = {
    "trips": queries.WEEKS,
    "distance": queries.WEEKS,
    "energy": queries.WEEKS,
    "unserved": queries.WEEKS,
    "answered": queries.WEEKS,
    "available": queries.AVAILABLE_BY_HOUR,
    "broken": queries.AVAILABLE_BY_HOUR,
    "places": queries.TRIPS_BY_PLACE,
    "coverage": "GET /v1/cities/{city}/coverage",
    "permit": "GET /v1/cities/{city}/compliance?from={first_day}&to={last_day}",
}
"""How each figure is asked for: SQL over what is published, or an address of this service."""

Rows = Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class Figures:
    weeks: Rows
    hours: Rows
    places: Rows


async def read_figures(session: AsyncSession, city_id: str, first_week: date, last_week: date) -> Figures:
    async def rows(query: str) -> Rows:
        return await queries.read_figure(session, query, city_id, first_week, last_week)

    return Figures(
        weeks=await rows(queries.WEEKS),
        hours=await rows(queries.AVAILABLE_BY_HOUR),
        places=await rows(queries.TRIPS_BY_PLACE),
    )


async def read_coverage(session: AsyncSession, city: PreparedCity, census: Census, times: Times | None) -> Coverage:
    """As it is now; some thousand homes against some hundred places, outside the event loop.

    Raises
    ------
    PeopleRefused
    """
    city_id = city.file.id
    stations = await queries.list_stations_at(session, city_id)
    vehicles = await queries.list_available_at(session, city_id)
    communes = len(city.file.communes)
    return await asyncio.to_thread(lambda: coverage(census.homes_of(city), communes, stations, vehicles, times))


async def read_table(
    session: AsyncSession, name: TableName, city_id: str, first_week: date, last_week: date
) -> list[Sequence[Value]]:
    """The rows of an export, in the order of its columns."""
    found: Sequence[Any]
    if name == "weeks":
        found = await queries.read_figure(session, queries.WEEKS, city_id, first_week, last_week)
        rows = [dict(row) for row in found]
    else:
        read = queries.list_cells if name == "trips" else queries.list_service_hours
        rows = [vars(row) for row in await read(session, city_id, first_week, last_week)]
    names = [column.name for column in TABLES[name][1:]]
    return [[city_id, *(row[each] for each in names)] for row in rows]
