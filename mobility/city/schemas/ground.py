from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.city.queries import ground_in
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.faults import Fault
from mobility.city.rules.ground import Ground, Thing, changes, faults_of
from mobility.city.rules.remarks import remarks
from mobility.city.tables import GroundDraft, GroundEdition

Number = Annotated[int, Meta(ge=1, description="Editions of a city are counted from 1", examples=[3])]
DraftVersion = Annotated[
    int, Meta(ge=0, description="Of the draft it was made from, 0 for none: nobody's work is overwritten", examples=[2])
]


class FaultView(Struct, kw_only=True):
    path: Annotated[str, Meta(description="Within the ground", examples=["zones[3].geometry"])]
    code: Annotated[str, Meta(examples=["crosses_itself"])]
    message: str

    @classmethod
    def of(cls, fault: Fault) -> Self:
        return cls(path=fault.path, code=fault.code, message=fault.message)


class ChangeView(Struct, kw_only=True):
    thing: Thing
    code: Annotated[str, Meta(examples=["old-town"])]
    what: Literal["added", "changed", "moved", "removed"]


class Checked(Struct, kw_only=True):
    changes: Annotated[Sequence[ChangeView], Meta(description="Against what is in force")]
    faults: Annotated[Sequence[FaultView], Meta(description="It is refused for these, as a city's file would be")]
    remarks: Annotated[Sequence[FaultView], Meta(description="It may well be meant so")]

    @classmethod
    def of(cls, city: CityFile, in_force: Ground, ground: Ground) -> Self:
        return cls(
            changes=changes_of(in_force, ground),
            faults=[FaultView.of(fault) for fault in faults_of(city, ground)],
            remarks=[FaultView.of(fault) for fault in remarks(ground.zones)],
        )


class EditionView(Struct, kw_only=True):
    id: UUID
    number: Number
    state: Literal["announced", "in_force", "replaced", "withdrawn"]
    effective_from: datetime
    published_at: datetime
    published_by: Annotated[UUID | None, Meta(description="The operator; null for the city file")]
    published_by_name: Annotated[str | None, Meta(description="What they are called; empty once they are erased")]
    note: Annotated[str, Meta(description="Why, in the operator's words")]
    changes: Annotated[Sequence[ChangeView], Meta(description="Against the edition that was in force before")]

    @classmethod
    def of(cls, edition: GroundEdition, before: GroundEdition | None, in_force: int, names: Mapping[UUID, str]) -> Self:
        by = edition.published_by
        return cls(
            id=edition.id,
            number=edition.number,
            state=_state(edition, in_force),
            effective_from=edition.effective_from,
            published_at=edition.published_at,
            published_by=by,
            published_by_name=None if by is None else names.get(by, ""),
            note=edition.note,
            changes=changes_of(ground_in(before), ground_in(edition)) if before else [],
        )


class EditionList(Struct, kw_only=True):
    """The latest first."""

    items: Sequence[EditionView]
    next: Annotated[int | None, Meta(description="`after` of the next page; null on the last")]


class EditionDetail(Struct, kw_only=True):
    id: UUID
    number: Number
    ground: Ground

    @classmethod
    def of(cls, edition: GroundEdition) -> Self:
        return cls(id=edition.id, number=edition.number, ground=ground_in(edition))


class GroundDraftView(Struct, kw_only=True):
    version: DraftVersion
    base: Annotated[int, Meta(description="Number of the edition that it was drawn on")]
    changed_at: datetime
    changed_by: UUID
    ground: Ground

    @classmethod
    def of(cls, draft: GroundDraft) -> Self:
        return cls(
            version=draft.version,
            base=draft.base,
            changed_at=draft.changed_at,
            changed_by=draft.changed_by,
            ground=ground_in(draft),
        )


class GroundNow(Struct, kw_only=True):
    in_force: EditionDetail
    announced: Annotated[EditionView | None, Meta(description="The edition that waits to begin")]
    draft: Annotated[GroundDraftView | None, Meta(description="What operators are drawing, one draft for all of them")]


class GroundDraftRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    version: DraftVersion
    base: Number
    ground: Ground


class GroundRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    ground: Ground


class GroundPublication(Struct, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=1, description="Of the draft", examples=[2])]
    effective_from: Annotated[
        date | None, Meta(description="The first day, from its midnight on; null: at once", examples=["2026-09-01"])
    ] = None
    note: Annotated[str, Meta(min_length=1, max_length=500, description="Why; kept in the history")]


def changes_of(old: Ground, new: Ground) -> list[ChangeView]:
    return [ChangeView(thing=each.thing, code=each.code, what=each.what) for each in changes(old, new)]


def _state(edition: GroundEdition, in_force: int) -> Literal["announced", "in_force", "replaced", "withdrawn"]:
    if edition.withdrawn_at is not None:
        return "withdrawn"
    if edition.began_at is None:
        return "announced"
    return "in_force" if edition.number == in_force else "replaced"
