from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self, cast
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mobility.rebalancing.rules.news import PlanStateName
from mobility.rebalancing.rules.plan_document import Names, PlanDocument, PlannedTask
from mobility.rebalancing.rules.restrictions import Cause, RestrictionKind
from mobility.rebalancing.rules.work import Reason, WorkStateName
from mobility.rebalancing.tables import Night, NightCrewMember, NightPlan, NightRestriction, NightTask
from mobility.riders.tables import Account

Note = Annotated[str, Meta(min_length=1, max_length=500)]
CrewCode = Annotated[str, Meta(min_length=1, max_length=40, description="Code of a crew", examples=["early"])]


class PlanView(Struct, frozen=True, kw_only=True):
    """A version of a night's plan, without what it says."""

    id: UUID
    night_id: UUID
    version: int
    state: PlanStateName
    because: Annotated[str, Meta(description="`evening`, `disturbance` or `asked`")]
    starts_at: Annotated[datetime, Meta(description="Its first minute")]
    asked_at: datetime
    asked_by: UUID | None
    solve_seconds: Annotated[int, Meta(description="For how long it may be solved")]
    seed: int
    attempts: Annotated[int, Meta(description="How often a worker set to it")]
    solved_at: datetime | None
    solver_seconds: float | None
    cost_cents: int | None
    bound_cents: Annotated[int | None, Meta(description="No plan costs less")]
    failure: Annotated[str | None, Meta(description="Why there is no plan")]
    published_at: datetime | None
    superseded_at: datetime | None

    @classmethod
    def of(cls, plan: NightPlan) -> Self:
        return cls(**{name: getattr(plan, name) for name in cls.__struct_fields__})


class PlanDetail(Struct, frozen=True, kw_only=True):
    plan: PlanView
    document: PlanDocument | None

    @classmethod
    def of(cls, plan: NightPlan) -> Self:
        said = None if plan.document is None else msgspec.convert(plan.document, PlanDocument)
        return cls(plan=PlanView.of(plan), document=said)


class NightView(Struct, frozen=True, kw_only=True):
    """A night's work, of its evening's date."""

    id: UUID
    city: str
    day: date
    begins_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, night: Night) -> Self:
        return cls(id=night.id, city=night.city_id, day=night.day, begins_at=night.begins_at, ends_at=night.ends_at)


class NightList(Struct, frozen=True):
    items: list[NightView]
    next: Annotated[date | None, Meta(description="Give it as `before` for the next page")]


class RestrictionView(Struct, frozen=True, kw_only=True):
    """What the night's plan goes around."""

    id: UUID
    kind: RestrictionKind
    target: Annotated[str, Meta(description="Id of a vehicle or task, code of a station, cell or crew")]
    cause: Cause
    crew: Annotated[str | None, Meta(description="Of a moved task: the crew that is to do it")]
    position: Annotated[int | None, Meta(description="And after how many others")]
    note: str | None
    made_at: datetime
    made_by: Annotated[UUID | None, Meta(description="null: the service itself")]

    @classmethod
    def of(cls, made: NightRestriction) -> Self:
        return cls(
            id=made.id,
            kind=cast("RestrictionKind", made.kind),
            target=made.target,
            cause=cast("Cause", made.cause),
            crew=made.crew_code,
            position=made.position,
            note=made.note,
            made_at=made.made_at,
            made_by=made.made_by,
        )


class MemberView(Struct, frozen=True, kw_only=True):
    """Somebody who works tonight."""

    account_id: UUID
    name: str
    crew: str

    @classmethod
    def of(cls, member: NightCrewMember, account: Account) -> Self:
        name = account.name or account.email or account.phone or ""
        return cls(account_id=member.account_id, name=name, crew=member.crew_code)


class CrewView(Struct, frozen=True, kw_only=True):
    """A crew of the city's file."""

    code: str
    name: Names


class NightDetail(Struct, frozen=True, kw_only=True):
    """A night with its plans, the latest first, and what they go around."""

    night: NightView
    plans: list[PlanView]
    restrictions: list[RestrictionView]
    roster: list[MemberView]
    crews: list[CrewView]


class PlanWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the night that goes on or comes next is to be solved."""

    seconds: Annotated[int, Meta(ge=1, le=600, description="Absent, what the city's file says")] | None = None
    keeps_to_published: Annotated[
        bool, Meta(description="Change the published plan as little as it must be; otherwise only what is fixed stays")
    ] = False


class RestrictionWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the plan is to go around; any cause but `edit` has the rest of a published night planned anew at once."""

    kind: RestrictionKind
    target: Annotated[str, Meta(min_length=1, max_length=60)]
    cause: Cause = "edit"
    crew: CrewCode | None = None
    position: Annotated[int, Meta(ge=0, le=500)] | None = None
    note: Note | None = None


class Member(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    account_id: UUID
    crew: CrewCode


class Roster(Struct, frozen=True, forbid_unknown_fields=True):
    """Who works tonight; whoever is not named does not."""

    members: Annotated[list[Member], Meta(max_length=200)]


class TaskState(Struct, frozen=True, kw_only=True):
    """A published task, and what its crew said of it."""

    task: PlannedTask
    crew: str
    state: WorkStateName
    started_at: Annotated[datetime | None, Meta(description="By the phone's clock")]
    closed_at: datetime | None
    closed_by: UUID | None
    reason: Reason | None
    note: str | None

    @classmethod
    def of(cls, task: NightTask) -> Self:
        return cls(
            task=msgspec.convert(task.content, PlannedTask),
            crew=task.crew_code,
            state=cast("WorkStateName", task.state),
            started_at=task.started_at,
            closed_at=task.closed_at,
            closed_by=task.closed_by,
            reason=cast("Reason | None", task.reason),
            note=task.note,
        )


class TaskBoard(Struct, frozen=True):
    items: list[TaskState]
    next: Annotated[int | None, Meta(description="Give it as `after` for the next page")]


def night_detail(
    night: Night,
    plans: Sequence[NightPlan],
    restrictions: Sequence[NightRestriction],
    roster: Sequence[tuple[NightCrewMember, Account]],
    crews: Sequence[CrewView],
) -> NightDetail:
    return NightDetail(
        night=NightView.of(night),
        plans=[PlanView.of(each) for each in plans],
        restrictions=[RestrictionView.of(each) for each in restrictions],
        roster=[MemberView.of(*each) for each in roster],
        crews=list(crews),
    )
