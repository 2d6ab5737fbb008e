"""What a row of a people or places file holds; `docs/people.md` explains the columns to those who write one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from shapely.geometry.base import BaseGeometry

from mobility.city.rules.faults import Fault
from mobility.city.rules.words import Code

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]
Share = Annotated[float, Meta(ge=0, le=1)]
Residents = Annotated[int, Meta(ge=0, le=10_000_000)]
Weight = Annotated[float, Meta(gt=0, le=1_000_000)]
Kind = Literal["rail", "school", "hospital", "market", "job_site", "shopping", "leisure", "town_hall", "car_park"]
AGE = re.compile(r"age_(\d{1,3})")


class SourceRow(Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    name: Text
    licence: Text
    as_of: date
    url: Annotated[str, Meta(pattern=r"^https?://\S+$")]


class PeopleRow(Struct, frozen=True):
    """Without a position the residents are spread over the outline: the feature's own, else the commune's."""

    id: Text
    commune: Text
    residents: Residents
    source: Code
    lon: Lon | None = None
    lat: Lat | None = None
    licensed_share: Share | None = None
    carless_share: Share | None = None


class PlaceRow(Struct, frozen=True):
    id: Text
    name: Text
    kind: Kind
    lon: Lon
    lat: Lat
    source: Code
    weight: Weight = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by column as a file gives them, empty ones left out; `where` names file and row."""

    where: str
    cells: Mapping[str, Any]
    outline: BaseGeometry | None = None


def age_of(column: str) -> int | None:
    """The age that the band of an `age_…` column begins with."""
    match = AGE.fullmatch(column)
    return int(match[1]) if match else None


def column_faults(where: str, columns: Sequence[str], wanted: type[Struct], *, has_ages: bool) -> Iterator[Fault]:
    fields = msgspec.structs.fields(wanted)
    known = [field.name for field in fields]
    for column in columns:
        if column not in known and not (has_ages and age_of(column) is not None):
            yield Fault(where, "unknown_column", f"{column!r} is no column of this format: {', '.join(known)}")
    for column in {each for each in columns if columns.count(each) > 1}:
        yield Fault(where, "duplicate_column", f"{column!r} comes twice")


def cell_faults(row: Row, wanted: type[Struct]) -> Iterator[Fault]:
    """Every cell that is missing or is not what its column holds."""
    for field in msgspec.structs.fields(wanted):
        if field.name in row.cells:
            try:
                msgspec.convert(row.cells[field.name], field.type, strict=False)
            except msgspec.ValidationError as error:
                said = f"{row.cells[field.name]!r} is not allowed: {str(error).lower()}"
                yield Fault(f"{row.where} {field.name}", "wrong_value", said)
        elif field.required:
            yield Fault(f"{row.where} {field.name}", "missing_value", "is missing")


def age_faults(row: Row, ages: Sequence[int]) -> Iterator[Fault]:
    """Shares of ages are given for every band or for none, and sum to 1."""
    given = {age: row.cells[f"age_{age}"] for age in ages if f"age_{age}" in row.cells}
    try:
        shares = msgspec.convert(list(given.values()), list[Share], strict=False)
    except msgspec.ValidationError as error:
        yield Fault(f"{row.where} age", "wrong_value", f"a share is not allowed: {str(error).lower()}")
        return
    if given and (len(given) < len(ages) or abs(sum(shares) - 1) > 0.01):
        yield Fault(f"{row.where} age", "wrong_ages", f"the shares of all {len(ages)} ages sum to 1, or none is given")
