from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Tariff(Base):
    """One version of a pricing plan for a class of vehicles, in force from an instant on; never edited or deleted.

    A plan that is corrected without a new date gets the next `version`: what was sold before keeps its price. One that
    was withdrawn before it began is for nobody any more but whoever it was sold to.
    """

    __tablename__ = "tariff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    type_code: Mapped[str]
    effective_from: Mapped[datetime]
    plan: Mapped[dict[str, Any]]
    version: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The operator; empty for what the city file says.
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("withdrawn_at < effective_from", name="withdrawn"),
        Index("uq_tariff_in_force", "city_id", "type_code", "effective_from", "version", unique=True),
    )


class TariffDraft(Base):
    """A tariff that an operator writes: whole and free of contradictions, but for sale only once it is published."""

    __tablename__ = "tariff_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    plan: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_tariff_draft_city_id_id", "city_id", "id"),)
