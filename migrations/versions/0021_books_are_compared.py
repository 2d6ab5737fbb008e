"""Our books are compared with the payment service's own; the ledger's accounts stay what they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# An account that changes its kind, its owner or its currency changes every line that stands on it.
ACCOUNTS_STAY = """
    CREATE TRIGGER ledger_account_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_account
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
"""


def upgrade() -> None:
    op.execute(ACCOUNTS_STAY)
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    op.create_index("uq_reconciliation_gateway_until", "reconciliation", ["gateway", "until"], unique=True)
    op.create_table(
        "book_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("ours_cents", sa.Integer(), nullable=True),
        sa.Column("ours_currency", sa.Text(), nullable=True),
        sa.Column("theirs_cents", sa.Integer(), nullable=True),
        sa.Column("theirs_currency", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('missing_here', 'missing_there', 'other_amount', 'other_currency', 'unknown')",
            name=op.f("ck_book_difference_kind"),
        ),
        sa.CheckConstraint(
            "settled_by IS NULL OR (settled_at IS NOT NULL AND note IS NOT NULL)",
            name=op.f("ck_book_difference_settled"),
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["account.id"], name=op.f("fk_book_difference_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_difference")),
    )
    name = ["gateway", "kind", "matter", "reference"]
    op.create_index("uq_book_difference_name", "book_difference", name, unique=True)


def downgrade() -> None:
    op.drop_table("book_difference")
    op.drop_table("reconciliation")
    op.execute("DROP TRIGGER ledger_account_is_append_only ON ledger_account")
