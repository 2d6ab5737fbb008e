"""Operators draft tariffs, publish them and withdraw those that have not begun; rides know how far they went."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "tariff", sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )
    op.add_column("tariff", sa.Column("published_by", sa.Uuid(), nullable=True))
    op.add_column("tariff", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_tariff_published_by"), "tariff", "account", ["published_by"], ["id"])
    op.create_check_constraint(op.f("ck_tariff_withdrawn"), "tariff", "withdrawn_at < effective_from")
    op.create_table(
        "tariff_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_tariff_draft_changed_by")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_tariff_draft_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff_draft")),
    )
    op.create_index("ix_tariff_draft_city_id_id", "tariff_draft", ["city_id", "id"])
    op.add_column("rental", sa.Column("start_odometer_m", sa.BigInteger(), nullable=True))
    op.add_column("rental", sa.Column("distance_m", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("rental", "distance_m")
    op.drop_column("rental", "start_odometer_m")
    op.drop_table("tariff_draft")
    op.drop_column("tariff", "withdrawn_at")
    op.drop_column("tariff", "published_by")
    op.drop_column("tariff", "published_at")
