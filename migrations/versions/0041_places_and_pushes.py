"""Residents' places, the letters they want, messages to their devices, and ends that were asked for without a network."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "saved_place",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('home', 'work', 'other')", name=op.f("ck_saved_place_kind")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_saved_place_position")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_place_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_saved_place")),
    )
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("letters", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.CheckConstraint("letters IN ('all', 'essential')", name=op.f("ck_notice_choice_letters")),
        sa.CheckConstraint("first IN ('email', 'phone')", name=op.f("ck_notice_choice_first")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "push_device",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_push_device_account_id")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_push_device")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_device_endpoint")),
    )
    _create_outgoing_push()
    op.add_column("rental", sa.Column("end_asked_at", sa.DateTime(timezone=True), nullable=True))


def _create_outgoing_push() -> None:
    op.create_table(
        "outgoing_push",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("num_nonnulls(sent_at, given_up_at) <= 1", name=op.f("ck_outgoing_push_settled_once")),
        sa.ForeignKeyConstraint(
            ["account_id", "device_id"],
            ["push_device.account_id", "push_device.id"],
            name=op.f("fk_outgoing_push_account_id_device_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_push")),
    )
    op.create_index("ix_outgoing_push_account_id_device_id", "outgoing_push", ["account_id", "device_id"])
    op.create_index(op.f("ix_outgoing_push_created_at"), "outgoing_push", ["created_at"])
    op.create_index(
        "ix_outgoing_push_due_at",
        "outgoing_push",
        ["due_at"],
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_column("rental", "end_asked_at")
    op.drop_table("outgoing_push")
    op.drop_table("push_device")
    op.drop_table("notice_choice")
    op.drop_table("saved_place")
