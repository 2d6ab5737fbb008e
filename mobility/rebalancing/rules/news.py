"""What a city's live stream tells of its night."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

PlanStateName = Literal["asked", "solving", "draft", "failed", "cancelled", "published", "superseded"]


class NightPlanNews(Struct, frozen=True, kw_only=True, tag_field="kind", tag="night_plan"):
    """A plan was asked for, gets on, or came to its next state."""

    id: UUID
    night_id: UUID
    state: PlanStateName
    seconds: Annotated[float | None, Meta(description="For how long it has been solved")] = None
    cost_cents: Annotated[int | None, Meta(description="Of the best plan so far")] = None
    at: datetime


class NightTaskNews(Struct, frozen=True, kw_only=True, tag_field="kind", tag="night_task"):
    """A crew set to a task, did it, or could not."""

    id: UUID
    night_id: UUID
    state: str
    at: datetime
