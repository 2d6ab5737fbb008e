from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Damage(Base):
    """Something wrong with a vehicle, from the first who says so until it is repaired or found to be nothing.

    `severity` is the worst that was said until an operator decides. `closed_at` is when it was dismissed or repaired.
    """

    __tablename__ = "damage"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[str]
    severity: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('body', 'tyre', 'light', 'brake', 'mirror', 'battery', 'lock', 'dirty', 'other')", name="kind"
        ),
        CheckConstraint("severity IN ('minor', 'major', 'critical')", name="severity"),
        CheckConstraint("state IN ('open', 'confirmed', 'dismissed', 'repaired')", name="state"),
        CheckConstraint("(state IN ('dismissed', 'repaired')) = (closed_at IS NOT NULL)", name="closed"),
        # What makes of ten reports of a flat tyre one damage; what is wrong otherwise may be wrong in many ways.
        Index(
            "uq_damage_vehicle_id_kind_open",
            "vehicle_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL AND kind <> 'other'"),
        ),
        Index("ix_damage_vehicle_id_id", "vehicle_id", "id"),
        Index("ix_damage_city_id_id", "city_id", "id"),
        Index("ix_damage_closed_at", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
    )


class DamageReport(Base):
    """What one person said of a damage. Who it was is forgotten with the account, or some time after the repair."""

    __tablename__ = "damage_report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    damage_id: Mapped[UUID] = mapped_column(ForeignKey("damage.id"), index=True)
    role: Mapped[str]
    reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    rental_id: Mapped[UUID | None]
    severity: Mapped[str]
    words: Mapped[str | None]
    reported_at: Mapped[datetime]

    damage: Mapped[Damage] = relationship(lazy="raise_on_sql")
    photos: Mapped[list["DamagePhoto"]] = relationship(lazy="raise_on_sql", order_by="DamagePhoto.id")

    __table_args__ = (
        CheckConstraint("role IN ('rider', 'operator', 'crew')", name="role"),
        CheckConstraint("severity IN ('minor', 'major', 'critical')", name="severity"),
        # A person's reports, newest first: ids grow with time.
        Index("ix_damage_report_reporter_id_id", "reporter_id", "id"),
    )


class DamagePhoto(Base):
    """A photo of a report; the picture itself lies in the photo store under `name`."""

    __tablename__ = "damage_photo"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("damage_report.id"), index=True)
    # Random and told to nobody: an address of the store says nothing about whose picture lies there.
    name: Mapped[str] = mapped_column(unique=True)
    taken_in_at: Mapped[datetime]
    width_px: Mapped[int]
    height_px: Mapped[int]
    size_bytes: Mapped[int]


class WorkOrder(Base):
    """Work due on a vehicle: by its odometer, by the calendar or for a damage; exactly one of the three says why.

    While it `holds` the vehicle, and always while it is in progress, the vehicle is not for rent.
    """

    __tablename__ = "work_order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    # Code of the city file's maintenance rule.
    rule_code: Mapped[str | None]
    due_odometer_m: Mapped[int | None] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    damage_id: Mapped[UUID | None] = mapped_column(ForeignKey("damage.id"), unique=True)
    holds: Mapped[bool]
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    started_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    odometer_m: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'in_progress', 'done', 'cancelled')", name="state"),
        CheckConstraint("num_nonnulls(due_odometer_m, due_on, damage_id) = 1", name="due"),
        CheckConstraint("(damage_id IS NULL) = (rule_code IS NOT NULL)", name="rule"),
        CheckConstraint("(state IN ('done', 'cancelled')) = (done_at IS NOT NULL)", name="done"),
        CheckConstraint("(state = 'done') = (odometer_m IS NOT NULL)", name="odometer"),
        # Several workers look for what is due at once; each due point makes one order.
        Index("uq_work_order_odometer", "vehicle_id", "rule_code", "due_odometer_m", unique=True),
        Index("uq_work_order_day", "vehicle_id", "rule_code", "due_on", unique=True),
        Index("uq_work_order_undone", "vehicle_id", "rule_code", unique=True, postgresql_where=text("done_at IS NULL")),
        Index("ix_work_order_vehicle_id_id", "vehicle_id", "id"),
        Index("ix_work_order_city_id_id", "city_id", "id"),
    )
