from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base
from mobility.feeds.rules.notices import NoticeKind


class ServiceNotice(Base):
    """What an operator tells everybody of the service: a closure, a station that has moved, other hours."""

    __tablename__ = "service_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[NoticeKind] = mapped_column(Text)
    summary: Mapped[dict[str, Any]]
    # Empty when the summary says it all.
    description: Mapped[dict[str, Any]]
    url: Mapped[str | None]
    stations: Mapped[list[Any]]
    regions: Mapped[list[Any]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
    # When somebody ended it before its time.
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('system_closure', 'station_closure', 'station_move', 'other')", name="kind"),
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("ix_service_notice_city_id_id", "city_id", "id"),
    )
