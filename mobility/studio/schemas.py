from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mobility.city.rules.words import Names
from mobility.placement.folder import Manifest
from mobility.placement.rules.document import Points, ScenarioAnswer, SiteLine, SourceLine, Walking
from mobility.placement.rules.study import DRAWN_MAX, Drawn
from mobility.placement.service.telling import points_of, site_lines, sources_of, walking_of
from mobility.studio.rules.drawings import NamedSketch, Sketch
from mobility.studio.service.boards import Opened
from mobility.studio.tables import StudioDrawing, StudioJob

SKETCHES_MAX = 6

Name = Annotated[str, Meta(min_length=1, max_length=80, examples=["Une station de plus au marché"])]
Closes = Annotated[
    list[str],
    Meta(max_length=DRAWN_MAX, description="Codes of stations that close"),
]
Draws = Annotated[
    list[Drawn],
    Meta(
        max_length=DRAWN_MAX,
        description="New stations; with `station`, that one of the city, larger where it stands or moved elsewhere",
    ),
]
Kind = Literal["replay", "study"]
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class SketchRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    closes: Closes = []
    draws: Draws = []

    @property
    def sketch(self) -> Sketch:
        return Sketch(closes=tuple(self.closes), draws=tuple(self.draws))


class DrawingRequest(SketchRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name

    @property
    def named(self) -> NamedSketch:
        return NamedSketch(name=self.name, closes=tuple(self.closes), draws=tuple(self.draws))


class DrawingChange(DrawingRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    revision: Annotated[int, Meta(ge=1, description="The one that was seen")]


class JobRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[Kind, Meta(description="`replay`: a simulated day of the first; `study`: all, with a report")]
    drawings: Annotated[
        list[DrawingRequest],
        Meta(max_length=SKETCHES_MAX, description="The first is what the report speaks for; none: the city's study"),
    ] = []


class SizeView(Struct, frozen=True, kw_only=True):
    bays: int
    chargers: int


class CostsView(Struct, frozen=True, kw_only=True):
    """Cents of the city's currency, before tax."""

    station_cents: int
    bay_cents: int
    charger_cents: int
    source: Names


class BoardView(Struct, frozen=True, kw_only=True):
    """What scenarios are drawn on: the people, the sites, and what stands today."""

    study_code: str
    question: Names
    currency: str
    vehicle_type: str
    vehicle_type_name: Names
    walking: Walking
    sizes: list[SizeView]
    costs: CostsView
    sites: list[SiteLine]
    points: Points
    today: ScenarioAnswer
    sources: list[SourceLine]

    @classmethod
    def of(cls, opened: Opened) -> Self:
        ground, study = opened.board.ground, opened.inputs.study
        return cls(
            study_code=study.code,
            question=study.question,
            currency=ground.city.file.currency,
            vehicle_type=study.vehicle_type,
            vehicle_type_name=ground.city.vehicle_types[study.vehicle_type].name,
            walking=walking_of(ground),
            sizes=[SizeView(bays=each.bays, chargers=each.chargers) for each in study.aims.sizes],
            costs=CostsView(
                station_cents=study.costs.station_cents,
                bay_cents=study.costs.bay_cents,
                charger_cents=study.costs.charger_cents,
                source=study.costs.source,
            ),
            sites=list(site_lines(ground)),
            points=points_of(ground),
            today=opened.today,
            sources=list(sources_of(opened.inputs)),
        )


class DrawingView(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    closes: Closes
    draws: Draws
    revision: int
    changed_at: datetime

    @classmethod
    def of(cls, row: StudioDrawing) -> Self:
        sketch = msgspec.convert(row.sketch, Sketch)
        return cls(
            id=row.id,
            name=row.name,
            closes=list(sketch.closes),
            draws=list(sketch.draws),
            revision=row.revision,
            changed_at=row.changed_at,
        )


class DrawingList(Struct, frozen=True, kw_only=True):
    items: list[DrawingView]

    @classmethod
    def of(cls, rows: Iterable[StudioDrawing]) -> Self:
        return cls(items=[DrawingView.of(row) for row in rows])


class JobView(Struct, frozen=True, kw_only=True):
    id: UUID
    kind: Kind
    names: Annotated[list[str], Meta(description="Of what it was asked for; none: the city's study")]
    state: State
    step: Annotated[str, Meta(description="`place`, `play`, `print` or `replay`; empty before the first")]
    done: Annotated[int, Meta(description="Of the step's `total` runs")]
    total: int
    study_id: Annotated[str | None, Meta(description="Where what came of it is found")]
    failure: Annotated[str | None, Meta(description="A sentence, or `lost` where three workers went down with it")]
    asked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: StudioJob) -> Self:
        shown: dict[str, Any] = {
            name: getattr(row, name) for name in cls.__struct_fields__ if name not in {"names", "kind", "state"}
        }
        names = [each["name"] for each in row.sketches]
        return cls(names=names, kind=row.kind, state=row.state, **shown)  # type: ignore[arg-type]  # the table holds them


class JobList(Struct, frozen=True, kw_only=True):
    items: list[JobView]


class StudyView(Struct, frozen=True, kw_only=True):
    study_id: str
    code: str
    begun_at: datetime

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        return cls(study_id=manifest.study_id, code=manifest.code, begun_at=manifest.begun_at)


class StudyList(Struct, frozen=True, kw_only=True):
    items: list[StudyView]
