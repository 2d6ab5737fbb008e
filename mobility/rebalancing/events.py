from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from mobility.base.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NightPlanChanged(Event):
    """A night's plan was asked for, solved, published, superseded or given up; `state` is where it is now."""

    topic: ClassVar[str] = "night_plan_changed"

    plan_id: UUID
    night_id: UUID
    city_id: str
    state: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.plan_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTaskChanged(Event):
    """A crew set to a task of the night, did it, or could not; `state` is where it is now (`rules.work`)."""

    topic: ClassVar[str] = "night_task_changed"

    task_id: UUID
    night_id: UUID
    city_id: str
    state: str
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.task_id)
