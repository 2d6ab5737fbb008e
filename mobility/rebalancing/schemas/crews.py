from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, Struct

from mobility.base.errors import Problem
from mobility.rebalancing.rules.plan_document import Names
from mobility.rebalancing.rules.work import Reason, StepKind
from mobility.rebalancing.schemas.nights import NightView, Note, TaskState
from mobility.rebalancing.service.crew_work import STEPS_MAX, Shift, Step, Taken


class ShiftView(Struct, frozen=True, kw_only=True):
    """What a crew has to do: what is begun first, then by time, then what is closed."""

    night: NightView
    crew: str
    name: Names
    time_zone: Annotated[str, Meta(description="The city's, IANA", examples=["Europe/Paris"])]
    tasks: list[TaskState]

    @classmethod
    def of(cls, shift: Shift, name: Names, time_zone: str) -> Self:
        return cls(
            night=NightView.of(shift.night),
            crew=shift.crew_code,
            name=name,
            time_zone=time_zone,
            tasks=[TaskState.of(task) for task in shift.tasks],
        )


class MyWork(Struct, frozen=True):
    """The shift that goes on or comes next; null: none is known."""

    shift: ShiftView | None


class StepSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that a phone kept until it had a network."""

    id: Annotated[UUID, Meta(description="Of the phone's making; a repetition is known by it")]
    task_id: UUID
    kind: StepKind
    at: Annotated[datetime, Meta(tz=True, description="By the phone's clock")]
    vehicle: Annotated[str, Meta(max_length=40, description="What was scanned or typed: a plate")] | None = None
    vehicle_ids: Annotated[
        Annotated[list[UUID], Meta(max_length=50)] | None, Meta(description="Those it was done to; absent, all")
    ] = None
    charge_percent: Annotated[int, Meta(ge=0, le=100, description="Read off a changed battery")] | None = None
    reason: Annotated[Reason | None, Meta(description="Why it cannot be done")] = None
    note: Note | None = None

    def step(self) -> Step:
        return Step(**{name: getattr(self, name) for name in self.__struct_fields__})


class StepsSaid(Struct, frozen=True, forbid_unknown_fields=True):
    steps: Annotated[list[StepSaid], Meta(max_length=STEPS_MAX)]


class StepTaken(Struct, frozen=True, kw_only=True):
    """What became of a step. What is not `refused` need not be said again; nor need a refusal."""

    id: UUID
    outcome: Annotated[str, Meta(description="`applied`, `known` (it changes nothing any more) or `refused`")]
    code: Annotated[str | None, Meta(description="Of the refusal", examples=["wrong_vehicle"])]
    detail: str | None
    left_out: Annotated[list[UUID], Meta(description="Vehicles that somebody rides")]

    @classmethod
    def of(cls, taken: Taken, language: str) -> Self:
        refusal: Problem | None = taken.refusal
        return cls(
            id=taken.step_id,
            outcome=taken.outcome,
            code=refusal.code if refusal else None,
            detail=refusal.sentence(language) if refusal else None,
            left_out=list(taken.left_out),
        )


class StepsTaken(Struct, frozen=True):
    steps: list[StepTaken]


class NightPhotoView(Struct, frozen=True):
    id: UUID
    task_id: UUID
