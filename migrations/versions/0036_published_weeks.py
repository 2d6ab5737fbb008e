"""Weeks of the service as a city sees them: made once, never changed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "published_week",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("energy_wh", sa.Integer(), nullable=True),
        sa.Column("unserved", sa.Integer(), nullable=True),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("suppressed", sa.Integer(), nullable=False),
        sa.CheckConstraint("extract(isodow FROM week) = 1", name=op.f("ck_published_week_monday")),
        sa.CheckConstraint("trips >= 10", name=op.f("ck_published_week_trips")),
        sa.CheckConstraint("unserved = 0 OR unserved >= 10", name=op.f("ck_published_week_unserved")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_published_week_city_id")),
        sa.PrimaryKeyConstraint("city_id", "week", name=op.f("pk_published_week")),
    )
    op.create_table(
        "published_cell",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("trips", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("energy_wh", sa.Integer(), nullable=False),
        sa.CheckConstraint("part IN ('night', 'morning', 'afternoon', 'evening')", name=op.f("ck_published_cell_part")),
        sa.CheckConstraint("trips >= 10", name=op.f("ck_published_cell_trips")),
        sa.ForeignKeyConstraint(
            ["city_id", "week"],
            ["published_week.city_id", "published_week.week"],
            name=op.f("fk_published_cell_city_id_week"),
        ),
        sa.PrimaryKeyConstraint("city_id", "week", "part", "place", "type_code", name=op.f("pk_published_cell")),
    )
    op.create_table(
        "service_hour",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("fleet_minutes", sa.Integer(), nullable=False),
        sa.Column("available_minutes", sa.Integer(), nullable=False),
        sa.Column("broken_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("available_minutes >= 0 AND broken_minutes >= 0", name=op.f("ck_service_hour_minutes")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_service_hour_hour")),
        sa.ForeignKeyConstraint(
            ["city_id", "week"],
            ["published_week.city_id", "published_week.week"],
            name=op.f("fk_service_hour_city_id_week"),
        ),
        sa.PrimaryKeyConstraint("city_id", "week", "hour", "type_code", name=op.f("pk_service_hour")),
    )


def downgrade() -> None:
    op.drop_table("service_hour")
    op.drop_table("published_cell")
    op.drop_table("published_week")
