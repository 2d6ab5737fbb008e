"""Alerts are given to colleagues; what happened with one vehicle is found without reading what happened with all."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    op.add_column("alert_event", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    op.create_index("ix_alert_vehicle_id", "alert", ["vehicle_id"])
    op.create_index("ix_task_vehicle_id", "task", ["vehicle_id"])
    op.create_index("ix_hold_vehicle_id_created_at", "hold", ["vehicle_id", "created_at"])
    op.create_index("ix_booking_vehicle_id_created_at", "booking", ["vehicle_id", "created_at"])
    op.create_index("ix_support_act_reference_id", "support_act", ["reference_id"])


def downgrade() -> None:
    op.drop_index("ix_support_act_reference_id", table_name="support_act")
    op.drop_index("ix_booking_vehicle_id_created_at", table_name="booking")
    op.drop_index("ix_hold_vehicle_id_created_at", table_name="hold")
    op.drop_index("ix_task_vehicle_id", table_name="task")
    op.drop_index("ix_alert_vehicle_id", table_name="alert")
    op.drop_column("alert_event", "assigned_to")
    op.drop_column("alert", "assigned_to")
