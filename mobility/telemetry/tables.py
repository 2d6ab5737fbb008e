from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Identity, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db.tables import Base

# Partitions live in a schema of their own: the tables of the code are those of `public`, whatever day it is.
DAYS_SCHEMA = "telemetry_days"


class TelemetryReport(Base):
    """One report of a vehicle, stored once per number; without position while it is rented. One partition a day (UTC).

    In the partition of a day the first columns of the key lead to all that one vehicle said that day, and to a number
    whatever time it came with. No foreign key: only `service.ingest` writes here, and it has read the vehicle.
    """

    __tablename__ = "telemetry_report"

    vehicle_id: Mapped[UUID] = mapped_column(primary_key=True)
    boot: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    heading_deg: Mapped[float | None]
    speed_kmh: Mapped[float | None]
    charge_percent: Mapped[float | None]
    range_m: Mapped[int | None]
    odometer_m: Mapped[int | None] = mapped_column(BigInteger)
    locked: Mapped[bool | None]
    ignition: Mapped[bool | None]
    charging: Mapped[bool | None]
    alarms: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    network_technology: Mapped[str | None]
    signal_dbm: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)


class TelemetryQuarantine(Base):
    """What was sent and not taken, and why; kept a short while for whoever repairs the sender.

    Every digit of the payload is masked: what could not be read may hold a coordinate of a ride.
    """

    __tablename__ = "telemetry_quarantine"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    vehicle_id: Mapped[UUID | None] = mapped_column(index=True)
    channel: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    payload: Mapped[bytes]
