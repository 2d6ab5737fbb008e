"""A people or places file as rows: CSV with a header, or a GeoJSON FeatureCollection."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.faults import Fault
from mobility.people.rows import Row

ROWS_MAX = 200_000
"""Inhabited squares of 200 m of a large region; more is a broken generator's file."""


class SheetRefused(Exception):
    """A file that cannot be taken apart at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path) -> Sheet:
    """The rows of a file; raises `SheetRefused`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        sheet = _geojson(path.name, text) if path.suffix in (".geojson", ".json") else _csv(path.name, text)
    except OSError as error:
        raise SheetRefused(Fault(path.name, "file_missing", error.strerror or "cannot be read")) from None
    except (ValueError, csv.Error, shapely.GEOSException) as error:
        raise SheetRefused(Fault(path.name, "syntax", str(error))) from None
    if len(sheet.rows) > ROWS_MAX:
        raise SheetRefused(Fault(path.name, "too_many", f"has more than {ROWS_MAX:,} rows"))
    return sheet


def _csv(name: str, text: str) -> Sheet:
    lines = csv.reader(text.splitlines(), strict=True)
    columns = tuple(each.strip() for each in next(lines, []))
    rows = []
    for cells in lines:
        if len(cells) > len(columns):
            raise SheetRefused(Fault(f"{name}:{lines.line_num}", "syntax", "has more cells than the header"))
        if cells:
            told = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            rows.append(Row(f"{name}:{lines.line_num}", {key: cell for key, cell in told.items() if cell}))
    return Sheet(name, columns, tuple(rows))


def _geojson(name: str, text: str) -> Sheet:
    match json.loads(text):
        case {"features": list(features)}:
            rows = tuple(_feature(f"{name}[{at}]", each) for at, each in enumerate(features))
        case _:
            raise ValueError("is not a GeoJSON FeatureCollection")
    return Sheet(name, tuple(dict.fromkeys(column for row in rows for column in row.cells)), rows)


def _feature(where: str, feature: Any) -> Row:
    """Properties are cells; a point is a position, a polygon an outline."""
    match feature:
        case {"properties": Mapping() as cells, "geometry": geometry}:
            known = {key: cell for key, cell in cells.items() if cell is not None}
        case _:
            raise SheetRefused(Fault(where, "syntax", "is not a GeoJSON feature with properties and a geometry"))
    match geometry:
        case {"type": "Point", "coordinates": [lon, lat, *_]}:
            return Row(where, known | {"lon": lon, "lat": lat})
        case {"type": "Polygon" | "MultiPolygon"}:
            return Row(where, known, _outline(where, geometry))
        case None:
            return Row(where, known)
    raise SheetRefused(Fault(where, "syntax", "its geometry is neither a point nor a polygon"))


def _outline(where: str, geometry: Mapping[str, Any]) -> BaseGeometry:
    outline: BaseGeometry = shapely.from_geojson(json.dumps(geometry))
    if outline.is_empty or not outline.is_valid or not all(map(_is_degree, shapely.get_coordinates(outline).flat)):
        raise SheetRefused(Fault(where, "wrong_outline", "its polygon is empty, crosses itself or is off the globe"))
    return outline


def _is_degree(value: float) -> bool:
    return -180 <= value <= 180


def repeated(rows: tuple[Row, ...]) -> Iterator[Fault]:
    """Ids that an earlier row has."""
    first: dict[str, str] = {}
    for row in rows:
        code = str(row.cells.get("id", ""))
        if code and first.setdefault(code, row.where) != row.where:
            yield Fault(f"{row.where} id", "duplicate_id", f"{code!r} is the id of {first[code]} already")
