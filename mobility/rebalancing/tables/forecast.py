from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class DemandForecast(Base):
    """One version of what a day was expected to ask for; the latest counts, the others show what was thought before.

    `numbers` holds the arrays of `rules.forecast.Demand` (`service.forecast.pack`); `document` names their places and
    classes and says what they rest on.
    """

    __tablename__ = "demand_forecast"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    day: Mapped[date]
    version: Mapped[int]
    made_at: Mapped[datetime]
    method: Mapped[str]
    document: Mapped[dict[str, Any]]
    numbers: Mapped[bytes] = mapped_column(deferred=True)

    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        Index("uq_demand_forecast_city_id_day_version", "city_id", "day", "version", unique=True),
        Index("ix_demand_forecast_made_at", "made_at"),
    )


class NightStock(Base):
    """Vehicles at a place when a night's work began or was over: what the night promised is compared with it."""

    __tablename__ = "night_stock"

    night_id: Mapped[UUID] = mapped_column(ForeignKey("night.id"), primary_key=True)
    moment: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    usable: Mapped[int]
    # There, but too empty, out of service or unheard.
    unusable: Mapped[int]
    # In the batteries of all of them.
    charge_wh: Mapped[int]
    counted_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("moment IN ('evening', 'morning')", name="moment"),
        CheckConstraint("usable >= 0 AND unusable >= 0 AND charge_wh >= 0", name="counts"),
    )
