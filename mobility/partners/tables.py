from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Partner(Base):
    """Somebody whose app follows a city; proves itself by a token of which we keep the hash."""

    __tablename__ = "partner"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), index=True)
    name: Mapped[str]
    contact_email: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Webhook(Base):
    """An address of a partner's, and of what it is told. Its secret signs, so it is kept as it is."""

    __tablename__ = "webhook"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    url: Mapped[str]
    events: Mapped[list[Any]]
    secret: Mapped[bytes]
    former_secret: Mapped[bytes | None]
    former_until: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="active")
    # Why it is not active: `asked`, `failing`, or `gone` for an address that answered 410.
    because: Mapped[str | None]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    # Until then one worker sends to it, and no other: what it is told stays in order.
    leased_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
        CheckConstraint("because IN ('asked', 'failing', 'gone')", name="because"),
        CheckConstraint("(state = 'active') = (because IS NULL)", name="reason"),
        CheckConstraint("(former_secret IS NULL) = (former_until IS NULL)", name="former"),
        Index("ix_webhook_city_id_live", "city_id", postgresql_where=text("state <> 'ended'")),
    )


class WebhookTold(Base):
    """What partners of a city were told last of each subject, as a fingerprint: the next difference begins there."""

    __tablename__ = "webhook_told"

    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]


class WebhookMessage(Base):
    """A change, once for all who want to know; `body` is what is signed and sent. Numbers grow with time."""

    __tablename__ = "webhook_message"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id, unique=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    type: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Base):
    """A message on its way to one address; waiting until it is delivered."""

    __tablename__ = "webhook_delivery"

    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("webhook_message.number", ondelete="CASCADE"), primary_key=True, index=True
    )
    subject: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        # The first that waits of each subject.
        Index(
            "ix_webhook_delivery_waiting",
            "webhook_id",
            "subject",
            "number",
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )


class WebhookAttempt(Base):
    """What came of one attempt; the partner can read it."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(BigInteger, ForeignKey("webhook_message.number", ondelete="CASCADE"))
    at: Mapped[datetime]
    status: Mapped[int | None]
    failure: Mapped[str | None]
    excerpt: Mapped[str]
    duration_ms: Mapped[int]

    __table_args__ = (
        Index("ix_webhook_attempt_webhook_id_number", "webhook_id", "number"),
        Index("ix_webhook_attempt_number", "number"),
    )
