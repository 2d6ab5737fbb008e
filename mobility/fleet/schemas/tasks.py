from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from mobility.city.rules.alert_rules import TaskKind
from mobility.fleet.rules.tasks import Priority, TaskStateName
from mobility.fleet.tables import Task, Vehicle
from mobility.riders.tables import Account

Instructions = Annotated[
    str, Meta(min_length=1, max_length=1000, description="What the crew should know", examples=["Behind the church"])
]
DueAt = Annotated[datetime, Meta(tz=True, description="By when it is to be done")]


class TaskView(Struct, frozen=True, kw_only=True):
    """Something to be done to a vehicle by a crew."""

    id: UUID
    vehicle_id: UUID
    plate: Annotated[str, Meta(examples=["AT-017"])]
    kind: TaskKind
    state: Annotated[TaskStateName, Meta(examples=["open"])]
    priority: Priority
    instructions: Instructions | None
    alert_id: Annotated[UUID | None, Meta(description="The alert that asked for it")]
    due_at: datetime | None
    created_at: datetime
    created_by: Annotated[UUID | None, Meta(description="The operator who asked for it")]
    assigned_to: Annotated[UUID | None, Meta(description="Account of who has it")]
    assigned_at: datetime | None
    started_at: datetime | None
    closed_at: Annotated[datetime | None, Meta(description="When it was done, given up or cancelled")]
    closed_by: UUID | None
    note: Annotated[str | None, Meta(description="How it came to its end", examples=["Battery swapped"])]

    @classmethod
    def of(cls, task: Task, vehicle: Vehicle) -> Self:
        return cls(
            id=task.id,
            vehicle_id=task.vehicle_id,
            plate=vehicle.plate,
            kind=task.kind,
            state=cast("TaskStateName", task.state),
            priority=task.priority,
            instructions=task.instructions,
            alert_id=task.alert_id,
            due_at=task.due_at,
            created_at=task.created_at,
            created_by=task.created_by,
            assigned_to=task.assigned_to,
            assigned_at=task.assigned_at,
            started_at=task.started_at,
            closed_at=task.closed_at,
            closed_by=task.closed_by,
            note=task.note,
        )


class TaskList(Struct, frozen=True):
    items: list[TaskView]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]


class TaskOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done to which vehicle."""

    vehicle_id: UUID
    kind: TaskKind
    priority: Priority = "normal"
    instructions: Instructions | None = None
    due_at: DueAt | None = None


class TaskChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays as it is; null takes it away."""

    priority: Priority | UnsetType = UNSET
    instructions: Instructions | UnsetType | None = UNSET
    due_at: DueAt | UnsetType | None = UNSET


class Assignee(Struct, frozen=True, forbid_unknown_fields=True):
    assigned_to: Annotated[UUID, Meta(description="Account of somebody of the city's crews or desk")]


class CrewMember(Struct, frozen=True):
    """Somebody who may be given a task."""

    account_id: UUID
    name: Annotated[str, Meta(description="Name, or else address", examples=["Camille"])]

    @classmethod
    def of(cls, account: Account) -> Self:
        return cls(account.id, account.name or account.email or account.phone or "")


class CrewList(Struct, frozen=True):
    items: list[CrewMember]
    next: Annotated[UUID | None, Meta(description="Give it as `after` for the next page")]
