"""The broker knows a vehicle's secret by a hash of its own form; vehicles added before have none until they are enrolled."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("vehicle", sa.Column("broker_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("vehicle", "broker_hash")
