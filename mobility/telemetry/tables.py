from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db.tables import Base


class TelemetryReport(Base):
    """One report of a vehicle, stored once per sequence number; without position while it is rented."""

    __tablename__ = "telemetry_report"

    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    speed_kmh: Mapped[float | None]
    charge_percent: Mapped[float | None]
    range_m: Mapped[int | None]
    odometer_m: Mapped[int | None] = mapped_column(BigInteger)
    locked: Mapped[bool | None]

    __table_args__ = (Index("ix_telemetry_report_at", "at", postgresql_using="brin"),)
