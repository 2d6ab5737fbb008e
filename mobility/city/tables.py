from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

# Its accounts publish ground: a command that loads a city imports no other table of theirs.
import mobility.riders.tables  # noqa: F401
from mobility.base.ids import new_id
from mobility.db.tables import Base


class City(Base):
    """A city as its file says it, with the ground that is in force.

    `document` is the whole, the columns are what other domains ask for in SQL; `file_hash` is of the file alone.
    """

    __tablename__ = "city"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    time_zone: Mapped[str]
    currency: Mapped[str]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    file_hash: Mapped[str]
    version: Mapped[int]
    loaded_at: Mapped[datetime]


class Zone(Base):
    """An area with a rule; `vehicle_types` empty binds every class, `hours` empty holds at every hour."""

    __tablename__ = "zone"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    name: Mapped[dict[str, Any]]
    kind: Mapped[str]
    vehicle_types: Mapped[list[Any]]
    max_speed_kmh: Mapped[int | None]
    hours: Mapped[list[Any]]
    geometry: Mapped[dict[str, Any]]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('service', 'no_ride', 'slow', 'no_parking', 'no_start', 'bays', 'bays_only')", name="kind"
        ),
        CheckConstraint("(kind = 'slow') = (max_speed_kmh IS NOT NULL)", name="max_speed"),
        Index("uq_zone_city_id_code", "city_id", "code", unique=True),
    )


class Station(Base):
    """A place with bays; kept after its retirement, for past rides name it."""

    __tablename__ = "station"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    name: Mapped[dict[str, Any]]
    kind: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    bays: Mapped[int]
    chargers: Mapped[int]
    vehicle_types: Mapped[list[Any]]
    source: Mapped[str]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("bays > 0 AND chargers BETWEEN 0 AND bays", name="bays"),
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="position"),
        Index("uq_station_city_id_code", "city_id", "code", unique=True),
    )


class GroundEdition(Base):
    """A city's zones and stations from an instant on, until the next edition begins; never edited or deleted.

    At most one is announced at a time. One that was withdrawn before it began never held.
    """

    __tablename__ = "ground_edition"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    number: Mapped[int]
    ground: Mapped[dict[str, Any]]
    effective_from: Mapped[datetime]
    published_at: Mapped[datetime]
    # The operator; empty for what the city file says.
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str]
    began_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("began_at IS NULL OR withdrawn_at IS NULL", name="fate"),
        Index("uq_ground_edition_city_id_number", "city_id", "number", unique=True),
        Index(
            "uq_ground_edition_announced",
            "city_id",
            unique=True,
            postgresql_where=text("began_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )


class GroundDraft(Base):
    """The zones and stations that a city's operators are drawing, one draft for all of them.

    `version` counts its writings; `base` is the number of the edition that it was drawn on.
    """

    __tablename__ = "ground_draft"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    version: Mapped[int]
    base: Mapped[int]
    ground: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
