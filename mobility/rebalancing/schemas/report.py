import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.booking.rules.unserved import TOLD_FROM
from mobility.rebalancing.rules.morning import Effort, Line
from mobility.rebalancing.rules.places import Places
from mobility.rebalancing.schemas.forecast import PlaceCode
from mobility.rebalancing.service.report import Report
from mobility.rebalancing.service.told import Fact, Promise


class EffortView(Struct, frozen=True, kw_only=True):
    """What a night takes; the energy is that of cars, at the wall."""

    tasks: int
    crew_minutes: int
    energy_kwh: float
    crew_cents: int
    energy_cents: int

    @classmethod
    def of(cls, effort: Effort) -> Self:
        return cls(**{name: getattr(effort, name) for name in cls.__struct_fields__})


class NightReportLine(Struct, frozen=True, kw_only=True):
    """One class at one place. Null: not planned, not counted, or not forecast."""

    place: PlaceCode
    name: dict[str, str]
    type: str
    promised_usable: Annotated[int | None, Meta(description="Vehicles ready when the night ends, if all is done")]
    usable: Annotated[int | None, Meta(description="Vehicles that were")]
    unusable: Annotated[int | None, Meta(description="There, but too empty, out of service or unheard")]
    bookings: Annotated[int, Meta(description="Of the day, from the night's end on")]
    bookings_kept: Annotated[int, Meta(description="Those whose vehicle was there")]
    rides_expected: float | None
    rides: int
    searches_unserved: Annotated[float | None, Meta(description="That found nothing; null below 5, for privacy")]

    @classmethod
    def of(cls, line: Line, places: Places) -> Self:
        given = {name: getattr(line, name) for name in FIGURES}
        if line.searches_unserved < TOLD_FROM:
            given["searches_unserved"] = None
        name = places.places[places.index_of(line.spot.place)].name if line.spot.place in places.codes else {}
        return cls(place=line.spot.place, type=line.spot.type_code, name=name, **given)


FIGURES = NightReportLine.__struct_fields__[3:]


class NightReportView(Struct, frozen=True, kw_only=True):
    """A night's promise against the day that came."""

    night_id: UUID
    city: str
    day: Annotated[date, Meta(description="The day that the night prepared")]
    version: Annotated[int | None, Meta(description="Of the plan that was published last")]
    planned: EffortView | None
    found: EffortView
    promised_usable: int | None
    usable: int | None
    bookings: int
    bookings_kept: int
    rides_expected: float | None
    rides: int
    places: list[NightReportLine]

    @classmethod
    def of(cls, report: Report) -> Self:
        sums: dict[str, Any] = {name: total(report.lines, name) for name in SUMMED}
        return cls(
            night_id=report.night.id,
            city=report.night.city_id,
            day=report.day,
            version=report.version,
            planned=None if report.planned is None else EffortView.of(report.planned),
            found=EffortView.of(report.found),
            places=[NightReportLine.of(line, report.places) for line in report.lines],
            **sums,
        )


SUMMED = ("promised_usable", "usable", "bookings", "bookings_kept", "rides_expected", "rides")


def total(lines: Any, name: str) -> float | None:
    """The lines' sum; None where one of them is not known."""
    values = [getattr(line, name) for line in lines]
    return None if None in values else round(sum(values), 2)


def csv_of(report: Report) -> Iterator[str]:
    """The lines of the report as CSV, a header first; names are in the city's first language."""
    columns = ("day", *NightReportLine.__struct_fields__)
    yield _row(columns)
    for view in NightReportView.of(report).places:
        name = next(iter(view.name.values()), "")
        given = {each: getattr(view, each) for each in NightReportLine.__struct_fields__} | {"name": name}
        yield _row([report.day, *("" if value is None else value for value in given.values())])


def _row(values: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


class PromiseView(Struct, frozen=True, kw_only=True):
    """What the night that is coming, or goes on, does for the day after it."""

    day: Annotated[date, Meta(description="The day that the night prepares")]
    tasks: Annotated[int, Meta(description="Visits of its plan")]
    ready: Annotated[int | None, Meta(description="Vehicles ready in the morning; null before the evening's count")]


class FactView(Struct, frozen=True, kw_only=True):
    """What the last night left."""

    day: date
    ready: Annotated[int, Meta(description="Vehicles that could be rented when it ended")]
    promised: Annotated[int | None, Meta(description="How many its plan had promised; null without a plan")]


class MorningView(Struct, frozen=True, kw_only=True):
    """Null: no plan is out for the coming night, or nothing was counted after the last."""

    promise: PromiseView | None
    fact: FactView | None

    @classmethod
    def of(cls, promise: Promise | None, fact: Fact | None) -> Self:
        return cls(
            promise=None if promise is None else PromiseView(**asdict(promise)),
            fact=None if fact is None else FactView(**asdict(fact)),
        )
