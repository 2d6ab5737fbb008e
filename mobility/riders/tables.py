from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, text
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
    # Asked by its holder: signed out at once, forgotten on that day.
    erasure_due_at: Mapped[datetime | None] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    roles: Mapped[list["AccountRole"]] = relationship(lazy="raise_on_sql")
    licences: Mapped[list["Licence"]] = relationship(
        lazy="raise_on_sql", order_by="Licence.declared_at", foreign_keys="Licence.account_id"
    )

    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL OR erased_at IS NOT NULL", name="reachable"),
        CheckConstraint("erased_at IS NULL OR num_nonnulls(email, phone, born_on) = 0 AND name = ''", name="erased"),
    )


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


class RoleChange(Base):
    """A role that was given or taken back, by whom and why; never changed. `city_id` empty means in every city."""

    __tablename__ = "role_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[str]
    city_id: Mapped[str | None]
    change: Mapped[str]
    at: Mapped[datetime]
    # Empty for what was done at the computer of the service.
    by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]

    __table_args__ = (
        CheckConstraint("change IN ('given', 'withdrawn')", name="change"),
        Index("ix_role_change_city_id_at", "city_id", "at"),
    )


class AccountCity(Base):
    """An account that has something to do with a city: papers declared for it, or something held, booked or ridden.

    That city's operators see the account; the city is not checked here, where no city is known.
    """

    __tablename__ = "account_city"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    city_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    since: Mapped[datetime]


class AccountEvent(Base):
    """What was decided about an account, by whom and why; never changed, and gone with the account's erasure."""

    __tablename__ = "account_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    # Empty for what was done at the computer of the service.
    by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]

    __table_args__ = (Index("ix_account_event_account_id_id", "account_id", "id"),)


class Guardianship(Base):
    """A parent who agrees to a child's rides and pays for them. Who was invited is an address until they answer.

    A row says for good when consent was given and when it ended; an active one holds until the child is of age.
    """

    __tablename__ = "guardianship"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    address: Mapped[str | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime]
    # The parent's consent: given with the invitation, or with the answer to the child's.
    consented_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None]

    guardian: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=guardian_id)
    child: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=child_id)

    __table_args__ = (
        CheckConstraint("state IN ('asked', 'active', 'declined', 'ended')", name="state"),
        CheckConstraint("guardian_id <> child_id", name="two_people"),
        CheckConstraint("(state IN ('declined', 'ended')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(state IN ('active', 'ended')) = (accepted_at IS NOT NULL)", name="accepted"),
        CheckConstraint(
            "accepted_at IS NULL OR num_nonnulls(guardian_id, child_id, consented_at) = 3", name="consented"
        ),
        CheckConstraint("(state = 'asked') = (address IS NOT NULL)", name="invited"),
        Index("uq_guardianship_child_active", "child_id", unique=True, postgresql_where=text("state = 'active'")),
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


class SavedPlace(Base):
    """Where a resident goes often, by a name of their own; the id is their page's, so that saving twice saves once."""

    __tablename__ = "saved_place"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]
    saved_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("kind IN ('home', 'work', 'other')", name="kind"),
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="position"),
    )


class NoticeChoice(Base):
    """Which letters an account wants and where they go first; without a row all of them, to the mailbox."""

    __tablename__ = "notice_choice"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    letters: Mapped[str]
    first: Mapped[str]

    __table_args__ = (
        CheckConstraint("letters IN ('all', 'essential')", name="letters"),
        CheckConstraint("first IN ('email', 'phone')", name="first"),
    )


class PushDevice(Base):
    """A browser that agreed to show messages, by its push subscription; it is one account's at a time."""

    __tablename__ = "push_device"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    added_at: Mapped[datetime]


class OutgoingPush(Base):
    """A message on its way to one device: a title, a sentence or two, and what of the page it opens."""

    __tablename__ = "outgoing_push"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    device_id: Mapped[UUID]
    key: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    opens: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "device_id"], ["push_device.account_id", "push_device.id"], ondelete="CASCADE"
        ),
        CheckConstraint("num_nonnulls(sent_at, given_up_at) <= 1", name="settled_once"),
        Index("ix_outgoing_push_account_id_device_id", "account_id", "device_id"),
        Index("ix_outgoing_push_due_at", "due_at", postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL")),
    )
