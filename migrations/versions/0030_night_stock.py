"""What stands where is counted when a night's work begins and when it is over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("morning_stock")
    op.create_table(
        "night_stock",
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("usable", sa.Integer(), nullable=False),
        sa.Column("unusable", sa.Integer(), nullable=False),
        sa.Column("charge_wh", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("moment IN ('evening', 'morning')", name=op.f("ck_night_stock_moment")),
        sa.CheckConstraint("usable >= 0 AND unusable >= 0 AND charge_wh >= 0", name=op.f("ck_night_stock_counts")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_night_stock_night_id")),
        sa.PrimaryKeyConstraint("night_id", "moment", "place", "type_code", name=op.f("pk_night_stock")),
    )


def downgrade() -> None:
    op.drop_table("night_stock")
    op.create_table(
        "morning_stock",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("usable", sa.Integer(), nullable=False),
        sa.Column("unusable", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("usable >= 0 AND unusable >= 0", name=op.f("ck_morning_stock_counts")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_morning_stock_city_id")),
        sa.PrimaryKeyConstraint("city_id", "day", "place", "type_code", name=op.f("pk_morning_stock")),
    )
