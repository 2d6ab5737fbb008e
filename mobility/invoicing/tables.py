from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Document(Base):
    """A receipt or a credit note as it was issued; a trigger lets nothing change but the number, from none to one.

    `lines` are `DocumentLine`s, `provider` and `client` who they were at that time. A credit note's amounts are
    negative. It says nothing of where anybody was but the name of a station or of the city.
    """

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    # What was sold: a rental, a pass.
    reference_id: Mapped[UUID] = mapped_column(index=True)
    # The document that a credit note takes back from, or that a new receipt stands for.
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id"), index=True)
    # The refund that a credit note is about: one each.
    cause_id: Mapped[UUID | None] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    # The day of issue where the city is; its year names the series.
    issued_on: Mapped[date]
    time_zone: Mapped[str]
    served_from: Mapped[datetime]
    served_until: Mapped[datetime]
    place: Mapped[dict[str, Any]]
    provider: Mapped[dict[str, Any]]
    client: Mapped[dict[str, Any]]
    lines: Mapped[list[Any]]
    total_cents: Mapped[int]
    currency: Mapped[str]
    year: Mapped[int]
    number: Mapped[int | None]
    numbered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('receipt', 'credit_note')", name="kind"),
        CheckConstraint("CASE kind WHEN 'receipt' THEN total_cents > 0 ELSE total_cents < 0 END", name="total"),
        CheckConstraint("kind = 'receipt' OR corrects_id IS NOT NULL", name="corrects"),
        CheckConstraint("(number IS NULL) = (numbered_at IS NULL) AND number > 0", name="number"),
        CheckConstraint("year = extract(year FROM issued_on)", name="year"),
        CheckConstraint("served_from <= served_until", name="served"),
        Index("uq_document_city_id_kind_year_number", "city_id", "kind", "year", "number", unique=True),
        Index("ix_document_unnumbered", "issued_at", "id", postgresql_where=text("number IS NULL")),
        Index("ix_document_account_id", "account_id", "id"),
    )


class DocumentSeries(Base):
    """The numbers of one kind of document in one city and year: 1 to `last_number` are given, each once."""

    __tablename__ = "document_series"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class Statement(Base):
    """A rider's documents of one month in one city, sent once."""

    __tablename__ = "statement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    # The first day of the month.
    month: Mapped[date]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month"),
        Index("uq_statement_account_id_city_id_month", "account_id", "city_id", "month", unique=True),
    )


class StatementChoice(Base):
    """A rider who said whether the monthly statement is wanted; without a row it is."""

    __tablename__ = "statement_choice"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    wanted: Mapped[bool]
    chosen_at: Mapped[datetime]
