from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from mobility.db.columns import Instant


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        str: Text,
        bytes: LargeBinary,
        UUID: Uuid,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class OutboxMessage(Base):
    """A fact waiting to be told; written in the transaction that made it true."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    topic: Mapped[str]
    subject: Mapped[str]
    payload: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outbox_message_waiting", "id", postgresql_where=text("delivered_at IS NULL")),
        Index("ix_outbox_message_delivered_at", "delivered_at", postgresql_where=text("delivered_at IS NOT NULL")),
    )


class Heartbeat(Base):
    """When a process of that name last said that it is there."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class IdempotencyKey(Base):
    """The answer given to a creating request, so that its repetition creates nothing."""

    __tablename__ = "idempotency_key"

    subject: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
