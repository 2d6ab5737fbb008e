"""Vehicles are booked ahead; of one vehicle, and of one rider, no two bookings overlap."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LIVE = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_booking()
    op.create_index("ix_booking_vehicle_id_starts_at", "booking", ["vehicle_id", "starts_at"], postgresql_where=LIVE)
    op.create_index("ix_booking_starts_at", "booking", ["starts_at"], postgresql_where=LIVE)
    op.create_index("ix_booking_account_id_id", "booking", ["account_id", "id"])
    op.create_index("ix_booking_city_id_starts_at", "booking", ["city_id", "starts_at"])
    op.create_index("ix_booking_end_station_id", "booking", ["end_station_id", "ends_at"], postgresql_where=LIVE)


def downgrade() -> None:
    op.drop_table("booking")
    # btree_gist stays: the database may use it for something else.


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("by_class", sa.Boolean(), nullable=False),
        sa.Column("start_station_id", sa.Uuid(), nullable=True),
        sa.Column("end_station_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tariff_id", sa.Uuid(), nullable=False),
        sa.Column("quoted_cents", sa.Integer(), nullable=False),
        sa.Column("terms", JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rental_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.Column("fee_cents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk_at", sa.DateTime(timezone=True), nullable=True),
        *_constraints(),
    )


def _constraints() -> list[sa.Constraint]:
    references = {
        "account_id": "account.id",
        "booked_by": "account.id",
        "city_id": "city.id",
        "vehicle_id": "vehicle.id",
        "start_station_id": "station.id",
        "end_station_id": "station.id",
        "tariff_id": "tariff.id",
        "rental_id": "rental.id",
    }
    states = "'confirmed', 'started', 'completed', 'cancelled', 'no_show', 'unserved'"
    checks = {
        "state": f"state IN ({states})",
        "closed": "(state IN ('confirmed', 'started')) = (closed_at IS NULL)",
        "ridden": "state NOT IN ('started', 'completed') OR rental_id IS NOT NULL",
        "order": "starts_at < ends_at AND ends_at <= blocked_until",
        "cents": "quoted_cents >= 0 AND fee_cents >= 0",
    }
    return [
        *(sa.CheckConstraint(text, name=op.f(f"ck_booking_{name}")) for name, text in checks.items()),
        *(_no_overlap(of, until) for of, until in (("vehicle_id", "blocked_until"), ("account_id", "ends_at"))),
        *(sa.ForeignKeyConstraint([own], [to], name=op.f(f"fk_booking_{own}")) for own, to in references.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("rental_id", name=op.f("uq_booking_rental_id")),
    ]


def _no_overlap(of: str, until: str) -> ExcludeConstraint:
    during = sa.text(f"tstzrange(starts_at, {until})")
    return ExcludeConstraint((of, "="), (during, "&&"), name=f"ex_booking_{of}", using="gist", where=LIVE)
