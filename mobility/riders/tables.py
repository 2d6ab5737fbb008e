from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mobility.base.ids import new_id
from mobility.db.tables import Base


class Account(Base):
    """A person who can sign in. E-mail is lower case, phone is E.164; at least one is known."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="fr")
    born_on: Mapped[date | None]
    born_on_verified: Mapped[bool] = mapped_column(default=False)
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    roles: Mapped[list["AccountRole"]] = relationship(lazy="raise_on_sql")
    licences: Mapped[list["Licence"]] = relationship(
        lazy="raise_on_sql", order_by="Licence.declared_at", foreign_keys="Licence.account_id"
    )

    __table_args__ = (CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),)


class AccountRole(Base):
    """What an account may do; `city_id` empty means in every city. Everybody is a resident without a row."""

    __tablename__ = "account_role"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    city_id: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("role IN ('operator', 'crew', 'city', 'admin')", name="role"),
        Index(
            "uq_account_role_account_id_role_city_id", "account_id", "role", text("coalesce(city_id, '')"), unique=True
        ),
    )


class SignInCode(Base):
    """A one-time code on its way to an address; only its hash is kept."""

    __tablename__ = "sign_in_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address: Mapped[str]
    locale: Mapped[str]
    code_hash: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    # Only an address's newest code counts, and the newest is found at every try.
    __table_args__ = (Index("ix_sign_in_code_address_created_at", "address", "created_at"),)


class SignInSession(Base):
    """A signed-in browser or app, found by the hash of its random token."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class Licence(Base):
    """A driving title: declared by its holder, then verified or refused by an operator. No image is kept."""

    __tablename__ = "licence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    category: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="declared")
    declared_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (CheckConstraint("state IN ('declared', 'verified', 'refused')", name="state"),)


class OutgoingMessage(Base):
    """What a person is told outside the app, once per `key`, on its way to wherever they can be reached then."""

    __tablename__ = "outgoing_message"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(sent_at, given_up_at) <= 1", name="settled_once"),
        Index("ix_outgoing_message_due_at", "due_at", postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL")),
    )


class OutgoingAttachment(Base):
    """A file of a message, kept until the message is settled."""

    __tablename__ = "outgoing_attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outgoing_message.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
