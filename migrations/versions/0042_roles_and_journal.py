"""Which role was given to whom and withdrawn, and indexes of what the staff did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

OPERATOR = sa.text("actor = 'operator'")


def upgrade() -> None:
    op.create_table(
        "role_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("change IN ('given', 'withdrawn')", name=op.f("ck_role_change_change")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_change_account_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_role_change_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_change")),
    )
    op.create_index(op.f("ix_role_change_account_id"), "role_change", ["account_id"])
    op.create_index("ix_role_change_city_id_at", "role_change", ["city_id", "at"])
    op.create_index("ix_vehicle_command_staff", "vehicle_command", ["issued_at"], postgresql_where=OPERATOR)
    op.create_index("ix_vehicle_event_staff", "vehicle_event", ["at"], postgresql_where=OPERATOR)
    desk = sa.text("booked_by <> account_id")
    op.create_index("ix_booking_desk", "booking", ["city_id", "created_at"], postgresql_where=desk)
    op.create_index("ix_refund_created_at", "refund", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_refund_created_at", "refund")
    op.drop_index("ix_booking_desk", "booking")
    op.drop_index("ix_vehicle_event_staff", "vehicle_event")
    op.drop_index("ix_vehicle_command_staff", "vehicle_command")
    op.drop_table("role_change")
