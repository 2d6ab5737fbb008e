"""Searches that found nothing are counted; forecasts are kept to be compared with what came."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unserved_search",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("quarter_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.CheckConstraint("searches BETWEEN 1 AND 20", name=op.f("ck_unserved_search_searches")),
        sa.CheckConstraint("extract(epoch FROM quarter_at)::bigint % 900 = 0", name=op.f("ck_unserved_search_quarter")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_unserved_search_city_id")),
        sa.PrimaryKeyConstraint("city_id", "quarter_at", "type_code", "lon", "lat", name=op.f("pk_unserved_search")),
    )
    op.create_table(
        "demand_forecast",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_demand_forecast_version")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_demand_forecast_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_forecast")),
    )
    op.create_index(
        "uq_demand_forecast_city_id_day_version", "demand_forecast", ["city_id", "day", "version"], unique=True
    )
    op.create_index("ix_demand_forecast_made_at", "demand_forecast", ["made_at"], unique=False)
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


def downgrade() -> None:
    op.drop_table("morning_stock")
    op.drop_table("demand_forecast")
    op.drop_table("unserved_search")
