"""The facts behind the page as tables: their columns, each with its meaning, and CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Value = str | int | date | None


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Literal["date", "text", "integer"]
    meaning: str


CITY = Column("city", "text", "id of the city")
WEEK = Column("week", "date", "Monday of the week in which rides ended")
SUMS = (
    Column("trips", "integer", "rides; of at least ten different riders"),
    Column("minutes", "integer", "of all these rides together, pauses included"),
    Column("distance_m", "integer", "metres, by odometer"),
    Column("energy_wh", "integer", "estimated watt-hours"),
)
TRIPS = (
    CITY,
    WEEK,
    Column("part", "text", "when they began: night 0-6 h, morning 6-12 h, afternoon 12-18 h, evening 18-24 h"),
    Column("place", "text", "code of the commune they began in, or elsewhere"),
    Column("type_code", "text", "class of vehicle"),
    *SUMS,
)
WEEKS = (
    CITY,
    WEEK,
    *SUMS,
    Column("unserved", "integer", "searches that found nothing; empty from 1 to 9"),
    Column("cells", "integer", "rows of `trips` of this week"),
    Column("suppressed", "integer", "cells that are not told"),
)
HOURS = (
    CITY,
    WEEK,
    Column("hour", "integer", "of the day, 0 to 23, the week's seven days together"),
    Column("type_code", "text", "class of vehicle"),
    Column("fleet_minutes", "integer", "of vehicles in service"),
    Column("available_minutes", "integer", "of them, free"),
    Column("broken_minutes", "integer", "of them, out of service"),
)
TableName = Literal["trips", "weeks", "hours"]
TABLES: dict[TableName, tuple[Column, ...]] = {"trips": TRIPS, "weeks": WEEKS, "hours": HOURS}


def csv_of(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> str:
    """UTF-8 text with a header, RFC 4180; no cell can be a spreadsheet's formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: Value) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t") else text
