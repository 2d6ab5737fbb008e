"""Somebody else's file as files of this format, with its source named."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import shapely

from mobility.people.points import Source
from mobility.people.rows import Row
from mobility.people.sheets import Sheet

MANIFEST = "people.toml"


def renamed(sheet: Sheet, columns: Mapping[str, str], source: str) -> Sheet:
    """The sheet with its columns under this format's names, those that have none left out, and every row's source.

    `columns` are this format's names and the file's; without any, the file has this format's names already.
    """
    kept = {"lon": "lon", "lat": "lat", **columns} if columns else None
    rows = tuple(replace(row, cells=_cells(row, kept) | {"source": source}) for row in sheet.rows)
    return Sheet(sheet.name, tuple(dict.fromkeys(column for row in rows for column in row.cells)), rows)


def _cells(row: Row, columns: Mapping[str, str] | None) -> dict[str, Any]:
    if columns is None:
        return dict(row.cells)
    return {ours: row.cells[theirs] for ours, theirs in columns.items() if theirs in row.cells}


def as_text(sheet: Sheet) -> str:
    """CSV, or GeoJSON where rows have outlines."""
    if any(row.outline is not None for row in sheet.rows):
        return json.dumps({"type": "FeatureCollection", "features": [_feature(row) for row in sheet.rows]})
    text = io.StringIO()
    lines = csv.DictWriter(text, sheet.columns, lineterminator="\n")
    lines.writeheader()
    lines.writerows(row.cells for row in sheet.rows)
    return text.getvalue()


def file_name(sheet: Sheet, kind: str) -> str:
    return f"{kind}.geojson" if any(row.outline is not None for row in sheet.rows) else f"{kind}.csv"


def _feature(row: Row) -> dict[str, Any]:
    cells = {key: cell for key, cell in row.cells.items() if key not in ("lon", "lat")}
    if row.outline is not None:
        geometry = json.loads(shapely.to_geojson(row.outline))
    elif "lon" in row.cells:
        geometry = {"type": "Point", "coordinates": [row.cells["lon"], row.cells["lat"]]}
    else:
        geometry = None
    return {"type": "Feature", "properties": cells, "geometry": geometry}


def manifest(files: Mapping[str, str], source: Source, cell_m: float) -> str:
    """`people.toml`; `files` are the names of the files of `people` and of `places`."""
    lists = [f"{kind} = [{json.dumps(name)}]" for kind, name in files.items()]
    words = {"code": source.code, "name": source.name, "licence": source.licence}
    told = [f"{key} = {json.dumps(word, ensure_ascii=False)}" for key, word in words.items()]
    told += [f"as_of = {source.as_of:%Y-%m-%d}", f"url = {json.dumps(source.url)}"]
    return "\n".join(["format = 1", *lists, f"cell_m = {cell_m:g}", "", "[[sources]]", *told, ""])
