"""What support moves in parts counts together: each act keeps how much it moves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("support_act", sa.Column("moved_cents", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE support_act SET moved_cents = cents WHERE kind IN ('refund', 'credit')")
    op.create_check_constraint(op.f("ck_support_act_moved"), "support_act", "moved_cents >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_support_act_moved"), "support_act", type_="check")
    op.drop_column("support_act", "moved_cents")
