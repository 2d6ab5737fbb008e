"""What the staff does for riders is written down, and above a limit done by two."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "support_act",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('timeline', 'ride_end', 'price', 'refund', 'credit')", name=op.f("ck_support_act_kind")
        ),
        sa.CheckConstraint("state <> 'waiting' OR decided_by IS NULL", name=op.f("ck_support_act_waiting")),
        sa.CheckConstraint("state IN ('done', 'waiting', 'refused')", name=op.f("ck_support_act_state")),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_support_act_decided")),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_support_act_two_people")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_support_act_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_support_act_asked_by")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_support_act_city_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_support_act_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_act")),
    )
    op.create_index("ix_support_act_account_id_id", "support_act", ["account_id", "id"], unique=False)
    op.create_index("ix_support_act_city_id_id", "support_act", ["city_id", "id"], unique=False)
    op.create_index(
        "ix_support_act_waiting",
        "support_act",
        ["city_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("support_act")
