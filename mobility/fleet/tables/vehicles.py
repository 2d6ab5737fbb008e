from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
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
    # By which way it was last heard; empty until it is.
    heard_over: Mapped[str | None]
    state: Mapped[str]
    state_seq: Mapped[int] = mapped_column(BigInteger)
    state_since: Mapped[datetime]
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["city_id", "type_code"], ["vehicle_type.city_id", "vehicle_type.code"]),
        CheckConstraint("heard_over IN ('http', 'mqtt')", name="heard_over"),
        Index("ix_vehicle_heard_over", "id", postgresql_where=text("heard_over = 'http'")),
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

    # What the staff did, the latest first: a few of very many.
    __table_args__ = (Index("ix_vehicle_event_staff", "at", postgresql_where=text("actor = 'operator'")),)
