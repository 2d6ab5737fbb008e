from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base

WAITING = "state IN ('asked', 'solving')"


class Night(Base):
    """The work between a city's evening and the next morning, of the evening's date."""

    __tablename__ = "night"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    day: Mapped[date]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="order"),
        Index("uq_night_city_id_day", "city_id", "day", unique=True),
    )


class NightPlan(Base):
    """One version of a night's plan, from when it is asked for; solved by a worker under a lease.

    `document` is what people see of it (`rules.plan_document`); `instance` and `solution` replay it
    (`optimiser.night.file`).
    """

    __tablename__ = "night_plan"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    night_id: Mapped[UUID] = mapped_column(ForeignKey("night.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked")
    # The plan that this one changes as little as it must, and from when on.
    based_on: Mapped[UUID | None] = mapped_column(ForeignKey("night_plan.id"))
    starts_at: Mapped[datetime]
    because: Mapped[str]
    # None: the evening's own, or what a disturbance asked for.
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    # A plan of the evening or of a disturbance goes out as soon as it is solved and found right.
    publishes_itself: Mapped[bool] = mapped_column(default=False, server_default="false")
    solve_seconds: Mapped[int] = mapped_column(SmallInteger)
    seed: Mapped[int]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    leased_until: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    solved_at: Mapped[datetime | None]
    solver_seconds: Mapped[float | None]
    cost_cents: Mapped[int | None]
    bound_cents: Mapped[int | None]
    document: Mapped[dict[str, Any] | None]
    instance: Mapped[bytes | None] = mapped_column(deferred=True)
    failure: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "state IN ('asked', 'solving', 'draft', 'failed', 'cancelled', 'published', 'superseded')", name="state"
        ),
        CheckConstraint("state NOT IN ('draft', 'published', 'superseded') OR document IS NOT NULL", name="solved"),
        CheckConstraint("(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name="published"),
        CheckConstraint("(state = 'superseded') = (superseded_at IS NOT NULL)", name="superseded"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed"),
        Index("uq_night_plan_night_id_version", "night_id", "version", unique=True),
        Index("uq_night_plan_published", "night_id", unique=True, postgresql_where=text("state = 'published'")),
        # One at a time is worked on; what is asked meanwhile waits for the next.
        Index("uq_night_plan_waiting", "night_id", unique=True, postgresql_where=text(WAITING)),
    )


class NightRestriction(Base):
    """What a night's plan has to go around: an edit of an operator or a disturbance, until it is lifted."""

    __tablename__ = "night_restriction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    night_id: Mapped[UUID] = mapped_column(ForeignKey("night.id"))
    kind: Mapped[str]
    # A vehicle's or task's id, a station's or crew's code, by its kind.
    target: Mapped[str]
    cause: Mapped[str]
    # Of a task that was moved: the crew it is to be done by, and after how many others.
    crew_code: Mapped[str | None]
    position: Mapped[int | None] = mapped_column(SmallInteger)
    note: Mapped[str | None]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('vehicle', 'station', 'crew', 'task')", name="kind"),
        CheckConstraint(
            "cause IN ('edit', 'van_broken', 'street_closed', 'flood', 'rented', 'out_of_service', 'absent')",
            name="cause",
        ),
        CheckConstraint("kind = 'task' OR (crew_code IS NULL AND position IS NULL)", name="place"),
        Index(
            "uq_night_restriction_standing",
            "night_id",
            "kind",
            "target",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )


class NightCrewMember(Base):
    """Who works tonight, and in which crew."""

    __tablename__ = "night_crew_member"

    night_id: Mapped[UUID] = mapped_column(ForeignKey("night.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    crew_code: Mapped[str]

    __table_args__ = (Index("ix_night_crew_member_account_id", "account_id"),)


class NightTask(Base):
    """Work of a published plan. The same work keeps its id from version to version, and what was begun stays.

    `content` is the task as people see it (`rules.plan_document.PlannedTask`).
    """

    __tablename__ = "night_task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    night_id: Mapped[UUID] = mapped_column(ForeignKey("night.id"))
    # The version that gave it its place.
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("night_plan.id"))
    crew_code: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="planned")
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("state IN ('planned', 'started', 'done', 'cannot', 'withdrawn')", name="state"),
        CheckConstraint("(state IN ('done', 'cannot', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(state = 'cannot') = (reason IS NOT NULL)", name="cannot"),
        Index("ix_night_task_night_id_crew_code", "night_id", "crew_code", "position"),
    )


class NightStep(Base):
    """What a crew's phone said of a task, once, however often and late it was sent."""

    __tablename__ = "night_step"

    # Of the phone's making.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("night_task.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    # By the phone's clock, and by ours.
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    # The vehicle that was scanned; those that a task was done to, where they are not all of it.
    vehicle_ids: Mapped[list[Any] | None]
    charge_percent: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str | None]
    note: Mapped[str | None]
    # `applied`, `known` (it changed nothing any more), or the code it was refused with.
    outcome: Mapped[str]

    __table_args__ = (
        CheckConstraint("kind IN ('start', 'scan', 'done', 'cannot')", name="kind"),
        CheckConstraint("charge_percent BETWEEN 0 AND 100", name="charge"),
    )


class NightPhoto(Base):
    """A picture that a crew took of a task; a few a night, so it lies beside its row."""

    __tablename__ = "night_photo"

    # Of the phone's making.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("night_task.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    received_at: Mapped[datetime]
    jpeg: Mapped[bytes] = mapped_column(deferred=True)
