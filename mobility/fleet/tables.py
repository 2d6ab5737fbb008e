from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.base.ids import new_id
from mobility.city.rules.alert_rules import AlertKind, Severity, TakesOut, TaskKind
from mobility.db.tables import Base


class VehicleType(Base):
    """A class of vehicles of a city, as its city file describes it (GBFS vehicle_types, MDS mode)."""

    __tablename__ = "vehicle_type"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]
    max_range_m: Mapped[int]
    charge_percent_min: Mapped[int]
    spec: Mapped[dict[str, Any]]
    retired_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("mode IN ('micromobility', 'car-share')", name="mode"),)


class Vehicle(Base):
    """One vehicle and its MDS state; the state is the fold of its events up to `state_seq`."""

    __tablename__ = "vehicle"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    type_code: Mapped[str]
    plate: Mapped[str]
    # What residents and feeds see; random and renewed after each rental, so that nobody can follow a vehicle.
    public_id: Mapped[UUID] = mapped_column(default=uuid4)
    key_hash: Mapped[bytes]
    # The same secret as the broker wants it hashed; empty: this vehicle may not come in there.
    broker_hash: Mapped[str | None]
    state: Mapped[str]
    state_seq: Mapped[int] = mapped_column(BigInteger)
    state_since: Mapped[datetime]
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["city_id", "type_code"], ["vehicle_type.city_id", "vehicle_type.code"]),
        Index("uq_vehicle_city_id_plate", "city_id", "plate", unique=True),
        # Partial, though it leaves nothing out: in a full one the column would be a key that others may refer to, and
        # renewing the public id at the end of a ride would wait for every report being stored.
        Index("uq_vehicle_public_id", "public_id", unique=True, postgresql_where=text("public_id IS NOT NULL")),
        Index("ix_vehicle_city_id_state", "city_id", "state"),
        # Half-full pages leave room for heap-only updates: a reservation touches no index but the state's.
        {"postgresql_with": {"fillfactor": 70}},
    )


class VehicleStatus(Base):
    """What a vehicle last said of itself. During a rental the position stays that of the start."""

    __tablename__ = "vehicle_status"

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    # By the vehicle's clock; older than `reported_at` when the latest reports held no position.
    position_at: Mapped[datetime]
    charge_percent: Mapped[float]
    # As said last, believed or not: a leap is believed when it is said twice.
    charge_said: Mapped[float | None]
    range_m: Mapped[int]
    odometer_m: Mapped[int] = mapped_column(BigInteger)
    locked: Mapped[bool] = mapped_column(default=True)
    ignition: Mapped[bool | None]
    charging: Mapped[bool | None]
    alarms: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    network_technology: Mapped[str | None]
    signal_dbm: Mapped[int | None] = mapped_column(SmallInteger)
    speed_kmh: Mapped[float | None]
    # What the vehicle confirmed last; empty when only its class limits it.
    speed_limit_kmh: Mapped[int | None]
    # The greatest number stored so far: a report above it cannot be a repeat.
    report_boot: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    report_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    reported_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    # Where a ride or a crew left it, and who says so: what a vehicle that moves by itself has moved away from.
    parked_lon: Mapped[float | None]
    parked_lat: Mapped[float | None]
    parked_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("parked_by IN ('phone', 'vehicle')", name="parked_by"),
        CheckConstraint("(parked_by IS NULL) = (parked_lon IS NULL OR parked_lat IS NULL)", name="parked"),
        CheckConstraint("charge_percent BETWEEN 0 AND 100", name="charge_percent"),
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="position"),
        {"postgresql_with": {"fillfactor": 70}},
    )


class VehicleEvent(Base):
    """One step of a vehicle through its MDS state machine; append-only."""

    __tablename__ = "vehicle_event"

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    rental_id: Mapped[UUID | None] = mapped_column(index=True)
    reason: Mapped[str | None]


class Alert(Base):
    """Something about a vehicle that somebody should know; its facts hold no position.

    `pending` is not told to anybody yet: what it says must last for its rule's delay first. `takes_out` is how the rule
    changes the vehicle's state; `out_seq` is the number of the vehicle's event that did so, until it is undone.
    """

    __tablename__ = "alert"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
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
    cleared_at: Mapped[datetime | None]
    takes_out: Mapped[TakesOut | None] = mapped_column(Text)
    out_seq: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'open', 'acknowledged', 'cleared')", name="state"),
        CheckConstraint("severity IN ('info', 'warning', 'critical')", name="severity"),
        CheckConstraint("(state = 'pending') = (raised_at IS NULL)", name="raised"),
        CheckConstraint("(state = 'cleared') = (cleared_at IS NOT NULL)", name="cleared"),
        # What makes of a thousand reports one alert.
        Index(
            "uq_alert_vehicle_id_kind", "vehicle_id", "kind", unique=True, postgresql_where=text("state <> 'cleared'")
        ),
        Index("ix_alert_city_id", "city_id", "id"),
        Index("ix_alert_not_cleared", "city_id", postgresql_where=text("state <> 'cleared'")),
        Index("ix_alert_out", "city_id", postgresql_where=text("out_seq IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 70}},
    )


class AlertEvent(Base):
    """One thing that happened to an alert; append-only."""

    __tablename__ = "alert_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"), index=True)
    change: Mapped[str]
    severity: Mapped[Severity] = mapped_column(Text)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    note: Mapped[str | None]


class Task(Base):
    """Something to be done to a vehicle by a crew; at most one open of a kind and vehicle."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert.id"), index=True)
    kind: Mapped[TaskKind] = mapped_column(Text)
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    assigned_to: Mapped[UUID | None] = mapped_column(index=True)
    assigned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("kind IN ('swap_battery', 'charge', 'fetch', 'find', 'check', 'repair')", name="kind"),
        CheckConstraint("state IN ('open', 'assigned', 'done', 'cancelled')", name="state"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name="assigned"),
        CheckConstraint("(state IN ('done', 'cancelled')) = (closed_at IS NOT NULL)", name="closed"),
        Index(
            "uq_task_vehicle_id_kind",
            "vehicle_id",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('open', 'assigned')"),
        ),
        Index("ix_task_city_id", "city_id", "id"),
    )


class VehicleCommand(Base):
    """An order to a vehicle, who gave it and why, and the one final answer; its id is what the vehicle dedupes by."""

    __tablename__ = "vehicle_command"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    kind: Mapped[str]
    # Orders about one matter contradict each other: the later one replaces the earlier.
    matter: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="sent")
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    rental_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    code: Mapped[str | None]
    # A reply after the final answer changes nothing, and is not forgotten.
    late_at: Mapped[datetime | None]
    late_done: Mapped[bool | None]

    __table_args__ = (
        CheckConstraint("state IN ('sent', 'confirmed', 'refused', 'expired', 'superseded')", name="state"),
        CheckConstraint("(state = 'sent') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("expires_at > issued_at", name="deadline"),
        Index(
            "uq_vehicle_command_pending", "vehicle_id", "matter", unique=True, postgresql_where=text("state = 'sent'")
        ),
        Index("ix_vehicle_command_vehicle_id_id", "vehicle_id", "id"),
        # Positions are dropped from the unlock on: asked for each batch of reports.
        Index(
            "ix_vehicle_command_unlocking",
            "vehicle_id",
            "issued_at",
            postgresql_where=text("kind = 'unlock' AND rental_id IS NOT NULL"),
        ),
    )


class Sighting(Base):
    """Where the vehicle of one rental was last, while two people may look at it; the row goes with their leave.

    Without a row nothing is kept. Unlogged: no write-ahead log, replica or backup ever holds what stood here.
    """

    __tablename__ = "sighting"

    rental_id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    speed_kmh: Mapped[float | None]

    __table_args__ = (
        CheckConstraint("num_nulls(at, lon, lat) IN (0, 3)", name="seen"),
        {"prefixes": ["UNLOGGED"]},
    )


class RideNotice(Base):
    """What a rider and the desk should know of where a ride is: its kind and a zone's code, never a position.

    It holds from `since` on; `until` is empty while it does.
    """

    __tablename__ = "ride_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rental_id: Mapped[UUID]
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    kind: Mapped[str]
    zone_code: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('outside_service_area', 'no_ride_zone')", name="kind"),
        CheckConstraint("(kind = 'no_ride_zone') = (zone_code IS NOT NULL)", name="zone"),
        CheckConstraint("until >= since", name="order"),
        Index("uq_ride_notice_open", "rental_id", "kind", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_ride_notice_rental_id", "rental_id"),
    )


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
