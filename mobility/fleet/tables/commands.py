from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


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
        # What the staff ordered, the latest first.
        Index("ix_vehicle_command_staff", "issued_at", postgresql_where=text("actor = 'operator'")),
        # The last limit a vehicle was told: asked for each batch of positions made in rides.
        Index("ix_vehicle_command_speed", "vehicle_id", "id", postgresql_where=text("kind = 'set_speed_limit'")),
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
        Index("ix_ride_notice_vehicle_id_open", "vehicle_id", postgresql_where=text("until IS NULL")),
    )
