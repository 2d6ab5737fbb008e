"""What operators tell everybody of the service."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "service_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("summary", postgresql.JSONB(), nullable=False),
        sa.Column("description", postgresql.JSONB(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("stations", postgresql.JSONB(), nullable=False),
        sa.Column("regions", postgresql.JSONB(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN (\x27system_closure\x27, \x27station_closure\x27, \x27station_move\x27, \x27other\x27)",
            name=op.f("ck_service_notice_kind"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_service_notice_order")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_service_notice_city_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_service_notice_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_notice")),
    )
    op.create_index("ix_service_notice_city_id_id", "service_notice", ["city_id", "id"])


def downgrade() -> None:
    op.drop_table("service_notice")
