from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class AgencyToken(Base):
    """What an agency shows to read what MDS tells of a city; of the token itself only the hash is kept."""

    __tablename__ = "agency_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), index=True)
    agency: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires"),)


class PublishedDocument(Base):
    """A policy, geography, jurisdiction or list of requirements as it was published; a trigger keeps it unchanged.

    `replaces` is the one of the same kind and code that it takes the place of.
    """

    __tablename__ = "mds_document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[str]
    code: Mapped[str]
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    content_hash: Mapped[str]
    published_at: Mapped[datetime]
    replaces: Mapped[UUID | None] = mapped_column(ForeignKey("mds_document.id"))

    __table_args__ = (
        CheckConstraint("kind IN ('policy', 'geography', 'jurisdiction', 'requirements')", name="kind"),
        CheckConstraint("(version = 1) = (replaces IS NULL)", name="replaces"),
        Index("uq_mds_document_version", "city_id", "kind", "code", "version", unique=True),
    )


class MdsEvent(Base):
    """What MDS tells of a vehicle's event beside the fleet's log: where it stood, which trip it belongs to.

    No position for what happened in a rental: its two ends are read from the rental, and there is nothing between them.
    """

    __tablename__ = "mds_event"

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    mode: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    charge_percent: Mapped[float | None]
    trip_id: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["vehicle_id", "seq"], ["vehicle_event.vehicle_id", "vehicle_event.seq"]),
        Index("ix_mds_event_city_id_mode_at", "city_id", "mode", "at"),
        Index("ix_mds_event_placed", "at", postgresql_where=text("lon IS NOT NULL")),
    )


class VehicleRegistration(Base):
    """What a vehicle's registration document says of it; MDS asks for it."""

    __tablename__ = "vehicle_registration"

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    year: Mapped[int]
    make: Mapped[str]
    model: Mapped[str]
    color: Mapped[str]
    vin: Mapped[str]
    license_plate: Mapped[str]

    __table_args__ = (CheckConstraint("year >= 1970", name="year"),)


class PermitBreach(Base):
    """A rule of the permit that was not kept, from when it was seen first to when it was seen kept again.

    `vehicle_id` is empty for a rule about the whole fleet. `measured` is the worst that was seen, in the rule's unit.
    """

    __tablename__ = "permit_breach"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("mds_document.id"), index=True)
    rule_code: Mapped[str]
    kind: Mapped[str]
    provider_id: Mapped[UUID]
    vehicle_id: Mapped[UUID | None] = mapped_column(ForeignKey("vehicle.id"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    measured: Mapped[int]
    allowed: Mapped[int]

    __table_args__ = (
        CheckConstraint("began_at <= seen_at AND seen_at <= coalesce(ended_at, seen_at)", name="order"),
        Index(
            "uq_permit_breach_open",
            "policy_id",
            "vehicle_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_permit_breach_city_id_began_at", "city_id", "began_at"),
    )


class ComplianceReport(Base):
    """Who kept the permit on a day of the city's calendar and who did not, made once the day is over."""

    __tablename__ = "compliance_report"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]


class AgencyPush(Base):
    """A record for a city's Agency endpoint, once by its id; it is sent again until the agency has answered for it.

    `known` says that the agency has it already: a changed vehicle or stop is put, not posted. Stops and reports are
    of no vehicle.
    """

    __tablename__ = "agency_push"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    mode: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[UUID]
    vehicle_id: Mapped[UUID | None] = mapped_column(index=True)
    payload: Mapped[dict[str, Any]]
    known: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    answer: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("kind IN ('vehicle', 'stop', 'event', 'telemetry', 'trip', 'report')", name="kind"),
        CheckConstraint("(vehicle_id IS NULL) = (kind IN ('stop', 'report'))", name="vehicle"),
        CheckConstraint("num_nulls(sent_at, refused_at) >= 1", name="settled"),
        Index("uq_agency_push_record_id", "city_id", "mode", "kind", "record_id", unique=True),
        Index(
            "ix_agency_push_waiting",
            "city_id",
            "mode",
            "id",
            postgresql_where=text("sent_at IS NULL AND refused_at IS NULL"),
        ),
        Index("ix_agency_push_sent_at", "sent_at", postgresql_where=text("sent_at IS NOT NULL")),
    )
