from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mobility.base.ids import new_id
from mobility.db.tables import Base


class LedgerAccount(Base):
    """A place where money is counted: a rider's debt, the operator's revenue, VAT owed, the gateway's till."""

    __tablename__ = "ledger_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    owner: Mapped[str]
    currency: Mapped[str]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('rider', 'revenue', 'vat', 'gateway', 'disputed', 'losses',"
            " 'credit', 'promotions', 'vouchers', 'fees', 'payouts')",
            name="kind",
        ),
        Index("uq_ledger_account_kind_owner_currency", "kind", "owner", "currency", unique=True),
    )


class LedgerTransaction(Base):
    """One business fact in money; its entries sum to zero (held by a deferred trigger). `key` makes it happen once.

    What the gateway does with its own till (a payout) belongs to no city and to nothing of ours.
    """

    __tablename__ = "ledger_transaction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    city_id: Mapped[str | None] = mapped_column(ForeignKey("city.id"))
    reference_id: Mapped[UUID | None] = mapped_column(index=True)
    at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ledger_transaction_city_id_at", "city_id", "at"),
        Index("ix_ledger_transaction_at", "at", "id"),
    )


class LedgerEntry(Base):
    """One line: positive is a debit, negative a credit; append-only (held by a trigger)."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount"),)


class Authorisation(Base):
    """An amount that a rider's bank keeps ready for a ride to come: placed by a worker, then captured or released.

    `tries` numbers the questions to the gateway, so that each has a key of its own.
    """

    __tablename__ = "authorisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    reference_id: Mapped[UUID] = mapped_column(unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    place_at: Mapped[datetime]
    until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    present_at: Mapped[str | None]
    # A movement of an earlier try that is given up before the next one, and where its holder answers their bank.
    open_reference: Mapped[str | None]
    action_url: Mapped[str | None]
    gateway_reference: Mapped[str | None] = mapped_column(unique=True)
    # When the bank lets go of the money by itself, and when we look after it before that.
    expires_at: Mapped[datetime | None]
    renew_at: Mapped[datetime | None]
    wanted: Mapped[bool] = mapped_column(default=True)
    decline_code: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'placed', 'declined', 'capturing', 'captured', 'releasing', 'released')",
            name="state",
        ),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint(
            "state NOT IN ('placed', 'capturing', 'captured') OR gateway_reference IS NOT NULL", name="placed"
        ),
        CheckConstraint("(state = 'declined') = (decline_code IS NOT NULL)", name="declined"),
        CheckConstraint("(state IN ('captured', 'released')) = (settled_at IS NOT NULL)", name="settled"),
        Index("ix_authorisation_due_at", "due_at", postgresql_where=text("state IN ('waiting', 'releasing')")),
        Index("ix_authorisation_renew_at", "renew_at", postgresql_where=text("state = 'placed'")),
        Index("ix_authorisation_account_id", "account_id", "id"),
    )


class Payment(Base):
    """What something cost a rider, once: a part their credit paid at once, the rest is collected.

    The worker leases it, asks the gateway, writes down the answer. A declined payment is tried again: by itself at
    `next_try_at`, or when the rider asks. `declines` counts the answers that brought nothing; with it each try has a
    key of its own. An amount `too_small` to be collected alone waits for the rider's next payment (`carried_by`).
    """

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(default="rental")
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    reference_id: Mapped[UUID] = mapped_column(unique=True)
    # What is to be collected, beside what credit paid.
    amount_cents: Mapped[int]
    credit_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    vat_percent: Mapped[Decimal]
    # The VAT in all of it, as the document about it says.
    vat_cents: Mapped[int]
    authorisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("authorisation.id"))
    too_small: Mapped[bool] = mapped_column(default=False)
    carried_by: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    declines: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    # Where the rider is sent back to when they are there to answer their bank.
    present_at: Mapped[str | None]
    # A movement that waits for the rider's answer to their bank, and where they give it.
    open_reference: Mapped[str | None]
    action_url: Mapped[str | None]
    decline_code: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'captured', 'declined', 'written_off')", name="state"),
        CheckConstraint("amount_cents >= 0 AND credit_cents >= 0 AND amount_cents + credit_cents > 0", name="amount"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'declined') = (decline_code IS NOT NULL)", name="declined"),
        CheckConstraint("next_try_at IS NULL OR state = 'declined'", name="next_try"),
        CheckConstraint("carried_by IS NULL OR too_small", name="carried"),
        Index("ix_payment_pending", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_payment_next_try_at", "next_try_at", postgresql_where=text("next_try_at IS NOT NULL")),
        Index("ix_payment_account_id", "account_id", "id"),
    )


class Movement(Base):
    """Money that a gateway collected for a payment; `reference` is the gateway's own name for it."""

    __tablename__ = "movement"

    reference: Mapped[str] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        Index("ix_movement_gateway_at", "gateway", "at"),
    )


class GatewayCustomer(Base):
    """What a gateway calls a rider."""

    __tablename__ = "gateway_customer"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    gateway: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)


class Card(Base):
    """A card that a rider saved at the gateway; the newest that was not removed is charged."""

    __tablename__ = "card"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    gateway: Mapped[str]
    reference: Mapped[str] = mapped_column(unique=True)
    brand: Mapped[str]
    last4: Mapped[str]
    exp_month: Mapped[int]
    exp_year: Mapped[int]
    saved_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Refund(Base):
    """Money on its way back to a rider, to where it came from: the worker asks the gateway, or it is credit at once."""

    __tablename__ = "refund"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    # The movement it is taken from: one of the payment's, or one that came in a second time; none: it becomes credit.
    movement: Mapped[str | None]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    gateway_reference: Mapped[str | None]
    refusal_code: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'done', 'refused')", name="state"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        Index("ix_refund_created_at", "created_at"),
        Index("ix_refund_pending", "due_at", postgresql_where=text("state = 'pending'")),
    )


class Dispute(Base):
    """A charge that a cardholder contests at their bank."""

    __tablename__ = "dispute"

    reference: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_cents: Mapped[int]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("state IN ('open', 'won', 'lost')", name="state"),)


class GatewayEvent(Base):
    """Inbox: each event of a gateway is kept once and looked into until that succeeds."""

    __tablename__ = "gateway_event"

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    received_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_gateway_event_due_at", "due_at", postgresql_where=text("settled_at IS NULL")),)


class Reconciliation(Base):
    """One comparison of our books with a gateway's own."""

    __tablename__ = "reconciliation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    gateway: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    at: Mapped[datetime]
    lines: Mapped[int]
    differences: Mapped[int]

    __table_args__ = (Index("uq_reconciliation_gateway_until", "gateway", "until", unique=True),)


class BookDifference(Base):
    """Something that stands otherwise in a gateway's books than in ours, until it agrees or a person explains it."""

    __tablename__ = "book_difference"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    gateway: Mapped[str]
    kind: Mapped[str]
    matter: Mapped[str]
    # What it is called there: a movement, a refund, a dispute, or a line of a kind that we do not know.
    reference: Mapped[str]
    ours_cents: Mapped[int | None]
    ours_currency: Mapped[str | None]
    theirs_cents: Mapped[int | None]
    theirs_currency: Mapped[str | None]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'other_amount', 'other_currency', 'unknown')", name="kind"
        ),
        CheckConstraint("settled_by IS NULL OR (settled_at IS NOT NULL AND note IS NOT NULL)", name="settled"),
        Index("uq_book_difference_name", "gateway", "kind", "matter", "reference", unique=True),
    )
