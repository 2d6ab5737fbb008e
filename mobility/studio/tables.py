from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class StudioDrawing(Base):
    """A scenario that somebody drew; `sketch` is what it changes of today's stations (`rules.drawings.Sketch`).

    Whoever changes it says which revision they have seen.
    """

    __tablename__ = "studio_drawing"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), index=True)
    name: Mapped[str]
    sketch: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("revision > 0", name="revision"),)


class StudioJob(Base):
    """Something that takes longer than a request: a day to replay, or a study with its report.

    Worked on by a worker under a lease. `sketches` are copies of what was drawn when it was asked for; none: the study
    of the city itself. What comes of it is in the study's folder.
    """

    __tablename__ = "studio_job"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    kind: Mapped[str]
    sketches: Mapped[list[Any]]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    step: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    study_id: Mapped[str | None]
    failure: Mapped[str | None]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    leased_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('replay', 'study')", name="kind"),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure"),
        CheckConstraint("state <> 'done' OR study_id IS NOT NULL", name="study"),
        Index("ix_studio_job_city_id_asked_at", "city_id", "asked_at"),
        Index("ix_studio_job_open", "asked_at", postgresql_where=text("ended_at IS NULL")),
    )
