from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db.tables import Base


class PublishedWeek(Base):
    """A week that is over, as the city sees it; made once and never changed. `week` is its Monday.

    Numbers are empty where fewer than ten people stand behind them.
    """

    __tablename__ = "published_week"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    trips: Mapped[int | None]
    minutes: Mapped[int | None]
    distance_m: Mapped[int | None]
    energy_wh: Mapped[int | None]
    # Searches that found nothing within the walk.
    unserved: Mapped[int | None]
    cells: Mapped[int]
    suppressed: Mapped[int]

    __table_args__ = (
        CheckConstraint("trips >= 10", name="trips"),
        CheckConstraint("unserved = 0 OR unserved >= 10", name="unserved"),
        CheckConstraint("extract(isodow FROM week) = 1", name="monday"),
    )


class PublishedCell(Base):
    """Rides that ended in a week, by the quarter of the day and the commune they began in, and their class."""

    __tablename__ = "published_cell"

    city_id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    trips: Mapped[int]
    minutes: Mapped[int]
    distance_m: Mapped[int]
    energy_wh: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["city_id", "week"], ["published_week.city_id", "published_week.week"]),
        CheckConstraint("trips >= 10", name="trips"),
        CheckConstraint("part IN ('night', 'morning', 'afternoon', 'evening')", name="part"),
    )


class ServiceHour(Base):
    """How a class stood in an hour of the day, a week's seven days together: minutes of vehicles, not of people."""

    __tablename__ = "service_hour"

    city_id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    fleet_minutes: Mapped[int]
    available_minutes: Mapped[int]
    broken_minutes: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["city_id", "week"], ["published_week.city_id", "published_week.week"]),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("available_minutes >= 0 AND broken_minutes >= 0", name="minutes"),
    )
