"""Cards, refunds, disputes and what the payment service tells; declined payments are tried again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "gateway_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_event")),
    )
    op.create_index(
        "ix_gateway_event_due_at",
        "gateway_event",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=False),
        sa.Column("exp_year", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_card_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("reference", name=op.f("uq_card_reference")),
    )
    op.create_index(op.f("ix_card_account_id"), "card", ["account_id"], unique=False)
    op.create_table(
        "gateway_customer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_gateway_customer_account_id")),
        sa.PrimaryKeyConstraint("account_id", "gateway", name=op.f("pk_gateway_customer")),
        sa.UniqueConstraint("reference", name=op.f("uq_gateway_customer_reference")),
    )
    op.create_table(
        "dispute",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'won', 'lost')", name=op.f("ck_dispute_state")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_dispute")),
    )
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("movement", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gateway_reference", sa.Text(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name=op.f("ck_refund_settled")),
        sa.CheckConstraint("state IN ('pending', 'done', 'refused')", name=op.f("ck_refund_state")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["operator_id"], ["account.id"], name=op.f("fk_refund_operator_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
    )
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.create_index(
        "ix_refund_pending", "refund", ["due_at"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.add_column("payment", sa.Column("vat_percent", sa.Numeric(), nullable=True))
    op.execute(
        "UPDATE payment SET vat_percent = coalesce((SELECT rental.vat_percent FROM rental"
        " WHERE rental.id = payment.reference_id), 20)"
    )
    op.alter_column("payment", "vat_percent", nullable=False)
    op.add_column("payment", sa.Column("declines", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("payment", "declines", server_default=None)
    op.add_column("payment", sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payment", sa.Column("present_at", sa.Text(), nullable=True))
    op.add_column("payment", sa.Column("open_reference", sa.Text(), nullable=True))
    op.add_column("payment", sa.Column("action_url", sa.Text(), nullable=True))
    op.create_index(
        "ix_payment_next_try_at",
        "payment",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_unique_constraint(op.f("uq_payment_gateway_reference"), "payment", ["gateway_reference"])
    op.create_check_constraint(op.f("ck_payment_next_try"), "payment", "next_try_at IS NULL OR state = 'declined'")
    op.drop_constraint(op.f("ck_ledger_account_kind"), "ledger_account", type_="check")
    op.create_check_constraint(
        op.f("ck_ledger_account_kind"),
        "ledger_account",
        "kind IN ('rider', 'revenue', 'vat', 'gateway', 'disputed', 'losses')",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ledger_account_kind"), "ledger_account", type_="check")
    op.create_check_constraint(
        op.f("ck_ledger_account_kind"), "ledger_account", "kind IN ('rider', 'revenue', 'vat', 'gateway')"
    )
    op.drop_constraint(op.f("ck_payment_next_try"), "payment", type_="check")
    op.drop_constraint(op.f("uq_payment_gateway_reference"), "payment", type_="unique")
    op.drop_index("ix_payment_next_try_at", table_name="payment", postgresql_where=sa.text("next_try_at IS NOT NULL"))
    op.drop_column("payment", "action_url")
    op.drop_column("payment", "open_reference")
    op.drop_column("payment", "present_at")
    op.drop_column("payment", "next_try_at")
    op.drop_column("payment", "declines")
    op.drop_column("payment", "vat_percent")
    op.drop_index("ix_refund_pending", table_name="refund", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index(op.f("ix_refund_payment_id"), table_name="refund")
    op.drop_table("refund")
    op.drop_index(op.f("ix_dispute_payment_id"), table_name="dispute")
    op.drop_table("dispute")
    op.drop_table("gateway_customer")
    op.drop_index(op.f("ix_card_account_id"), table_name="card")
    op.drop_table("card")
    op.drop_index("ix_gateway_event_due_at", table_name="gateway_event", postgresql_where=sa.text("settled_at IS NULL"))
    op.drop_table("gateway_event")
