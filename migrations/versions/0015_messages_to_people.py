"""People are told things outside the app, by messages that wait until they are handed over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(sent_at, given_up_at) <= 1", name=op.f("ck_outgoing_message_settled_once")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_outgoing_message_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_message_key")),
    )
    op.create_index(op.f("ix_outgoing_message_account_id"), "outgoing_message", ["account_id"])
    op.create_index(op.f("ix_outgoing_message_created_at"), "outgoing_message", ["created_at"])
    waiting = sa.text("sent_at IS NULL AND given_up_at IS NULL")
    op.create_index("ix_outgoing_message_due_at", "outgoing_message", ["due_at"], postgresql_where=waiting)
    _create_attachment()


def downgrade() -> None:
    op.drop_table("outgoing_attachment")
    op.drop_table("outgoing_message")


def _create_attachment() -> None:
    op.create_table(
        "outgoing_attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outgoing_message.id"],
            name=op.f("fk_outgoing_attachment_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_attachment")),
    )
    op.create_index(op.f("ix_outgoing_attachment_message_id"), "outgoing_attachment", ["message_id"])
