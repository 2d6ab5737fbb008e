"""Two people may look at where a rented vehicle is, for a time; whoever looks at rides is written down."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

APPEND_ONLY = (
    """
    CREATE FUNCTION access_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'access_log is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER access_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
        FOR EACH STATEMENT EXECUTE FUNCTION access_log_is_append_only()
    """,
)


def upgrade() -> None:
    _create_sighting()
    _create_assistance()
    _create_access_log()


def downgrade() -> None:
    op.drop_table("access_log")
    op.execute("DROP FUNCTION access_log_is_append_only()")
    op.drop_table("assistance")
    op.drop_table("sighting")


def _create_sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("rental_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.CheckConstraint("num_nulls(at, lon, lat) IN (0, 3)", name=op.f("ck_sighting_seen")),
        sa.PrimaryKeyConstraint("rental_id", name=op.f("pk_sighting")),
        prefixes=["UNLOGGED"],
    )


def _create_assistance() -> None:
    op.create_table(
        "assistance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rental_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("purpose IN ('assistance', 'theft')", name=op.f("ck_assistance_purpose")),
        sa.CheckConstraint("minutes BETWEEN 1 AND 120", name=op.f("ck_assistance_minutes")),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_assistance_two_people")),
        sa.CheckConstraint("(approved_by IS NULL) = (opened_at IS NULL)", name=op.f("ck_assistance_opened")),
        sa.CheckConstraint(
            "until <= coalesce(opened_at, asked_at) + interval '2 hours'", name=op.f("ck_assistance_time_boxed")
        ),
        sa.ForeignKeyConstraint(["rental_id"], ["rental.id"], name=op.f("fk_assistance_rental_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_assistance_vehicle_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_assistance_city_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_assistance_asked_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_assistance_approved_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_assistance_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
    )
    not_closed = sa.text("closed_at IS NULL")
    op.create_index("uq_assistance_rental_id", "assistance", ["rental_id"], unique=True, postgresql_where=not_closed)
    op.create_index("ix_assistance_rental_id", "assistance", ["rental_id"])
    op.create_index("ix_assistance_city_id_id", "assistance", ["city_id", "id"])
    op.create_index("ix_assistance_until", "assistance", ["until"], postgresql_where=not_closed)


def _create_access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("rental_id", sa.Uuid(), nullable=True),
        sa.Column("assistance_id", sa.Uuid(), nullable=True),
        sa.Column("about", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('driver', 'position')", name=op.f("ck_access_log_kind")),
        sa.CheckConstraint("(kind = 'position') = (assistance_id IS NOT NULL)", name=op.f("ck_access_log_position")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_log_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_access_log_city_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_access_log_vehicle_id")),
        sa.ForeignKeyConstraint(["rental_id"], ["rental.id"], name=op.f("fk_access_log_rental_id")),
        sa.ForeignKeyConstraint(["assistance_id"], ["assistance.id"], name=op.f("fk_access_log_assistance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_assistance_id"), "access_log", ["assistance_id"])
    op.create_index("ix_access_log_city_id_id", "access_log", ["city_id", "id"])
    for statement in APPEND_ONLY:
        op.execute(statement)
