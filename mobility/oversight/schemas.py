from datetime import date
from typing import Annotated, Literal, Self

from msgspec import Meta, Struct

from mobility.city.rules.city_file import Commune
from mobility.city.rules.words import Names
from mobility.oversight.rules.anonymity import K
from mobility.oversight.rules.coverage import QUARTER_HOUR_MIN, Coverage, Reached
from mobility.oversight.rules.definitions import Definition, FigureId
from mobility.oversight.rules.exports import TABLES, TableName
from mobility.oversight.service.figures import QUERIES, Figures

Share = Annotated[float | None, Meta(description="0 to 1; null: nothing to divide by")]
Told = Annotated[int | None, Meta(description="null: fewer than ten people")]


class WeekView(Struct, frozen=True, kw_only=True):
    week: Annotated[date, Meta(description="Its Monday")]
    trips: Told
    minutes: Told
    distance_m: Told
    energy_wh: Told
    unserved: Told
    answered: Share
    cells: Annotated[int, Meta(description="Published cells")]
    suppressed: Annotated[int, Meta(description="Cells that are not told")]


class HourView(Struct, frozen=True, kw_only=True):
    hour: Annotated[int, Meta(ge=0, le=23)]
    available: Share
    broken: Share


class PlaceTrips(Struct, frozen=True, kw_only=True):
    place: Annotated[str, Meta(description="Code of a commune, or `elsewhere`")]
    name: str
    trips: int


class FiguresView(Struct, frozen=True, kw_only=True):
    """Whole weeks, each made once and never changed."""

    first_week: date
    last_week: date
    weeks: list[WeekView]
    hours: list[HourView]
    places: list[PlaceTrips]

    @classmethod
    def of(cls, figures: Figures, first_week: date, last_week: date, names: dict[str, str]) -> Self:
        return cls(
            first_week=first_week,
            last_week=last_week,
            weeks=[WeekView(**row, answered=_answered(row["trips"], row["unserved"])) for row in figures.weeks],
            hours=[HourView(**row) for row in figures.hours],
            places=[
                PlaceTrips(place=row["place"], name=names.get(row["place"], row["place"]), trips=row["trips"])
                for row in figures.places
            ],
        )


class CommuneCoverage(Struct, frozen=True, kw_only=True):
    code: str
    name: str
    residents: int
    by_station: Annotated[int, Meta(description="Of them, within reach of a station")]
    by_vehicle: Annotated[int, Meta(description="Of them, within reach of a vehicle that is free now")]

    @classmethod
    def of(cls, commune: Commune, reached: Reached) -> Self:
        return cls(
            code=commune.code,
            name=commune.name,
            residents=reached.residents,
            by_station=reached.by_station,
            by_vehicle=reached.by_vehicle,
        )


class CoverageView(Struct, frozen=True, kw_only=True):
    minutes: Annotated[int, Meta(description="On foot", examples=[QUARTER_HOUR_MIN])]
    basis: Annotated[Literal["streets", "straight_line", "mixed"], Meta(description="What walks were measured by")]
    spread_share: Annotated[
        float, Meta(description="0 to 1, of the residents: those spread evenly over their commune for want of more")
    ]
    communes: list[CommuneCoverage]

    @classmethod
    def of(cls, found: Coverage, communes: tuple[Commune, ...]) -> Self:
        rows = [CommuneCoverage.of(*each) for each in zip(communes, found.communes, strict=True)]
        return cls(minutes=QUARTER_HOUR_MIN, basis=found.basis, spread_share=found.spread_share, communes=rows)


class DefinitionView(Struct, frozen=True, kw_only=True):
    id: FigureId
    unit: Annotated[str, Meta(description="UCUM-like: m, Wh, 1 for a share; or what is counted")]
    name: Names
    meaning: Names
    query: Annotated[str, Meta(description="SQL over what is published, or an address of this service")]

    @classmethod
    def of(cls, definition: Definition) -> Self:
        said = {"fr": definition.fr, "en": definition.en}
        return cls(
            id=definition.id,
            unit=definition.unit,
            name={language: name for language, (name, _) in said.items()},
            meaning={language: meaning for language, (_, meaning) in said.items()},
            query=QUERIES[definition.id].strip(),
        )


class ColumnView(Struct, frozen=True, kw_only=True):
    name: str
    kind: Literal["date", "text", "integer"]
    meaning: str


class Definitions(Struct, frozen=True, kw_only=True):
    """What each figure means, how it is asked for, and the tables that can be taken away."""

    k: Annotated[int, Meta(description="So many different riders stand behind every published number", examples=[K])]
    figures: list[DefinitionView]
    tables: dict[TableName, list[ColumnView]]

    @classmethod
    def of(cls, definitions: tuple[Definition, ...]) -> Self:
        tables = {
            name: [ColumnView(name=each.name, kind=each.kind, meaning=each.meaning) for each in columns]
            for name, columns in TABLES.items()
        }
        return cls(k=K, figures=[DefinitionView.of(each) for each in definitions], tables=tables)


def _answered(trips: int | None, unserved: int | None) -> float | None:
    return trips / (trips + unserved) if trips is not None and unserved is not None else None
