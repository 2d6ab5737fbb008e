"""Sums of days, as MDS's Metrics API tells them.

Days of the city by provider, and nothing across them: where a sum of fewer than ten rides is left out, no other answer
can be taken from another one to find it.

References
----------
.. [1] Open Mobility Foundation, MDS OpenAPI 2.0, reference/metrics.yaml.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mobility.mds.rules.protocol import ParameterUnreadable, id_of, milliseconds
from mobility.mds.rules.reports import REDACTED, K

Measure = Literal[
    "trips.start_loc.count",
    "trips.start_loc.duration.avg",
    "trips.start_loc.duration.sum",
    "trips.start_loc.distance.avg",
    "trips.start_loc.distance.sum",
]
MEASURES: Final[tuple[Measure, ...]] = Measure.__args__  # type: ignore[attr-defined]
INTERVAL: Final = "P1D"
DIMENSION: Final = "provider_id"
DAYS_MAX: Final = 366
DAY: Final = timedelta(days=1)
MDS_BEGAN: Final = datetime(2018, 1, 1, tzinfo=UTC)
"""No instant of MDS is before it (data-types/timestamp.yaml)."""


class Filter(Struct, frozen=True, kw_only=True):
    name: Literal["provider_id"]
    values: list[UUID]


class Query(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an agency asks; instants as milliseconds, or as the standard's `YYYY-MM-DDTHH:mm` with an offset."""

    measures: Annotated[list[Measure], Meta(min_length=1)]
    interval: Literal["P1D"]
    start_date: int | str
    end_date: int | str | None = None
    timezone: str | None = None
    dimensions: list[Literal["provider_id"]] | None = None
    filters: list[Filter] | None = None


@dataclass(frozen=True, slots=True)
class Ridden:
    """A day's rides of a provider together: seconds and metres."""

    count: int
    duration: int
    distance: int


NOTHING: Final = Ridden(0, 0, 0)


def read_query(body: bytes) -> Query:
    """Raises `ParameterUnreadable` for what is not served, or is no query."""
    try:
        return msgspec.json.decode(body, type=Query)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ParameterUnreadable(parameter="query", expected=str(error)) from None


def read_instant(name: str, told: int | str) -> datetime:
    """Raises `ParameterUnreadable`; without an offset the time is UTC."""
    try:
        if isinstance(told, int):
            return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=told)
        instant = datetime.fromisoformat(told)
    except (ValueError, OverflowError):
        raise ParameterUnreadable(parameter=name, expected="YYYY-MM-DDTHH:mm, or milliseconds") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def days_between(first: date, last: date) -> list[date]:
    """The days from the first to the last, a year at most."""
    if not timedelta(0) <= last - first < DAYS_MAX * DAY:
        raise ParameterUnreadable(parameter="end_date", expected=f"after start_date, {DAYS_MAX} days at most")
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def answer(
    query: Query, city_id: str, days: Sequence[tuple[date, datetime]], sums: Mapping[tuple[date, UUID], Ridden],
    providers: Sequence[UUID],
) -> dict[str, Any]:  # fmt: skip
    """The days' sums as a table; `days` are those asked for with their beginnings."""
    wanted = [value for filter_ in query.filters or () for value in filter_.values]
    shown = [each for each in providers if query.filters is None or each in wanted]
    rows = [
        [begins.isoformat(), INTERVAL, str(provider), *_cells(query.measures, sums.get((day, provider), NOTHING))]
        for day, begins in days
        for provider in shown
    ]
    told = {**msgspec.to_builtins(query), "k_value": K}
    columns = [
        {"name": "interval_start", "column_type": "dimension", "data_type": "datetime"},
        {"name": "interval_duration", "column_type": "dimension", "data_type": "string"},
        {"name": DIMENSION, "column_type": "dimension", "data_type": "string"},
        *({"name": name, "column_type": "metric", "data_type": "integer"} for name in query.measures),
    ]
    return {"id": str(id_of("metrics", city_id, told)), "query": told, "columns": columns, "rows": rows}


def discovery(began_at: datetime | None) -> dict[str, Any]:
    # Milliseconds: the standard's other way to tell an instant has no November (data-types/iso-dayhourminute.yaml).
    since = milliseconds((began_at or MDS_BEGAN).replace(minute=0, second=0, microsecond=0))
    metric = {"measures": list(MEASURES), "since": since, "intervals": [INTERVAL]}
    return {"metrics": [metric], "max_intervals": DAYS_MAX, "dimensions": [DIMENSION], "filters": [DIMENSION]}


def _cells(measures: Sequence[Measure], ridden: Ridden) -> list[int]:
    if ridden.count < K:
        return [REDACTED] * len(measures)
    values: Mapping[str, int] = {
        "count": ridden.count,
        "duration.avg": round(ridden.duration / ridden.count),
        "duration.sum": ridden.duration,
        "distance.avg": round(ridden.distance / ridden.count),
        "distance.sum": ridden.distance,
    }
    return [values[name.removeprefix("trips.start_loc.")] for name in measures]
