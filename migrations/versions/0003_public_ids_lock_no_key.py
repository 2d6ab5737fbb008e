"""A vehicle's public id is unique by a partial index.

Columns of a full unique index can be referred to by foreign keys, so changing one waits for every transaction that
stores a row of the vehicle: a rental's end, which renews the public id, would wait for telemetry and it for the rental.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_vehicle_public_id"), "vehicle", type_="unique")
    op.create_index(
        "uq_vehicle_public_id",
        "vehicle",
        ["public_id"],
        unique=True,
        postgresql_where=sa.text("public_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_vehicle_public_id", table_name="vehicle")
    op.create_unique_constraint(op.f("uq_vehicle_public_id"), "vehicle", ["public_id"])
