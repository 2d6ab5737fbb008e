from datetime import datetime
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
        CheckConstraint("kind IN ('rider', 'revenue', 'vat', 'gateway')", name="kind"),
        Index("uq_ledger_account_kind_owner_currency", "kind", "owner", "currency", unique=True),
    )


class LedgerTransaction(Base):
    """One business fact in money; its entries sum to zero (held by a deferred trigger). `key` makes it happen once."""

    __tablename__ = "ledger_transaction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    reference_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_ledger_transaction_city_id_at", "city_id", "at"),)


class LedgerEntry(Base):
    """One line: positive is a debit, negative a credit; append-only (held by a trigger)."""

    __tablename__ = "ledger_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount_cents: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount"),)


class Payment(Base):
    """An amount to collect from a rider, once: the worker leases it, asks the gateway, writes down the answer."""

    __tablename__ = "payment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    reference_id: Mapped[UUID] = mapped_column(unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    gateway_reference: Mapped[str | None]
    decline_code: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'captured', 'declined')", name="state"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'captured') = (gateway_reference IS NOT NULL)", name="captured"),
        CheckConstraint("(state = 'declined') = (decline_code IS NOT NULL)", name="declined"),
        Index("ix_payment_pending", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_payment_account_id", "account_id", "id"),
    )
