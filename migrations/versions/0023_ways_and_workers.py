"""It is known by which way a vehicle is heard, and whether a worker is there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("vehicle", sa.Column("heard_over", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_vehicle_heard_over"), "vehicle", "heard_over IN ('http', 'mqtt')")
    op.create_index("ix_vehicle_heard_over", "vehicle", ["id"], postgresql_where=sa.text("heard_over = 'http'"))
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )


def downgrade() -> None:
    op.drop_table("heartbeat")
    op.drop_index("ix_vehicle_heard_over", "vehicle")
    op.drop_column("vehicle", "heard_over")
