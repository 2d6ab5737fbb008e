"""Zones have hours and more kinds, and a ride is told when it leaves the service area or enters a no-ride zone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS_WERE = "kind IN ('service', 'no_parking', 'slow')"
KINDS_ARE = "kind IN ('service', 'no_ride', 'slow', 'no_parking', 'no_start', 'bays', 'bays_only')"


def upgrade() -> None:
    op.add_column(
        "zone", sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]")
    )
    op.alter_column("zone", "hours", server_default=None)
    _check_kinds(KINDS_ARE)
    op.create_table(
        "ride_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rental_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone_code", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('outside_service_area', 'no_ride_zone')", name=op.f("ck_ride_notice_kind")),
        sa.CheckConstraint("(kind = 'no_ride_zone') = (zone_code IS NOT NULL)", name=op.f("ck_ride_notice_zone")),
        sa.CheckConstraint("until >= since", name=op.f("ck_ride_notice_order")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_ride_notice_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ride_notice")),
    )
    op.create_index(
        "uq_ride_notice_open",
        "ride_notice",
        ["rental_id", "kind"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_index("ix_ride_notice_rental_id", "ride_notice", ["rental_id"])


def downgrade() -> None:
    op.drop_table("ride_notice")
    op.execute("DELETE FROM zone WHERE kind NOT IN ('service', 'no_parking', 'slow')")
    _check_kinds(KINDS_WERE)
    op.drop_column("zone", "hours")


def _check_kinds(condition: str) -> None:
    op.drop_constraint(op.f("ck_zone_kind"), "zone", type_="check")
    op.create_check_constraint(op.f("ck_zone_kind"), "zone", condition)
