from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.city.rules.alert_rules import AlertKind, Severity, TakesOut, TaskKind
from mobility.db.tables import Base
from mobility.fleet.rules.tasks import Priority


class Alert(Base):
    """Something about a vehicle, or about a whole city, that somebody should know; its facts hold no position.

    `pending` is not told to anybody yet: what it says must last for its rule's delay first. `takes_out` is how the rule
    changes the vehicle's state; `out_seq` is the number of the vehicle's event that did so, until it is undone.
    """

    __tablename__ = "alert"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID | None] = mapped_column(ForeignKey("vehicle.id"))
    kind: Mapped[AlertKind] = mapped_column(Text)
    state: Mapped[str]
    severity: Mapped[Severity] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    times_noted: Mapped[int] = mapped_column(default=1)
    since: Mapped[datetime]
    raised_at: Mapped[datetime | None]
    well_since: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    assigned_to: Mapped[UUID | None]
    snoozed_until: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    takes_out: Mapped[TakesOut | None] = mapped_column(Text)
    out_seq: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'open', 'acknowledged', 'snoozed', 'cleared')", name="state"),
        CheckConstraint("severity IN ('info', 'warning', 'critical')", name="severity"),
        CheckConstraint("(state = 'pending') = (raised_at IS NULL)", name="raised"),
        CheckConstraint("(state = 'cleared') = (cleared_at IS NOT NULL)", name="cleared"),
        CheckConstraint("state <> 'snoozed' OR snoozed_until IS NOT NULL", name="snoozed"),
        CheckConstraint("(kind = 'outage') = (vehicle_id IS NULL)", name="of_the_city"),
        # What makes of a thousand reports one alert.
        Index(
            "uq_alert_vehicle_id_kind", "vehicle_id", "kind", unique=True, postgresql_where=text("state <> 'cleared'")
        ),
        Index(
            "uq_alert_city_id_kind",
            "city_id",
            "kind",
            unique=True,
            postgresql_where=text("vehicle_id IS NULL AND state <> 'cleared'"),
        ),
        Index("ix_alert_city_id", "city_id", "id"),
        Index("ix_alert_vehicle_id", "vehicle_id"),
        Index("ix_alert_cleared_at", "cleared_at", postgresql_where=text("cleared_at IS NOT NULL")),
        Index("ix_alert_not_cleared", "city_id", postgresql_where=text("state <> 'cleared'")),
        Index("ix_alert_out", "city_id", postgresql_where=text("out_seq IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 70}},
    )


class AlertEvent(Base):
    """One thing that happened to an alert; never changed, and deleted with the alert after a month at the earliest."""

    __tablename__ = "alert_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"), index=True)
    change: Mapped[str]
    severity: Mapped[Severity] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    assigned_to: Mapped[UUID | None]
    note: Mapped[str | None]


class Task(Base):
    """Something to be done to a vehicle by a crew; at most one of a kind that is to be done to a vehicle.

    Asked for by an alert, or by an operator (`created_by`). `note` is how it came to its end.
    """

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"), index=True)
    kind: Mapped[TaskKind] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="open")
    priority: Mapped[Priority] = mapped_column(Text, default="normal", server_default="normal")
    instructions: Mapped[str | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    assigned_to: Mapped[UUID | None] = mapped_column(index=True)
    assigned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("kind IN ('swap_battery', 'charge', 'fetch', 'find', 'check', 'repair')", name="kind"),
        CheckConstraint("state IN ('open', 'assigned', 'in_progress', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("priority IN ('low', 'normal', 'high')", name="priority"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned"),
        CheckConstraint("(state IN ('done', 'failed', 'cancelled')) = (closed_at IS NOT NULL)", name="closed"),
        Index(
            "uq_task_vehicle_id_kind",
            "vehicle_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_task_closed_at", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_task_city_id", "city_id", "id"),
        Index("ix_task_vehicle_id", "vehicle_id"),
    )
