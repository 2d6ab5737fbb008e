from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.base.ids import new_id
from mobility.db.tables import Base
from mobility.pricing.tables import Tariff


class Hold(Base):
    """A vehicle kept for one rider for a short time; over at the instant it expires, swept or not.

    It costs nothing until `free_until`; each minute begun after that costs `extension_rate_cents`.
    """

    __tablename__ = "hold"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    tariff_id: Mapped[UUID] = mapped_column(ForeignKey("tariff.id"))
    # The public id at the time of the hold: what the rider knows the vehicle by.
    vehicle_public_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]
    free_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    extension_rate_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    released_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('active', 'used', 'cancelled', 'expired', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'active') = (released_at IS NULL)", name="released"),
        CheckConstraint("created_at <= free_until AND free_until <= expires_at", name="order"),
        CheckConstraint("extension_rate_cents >= 0", name="extension_rate"),
        Index("uq_hold_vehicle_active", "vehicle_id", unique=True, postgresql_where=text("released_at IS NULL")),
        Index("uq_hold_account_active", "account_id", unique=True, postgresql_where=text("released_at IS NULL")),
        Index("ix_hold_expires_at_active", "expires_at", postgresql_where=text("released_at IS NULL")),
        # A rider's last holds: whoever has just kept a vehicle without riding it waits before the next.
        Index("ix_hold_account_id_released_at", "account_id", "released_at"),
        Index("ix_hold_vehicle_id_created_at", "vehicle_id", "created_at"),
    )


class Rental(Base):
    """A ride from unlock to end. Of its way only the two ends are kept.

    It starts when the vehicle confirms the unlock; one whose vehicle does not is `failed` and has never started.
    """

    __tablename__ = "rental"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hold_id: Mapped[UUID] = mapped_column(ForeignKey("hold.id"), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    tariff_id: Mapped[UUID] = mapped_column(ForeignKey("tariff.id"))
    vehicle_public_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="unlocking")
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    # Metres ever driven when it began, none for rides of before they were read, and from then to the end.
    start_odometer_m: Mapped[int | None] = mapped_column(BigInteger)
    distance_m: Mapped[int | None]
    # When its rider asked for the end without a network, where the ride is priced until about then.
    end_asked_at: Mapped[datetime | None]
    start_lon: Mapped[float]
    start_lat: Mapped[float]
    end_lon: Mapped[float | None]
    end_lat: Mapped[float | None]
    start_station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    end_station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    total_cents: Mapped[int | None]
    vat_percent: Mapped[Decimal | None]
    lines: Mapped[list[Any] | None]

    tariff: Mapped[Tariff] = relationship(lazy="raise_on_sql")
    pauses: Mapped[list["RentalPause"]] = relationship(lazy="raise_on_sql", order_by="RentalPause.started_at")
    assistances: Mapped[list["Assistance"]] = relationship(lazy="raise_on_sql", order_by="Assistance.id")

    __table_args__ = (
        CheckConstraint("state IN ('unlocking', 'riding', 'paused', 'ended', 'failed')", name="state"),
        CheckConstraint("(state IN ('unlocking', 'failed')) = (started_at IS NULL)", name="started"),
        CheckConstraint("(state IN ('ended', 'failed')) = (ended_at IS NOT NULL)", name="over"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed"),
        CheckConstraint("(state = 'ended') = (end_lon IS NOT NULL AND total_cents IS NOT NULL)", name="ended"),
        CheckConstraint("started_at >= requested_at AND ended_at >= coalesce(started_at, requested_at)", name="order"),
        Index("uq_rental_vehicle_active", "vehicle_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("uq_rental_account_active", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        # A rider's rides, newest first: ids grow with time.
        Index("ix_rental_account_id_id", "account_id", "id"),
        # Who had vehicle X at time T: traffic fines name the driver long after positions are gone.
        Index("ix_rental_vehicle_id_started_at", "vehicle_id", "started_at"),
        Index("ix_rental_city_id_ended_at", "city_id", "ended_at"),
    )


class RentalPause(Base):
    """A stop within a rental; open while `ended_at` is empty."""

    __tablename__ = "rental_pause"

    rental_id: Mapped[UUID] = mapped_column(ForeignKey("rental.id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_rental_pause_open", "rental_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class Booking(Base):
    """A vehicle promised to one rider from `starts_at` to `ends_at`; nobody else's until `blocked_until`.

    By class, the vehicle is the one meant at the moment and may still be another; otherwise it is that one that was
    promised. Without stations it is a free-floating vehicle, booked where it stands.
    """

    __tablename__ = "booking"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    # The rider, or the operator who booked for them.
    booked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    type_code: Mapped[str]
    by_class: Mapped[bool]
    start_station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    end_station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # The end and the class's buffer after it: a column, for an index cannot add an interval to an instant.
    blocked_until: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="confirmed")
    tariff_id: Mapped[UUID] = mapped_column(ForeignKey("tariff.id"))
    quoted_cents: Mapped[int]
    # The city's `BookableAhead` when it was booked: what was agreed holds.
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    created_at: Mapped[datetime]
    rental_id: Mapped[UUID | None] = mapped_column(ForeignKey("rental.id"), unique=True)
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]
    # Beside the ride's price: for a cancellation after its time, for not coming, for coming back late.
    fee_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    reminded_at: Mapped[datetime | None]
    # Since when it is known that the vehicle may not be there in time; empty again once another one is.
    at_risk_at: Mapped[datetime | None]

    tariff: Mapped[Tariff] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(
            "state IN ('confirmed', 'started', 'completed', 'cancelled', 'no_show', 'unserved')", name="state"
        ),
        CheckConstraint("(state IN ('confirmed', 'started')) = (closed_at IS NULL)", name="closed"),
        CheckConstraint("state NOT IN ('started', 'completed') OR rental_id IS NOT NULL", name="ridden"),
        CheckConstraint("starts_at < ends_at AND ends_at <= blocked_until", name="order"),
        CheckConstraint("quoted_cents >= 0 AND fee_cents >= 0", name="cents"),
        ExcludeConstraint(
            ("vehicle_id", "="),
            (func.tstzrange(text("starts_at"), text("blocked_until")), "&&"),
            name="ex_booking_vehicle_id",
            using="gist",
            where=text("closed_at IS NULL"),
        ),
        # Nobody drives two vehicles at once.
        ExcludeConstraint(
            ("account_id", "="),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            name="ex_booking_account_id",
            using="gist",
            where=text("closed_at IS NULL"),
        ),
        # The one before and the one after an instant.
        Index("ix_booking_vehicle_id_starts_at", "vehicle_id", "starts_at", postgresql_where=text("closed_at IS NULL")),
        Index("ix_booking_starts_at", "starts_at", postgresql_where=text("closed_at IS NULL")),
        Index("ix_booking_account_id_id", "account_id", "id"),
        Index("ix_booking_vehicle_id_created_at", "vehicle_id", "created_at"),
        Index("ix_booking_city_id_starts_at", "city_id", "starts_at"),
        # What the desk booked for riders.
        Index("ix_booking_desk", "city_id", "created_at", postgresql_where=text("booked_by <> account_id")),
        Index("ix_booking_end_station_id", "end_station_id", "ends_at", postgresql_where=text("closed_at IS NULL")),
    )


class Assistance(Base):
    """Two people's look at where a rented vehicle is: asked for by one, opened by another, for a time. No position.

    Over when it is closed, when it runs out or when the ride ends; `until` counts without anybody closing it.
    """

    __tablename__ = "assistance"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rental_id: Mapped[UUID] = mapped_column(ForeignKey("rental.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    purpose: Mapped[str]
    reason: Mapped[str]
    minutes: Mapped[int]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime | None]
    # Until opened, when the request lapses; afterwards, when the look is over.
    until: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    looks: Mapped[list["AccessLogEntry"]] = relationship(lazy="raise_on_sql", order_by="AccessLogEntry.id")

    __table_args__ = (
        CheckConstraint("purpose IN ('assistance', 'theft')", name="purpose"),
        CheckConstraint("minutes BETWEEN 1 AND 120", name="minutes"),
        CheckConstraint("approved_by <> asked_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (opened_at IS NULL)", name="opened"),
        CheckConstraint("until <= coalesce(opened_at, asked_at) + interval '2 hours'", name="time_boxed"),
        Index("uq_assistance_rental_id", "rental_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_assistance_rental_id", "rental_id"),
        Index("ix_assistance_city_id_id", "city_id", "id"),
        Index("ix_assistance_until", "until", postgresql_where=text("closed_at IS NULL")),
    )


class AccessLogEntry(Base):
    """Somebody of the staff looked at who rode, or at where a rider is; append-only. Never what was seen."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[str]
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"))
    # Empty when nobody rode.
    rental_id: Mapped[UUID | None] = mapped_column(ForeignKey("rental.id"))
    assistance_id: Mapped[UUID | None] = mapped_column(ForeignKey("assistance.id"), index=True)
    # The instant that was asked about.
    about: Mapped[datetime]
    reason: Mapped[str]

    __table_args__ = (
        CheckConstraint("kind IN ('driver', 'position')", name="kind"),
        CheckConstraint("(kind = 'position') = (assistance_id IS NOT NULL)", name="position"),
        Index("ix_access_log_city_id_id", "city_id", "id"),
    )


class UnservedSearch(Base):
    """How many looked for a vehicle in a square of the town in a quarter-hour and found none. Nobody's data."""

    __tablename__ = "unserved_search"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    quarter_at: Mapped[datetime] = mapped_column(primary_key=True)
    # Empty when any class would have done.
    type_code: Mapped[str] = mapped_column(primary_key=True)
    # The middle of the square.
    lon: Mapped[float] = mapped_column(primary_key=True)
    lat: Mapped[float] = mapped_column(primary_key=True)
    searches: Mapped[int]

    __table_args__ = (
        CheckConstraint("searches BETWEEN 1 AND 20", name="searches"),
        CheckConstraint("extract(epoch FROM quarter_at)::bigint % 900 = 0", name="quarter"),
    )
