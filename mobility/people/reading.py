"""A city's people and places from the files that its `people.toml` names; every fault is found, not only the first."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from mobility.base.errors import Invalid
from mobility.city.rules.faults import Fault
from mobility.city.rules.prepared import PreparedCity
from mobility.people.arrays import demand_points, places_in
from mobility.people.ground import Ground
from mobility.people.points import People, Source
from mobility.people.rows import PeopleRow, PlaceRow, Row, SourceRow, age_faults, age_of, cell_faults, column_faults
from mobility.people.sheets import Sheet, SheetRefused, read_sheet, repeated
from mobility.people.spreading import CELL_M

FORMAT = 1


class PeopleRefused(Invalid):
    """The files are refused together; `faults` lists every error found."""

    code = "people_refused"
    fr = "Les habitants et les lieux de la ville sont refusés : {count} erreur(s)."
    en = "The city's people and places are refused: {count} error(s)."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults), errors=[asdict(fault) for fault in faults])
        self.faults = tuple(faults)


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """`people.toml`: the files beside it, and who says what is in them."""

    format: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    people: Annotated[tuple[str, ...], Meta(min_length=1)]
    sources: Annotated[tuple[SourceRow, ...], Meta(min_length=1)]
    places: tuple[str, ...] = ()
    cell_m: Annotated[float, Meta(ge=50, le=5_000)] = CELL_M


def read_people(path: Path, city: PreparedCity) -> People:
    """Who lives in a city and what they go to, by its `people.toml`.

    Raises
    ------
    PeopleRefused
        With every fault found.
    """
    manifest = _manifest(path)
    people, places = (_sheets(path.parent, names) for names in (manifest.people, manifest.places))
    ground = Ground.of(city)
    faults = [*_faults(people, PeopleRow, manifest), *_faults(places, PlaceRow, manifest)]
    faults += [fault for sheet in people for row in sheet.rows for fault in ground.faults_of_home(row)]
    faults += [fault for sheet in places for row in sheet.rows for fault in ground.faults_of_position(row)]
    if not faults and not any(_residents(row) for sheet in people for row in sheet.rows):
        faults = [Fault(path.name, "nobody", "nobody lives in any of its rows")]
    if faults:
        raise PeopleRefused(faults)
    sources = tuple(Source(**msgspec.structs.asdict(each)) for each in manifest.sources)
    points = demand_points(_rows(people), ages=_ages(people), ground=ground, sources=sources, cell_m=manifest.cell_m)
    return People(points=points, places=places_in(_rows(places), sources=sources))


def _manifest(path: Path) -> Manifest:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Manifest)
    except OSError as error:
        raise PeopleRefused([Fault(path.name, "file_missing", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PeopleRefused([Fault(path.name, "syntax", str(error))]) from None
    except msgspec.ValidationError as error:
        raise PeopleRefused([Fault(path.name, "wrong_value", str(error))]) from None


def _sheets(folder: Path, names: Sequence[str]) -> list[Sheet]:
    try:
        return [read_sheet(folder / name) for name in names]
    except SheetRefused as refused:
        raise PeopleRefused([refused.fault]) from None


def _faults(sheets: Sequence[Sheet], wanted: type[Struct], manifest: Manifest) -> Iterator[Fault]:
    codes = {source.code for source in manifest.sources}
    has_ages = wanted is PeopleRow
    ages = _ages(sheets)
    for sheet in sheets:
        yield from column_faults(sheet.name, sheet.columns, wanted, has_ages=has_ages)
        for row in sheet.rows:
            yield from cell_faults(row, wanted)
            yield from age_faults(row, ages)
            if row.cells.get("source", next(iter(codes))) not in codes:
                yield Fault(f"{row.where} source", "unknown_source", f"no source {row.cells['source']!r} is described")
    yield from repeated(_rows(sheets))


def _rows(sheets: Sequence[Sheet]) -> tuple[Row, ...]:
    return tuple(row for sheet in sheets for row in sheet.rows)


def _ages(sheets: Sequence[Sheet]) -> tuple[int, ...]:
    found = {age_of(column) for sheet in sheets for column in sheet.columns}
    return tuple(sorted(age for age in found if age is not None))


def _residents(row: Row) -> Any:
    return int(float(row.cells["residents"]))
