"""Photos of how vehicles were left, where a city asks for them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "parking_photo",
        sa.Column("rental_id", sa.Uuid(), nullable=False),
        sa.Column("rider_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("excuse", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("excuse IN ('camera', 'unsafe', 'other')", name=op.f("ck_parking_photo_excuse")),
        sa.CheckConstraint("(name IS NULL) = (taken_in_at IS NULL)", name=op.f("ck_parking_photo_taken_in")),
        sa.ForeignKeyConstraint(["rider_id"], ["account.id"], name=op.f("fk_parking_photo_rider_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_parking_photo_city_id")),
        sa.PrimaryKeyConstraint("rental_id", name=op.f("pk_parking_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_parking_photo_name")),
    )
    op.create_index("ix_parking_photo_rider_id", "parking_photo", ["rider_id"])
    op.create_index("ix_parking_photo_asked_at", "parking_photo", ["asked_at"])


def downgrade() -> None:
    op.drop_table("parking_photo")
