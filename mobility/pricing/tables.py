from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Tariff(Base):
    """One version of a pricing plan for a class of vehicles, in force from an instant on; never edited.

    A plan that is corrected without a new date gets the next `version`: what was sold before keeps its price.
    """

    __tablename__ = "tariff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    type_code: Mapped[str]
    effective_from: Mapped[datetime]
    plan: Mapped[dict[str, Any]]
    version: Mapped[int]

    __table_args__ = (Index("uq_tariff_in_force", "city_id", "type_code", "effective_from", "version", unique=True),)
