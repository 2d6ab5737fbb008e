"""Damage reports with photos, and work orders."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "damage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('dismissed', 'repaired')) = (closed_at IS NOT NULL)", name=op.f("ck_damage_closed")
        ),
        sa.CheckConstraint(
            "kind IN ('body', 'tyre', 'light', 'brake', 'mirror', 'battery', 'lock', 'dirty', 'other')",
            name=op.f("ck_damage_kind"),
        ),
        sa.CheckConstraint("severity IN ('minor', 'major', 'critical')", name=op.f("ck_damage_severity")),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'dismissed', 'repaired')", name=op.f("ck_damage_state")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_damage_city_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_damage_decided_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_damage_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage")),
    )
    op.create_index("ix_damage_city_id_id", "damage", ["city_id", "id"], unique=False)
    op.create_index(
        "ix_damage_closed_at", "damage", ["closed_at"], unique=False, postgresql_where=sa.text("closed_at IS NOT NULL")
    )
    op.create_index("ix_damage_vehicle_id_id", "damage", ["vehicle_id", "id"], unique=False)
    op.create_index(
        "uq_damage_vehicle_id_kind_open",
        "damage",
        ["vehicle_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL AND kind <> 'other'"),
    )
    op.create_table(
        "damage_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("damage_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("rental_id", sa.Uuid(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('rider', 'operator', 'crew')", name=op.f("ck_damage_report_role")),
        sa.CheckConstraint("severity IN ('minor', 'major', 'critical')", name=op.f("ck_damage_report_severity")),
        sa.ForeignKeyConstraint(["damage_id"], ["damage.id"], name=op.f("fk_damage_report_damage_id")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["account.id"], name=op.f("fk_damage_report_reporter_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_report")),
    )
    op.create_index(op.f("ix_damage_report_damage_id"), "damage_report", ["damage_id"], unique=False)
    op.create_index("ix_damage_report_reporter_id_id", "damage_report", ["reporter_id", "id"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("rule_code", sa.Text(), nullable=True),
        sa.Column("due_odometer_m", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("damage_id", sa.Uuid(), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("odometer_m", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (odometer_m IS NOT NULL)", name=op.f("ck_work_order_odometer")),
        sa.CheckConstraint("(state IN ('done', 'cancelled')) = (done_at IS NOT NULL)", name=op.f("ck_work_order_done")),
        sa.CheckConstraint("state IN ('open', 'in_progress', 'done', 'cancelled')", name=op.f("ck_work_order_state")),
        sa.CheckConstraint("(damage_id IS NULL) = (rule_code IS NOT NULL)", name=op.f("ck_work_order_rule")),
        sa.CheckConstraint("num_nonnulls(due_odometer_m, due_on, damage_id) = 1", name=op.f("ck_work_order_due")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_work_order_city_id")),
        sa.ForeignKeyConstraint(["damage_id"], ["damage.id"], name=op.f("fk_work_order_damage_id")),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_work_order_done_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["started_by"], ["account.id"], name=op.f("fk_work_order_started_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_work_order_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_order")),
        sa.UniqueConstraint("damage_id", name=op.f("uq_work_order_damage_id")),
    )
    op.create_index("ix_work_order_city_id_id", "work_order", ["city_id", "id"], unique=False)
    op.create_index("ix_work_order_vehicle_id_id", "work_order", ["vehicle_id", "id"], unique=False)
    op.create_index("uq_work_order_day", "work_order", ["vehicle_id", "rule_code", "due_on"], unique=True)
    op.create_index("uq_work_order_odometer", "work_order", ["vehicle_id", "rule_code", "due_odometer_m"], unique=True)
    op.create_index(
        "uq_work_order_undone",
        "work_order",
        ["vehicle_id", "rule_code"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "damage_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["damage_report.id"], name=op.f("fk_damage_photo_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_photo")),
        sa.UniqueConstraint("name", name=op.f("uq_damage_photo_name")),
    )
    op.create_index(op.f("ix_damage_photo_report_id"), "damage_photo", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_damage_photo_report_id"), table_name="damage_photo")
    op.drop_table("damage_photo")
    op.drop_index("uq_work_order_undone", table_name="work_order", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index("uq_work_order_odometer", table_name="work_order")
    op.drop_index("uq_work_order_day", table_name="work_order")
    op.drop_index("ix_work_order_vehicle_id_id", table_name="work_order")
    op.drop_index("ix_work_order_city_id_id", table_name="work_order")
    op.drop_table("work_order")
    op.drop_index("ix_damage_report_reporter_id_id", table_name="damage_report")
    op.drop_index(op.f("ix_damage_report_damage_id"), table_name="damage_report")
    op.drop_table("damage_report")
    op.drop_index(
        "uq_damage_vehicle_id_kind_open",
        table_name="damage",
        postgresql_where=sa.text("closed_at IS NULL AND kind <> 'other'"),
    )
    op.drop_index("ix_damage_vehicle_id_id", table_name="damage")
    op.drop_index("ix_damage_closed_at", table_name="damage", postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.drop_index("ix_damage_city_id_id", table_name="damage")
    op.drop_table("damage")
