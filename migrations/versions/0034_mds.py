"""MDS: what is told to a city, by whom it may be read, what it publishes, and who keeps to its permit."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FUNCTION = """
    CREATE FUNCTION mds_document_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'document % is published: it stays as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END $$
"""
TRIGGER = """
    CREATE TRIGGER mds_document_is_published BEFORE UPDATE OR DELETE ON mds_document
        FOR EACH ROW EXECUTE FUNCTION mds_document_is_published()
"""
# Where a vehicle stood at events of before is not known any more; the two ends of its rides are the rides' own.
BEFORE = """
    INSERT INTO mds_event (vehicle_id, seq, city_id, mode, at, recorded_at, trip_id)
    SELECT event.vehicle_id, event.seq, vehicle.city_id, type.mode, event.at, now(), rental.hold_id
    FROM vehicle_event AS event
    JOIN vehicle ON vehicle.id = event.vehicle_id
    JOIN vehicle_type AS type ON type.city_id = vehicle.city_id AND type.code = vehicle.type_code
    LEFT JOIN rental ON rental.id = event.rental_id
"""


def upgrade() -> None:
    op.create_table(
        "agency_push",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('vehicle', 'event', 'telemetry', 'trip')", name=op.f("ck_agency_push_kind")),
        sa.CheckConstraint("num_nulls(sent_at, refused_at) >= 1", name=op.f("ck_agency_push_settled")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_agency_push_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_push")),
    )
    op.create_index(
        "ix_agency_push_sent_at",
        "agency_push",
        ["sent_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_agency_push_vehicle_id"), "agency_push", ["vehicle_id"], unique=False)
    op.create_index(
        "ix_agency_push_waiting",
        "agency_push",
        ["city_id", "mode", "id"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )
    op.create_index("uq_agency_push_record_id", "agency_push", ["city_id", "mode", "kind", "record_id"], unique=True)
    op.create_table(
        "agency_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_agency_token_expires")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_agency_token_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_agency_token_token_hash")),
    )
    op.create_index(op.f("ix_agency_token_city_id"), "agency_token", ["city_id"], unique=False)
    op.create_table(
        "compliance_report",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_compliance_report_city_id")),
        sa.PrimaryKeyConstraint("city_id", "day", name=op.f("pk_compliance_report")),
    )
    op.create_table(
        "mds_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('policy', 'geography', 'jurisdiction', 'requirements')", name=op.f("ck_mds_document_kind")
        ),
        sa.CheckConstraint("(version = 1) = (replaces IS NULL)", name=op.f("ck_mds_document_replaces")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_mds_document_city_id")),
        sa.ForeignKeyConstraint(["replaces"], ["mds_document.id"], name=op.f("fk_mds_document_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mds_document")),
    )
    op.create_index("uq_mds_document_version", "mds_document", ["city_id", "kind", "code", "version"], unique=True)
    op.create_table(
        "permit_breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("rule_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "began_at <= seen_at AND seen_at <= coalesce(ended_at, seen_at)", name=op.f("ck_permit_breach_order")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_permit_breach_city_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["mds_document.id"], name=op.f("fk_permit_breach_policy_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_permit_breach_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_breach")),
    )
    op.create_index("ix_permit_breach_city_id_began_at", "permit_breach", ["city_id", "began_at"], unique=False)
    op.create_index(op.f("ix_permit_breach_policy_id"), "permit_breach", ["policy_id"], unique=False)
    op.create_index(op.f("ix_permit_breach_vehicle_id"), "permit_breach", ["vehicle_id"], unique=False)
    op.create_index(
        "uq_permit_breach_open",
        "permit_breach",
        ["policy_id", "vehicle_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "vehicle_registration",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("vin", sa.Text(), nullable=False),
        sa.Column("license_plate", sa.Text(), nullable=False),
        sa.CheckConstraint("year >= 1970", name=op.f("ck_vehicle_registration_year")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_registration_vehicle_id")),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicle_registration")),
    )
    op.create_table(
        "mds_event",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("charge_percent", sa.Double(), nullable=True),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_mds_event_city_id")),
        sa.ForeignKeyConstraint(
            ["vehicle_id", "seq"],
            ["vehicle_event.vehicle_id", "vehicle_event.seq"],
            name=op.f("fk_mds_event_vehicle_id_seq"),
        ),
        sa.PrimaryKeyConstraint("vehicle_id", "seq", name=op.f("pk_mds_event")),
    )
    op.create_index("ix_mds_event_city_id_mode_at", "mds_event", ["city_id", "mode", "at"], unique=False)
    op.create_index(
        "ix_mds_event_placed", "mds_event", ["at"], unique=False, postgresql_where=sa.text("lon IS NOT NULL")
    )
    op.execute(FUNCTION)
    op.execute(TRIGGER)
    op.execute(BEFORE)


def downgrade() -> None:
    op.drop_index("ix_mds_event_placed", table_name="mds_event", postgresql_where=sa.text("lon IS NOT NULL"))
    op.drop_index("ix_mds_event_city_id_mode_at", table_name="mds_event")
    op.drop_table("mds_event")
    op.drop_table("vehicle_registration")
    op.drop_index(
        "uq_permit_breach_open",
        table_name="permit_breach",
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(op.f("ix_permit_breach_vehicle_id"), table_name="permit_breach")
    op.drop_index(op.f("ix_permit_breach_policy_id"), table_name="permit_breach")
    op.drop_index("ix_permit_breach_city_id_began_at", table_name="permit_breach")
    op.drop_table("permit_breach")
    op.drop_index("uq_mds_document_version", table_name="mds_document")
    op.drop_table("mds_document")
    op.execute("DROP FUNCTION mds_document_is_published()")
    op.drop_table("compliance_report")
    op.drop_index(op.f("ix_agency_token_city_id"), table_name="agency_token")
    op.drop_table("agency_token")
    op.drop_index("uq_agency_push_record_id", table_name="agency_push")
    op.drop_index(
        "ix_agency_push_waiting",
        table_name="agency_push",
        postgresql_where=sa.text("sent_at IS NULL AND refused_at IS NULL"),
    )
    op.drop_index(op.f("ix_agency_push_vehicle_id"), table_name="agency_push")
    op.drop_index("ix_agency_push_sent_at", table_name="agency_push", postgresql_where=sa.text("sent_at IS NOT NULL"))
    op.drop_table("agency_push")
