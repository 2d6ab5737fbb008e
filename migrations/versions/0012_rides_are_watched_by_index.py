"""What the watch of rides asks with every batch is found by index, however many commands a vehicle has had."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_vehicle_command_speed",
        "vehicle_command",
        ["vehicle_id", "id"],
        postgresql_where=sa.text("kind = 'set_speed_limit'"),
    )
    op.create_index(
        "ix_ride_notice_vehicle_id_open",
        "ride_notice",
        ["vehicle_id"],
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_ride_notice_vehicle_id_open", table_name="ride_notice")
    op.drop_index("ix_vehicle_command_speed", table_name="vehicle_command")
