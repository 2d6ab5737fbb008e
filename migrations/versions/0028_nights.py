"""Nights: plans as versions, what they go around, and what crews did."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "night",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_night_order")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_night_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night")),
    )
    op.create_index("uq_night_city_id_day", "night", ["city_id", "day"], unique=True)
    op.create_table(
        "night_crew_member",
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("crew_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_night_crew_member_account_id")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_night_crew_member_night_id")),
        sa.PrimaryKeyConstraint("night_id", "account_id", name=op.f("pk_night_crew_member")),
    )
    op.create_index("ix_night_crew_member_account_id", "night_crew_member", ["account_id"], unique=False)
    op.create_table(
        "night_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publishes_itself", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("solve_seconds", sa.SmallInteger(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solver_seconds", sa.Double(), nullable=True),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("bound_cents", sa.Integer(), nullable=True),
        sa.Column("document", postgresql.JSONB(), nullable=True),
        sa.Column("instance", sa.LargeBinary(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_night_plan_failed")),
        sa.CheckConstraint(
            "(state = 'superseded') = (superseded_at IS NOT NULL)", name=op.f("ck_night_plan_superseded")
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'superseded')) = (published_at IS NOT NULL)", name=op.f("ck_night_plan_published")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'solving', 'draft', 'failed', 'cancelled', 'published', 'superseded')",
            name=op.f("ck_night_plan_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'published', 'superseded') OR document IS NOT NULL",
            name=op.f("ck_night_plan_solved"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_night_plan_asked_by")),
        sa.ForeignKeyConstraint(["based_on"], ["night_plan.id"], name=op.f("fk_night_plan_based_on")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_night_plan_night_id")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_night_plan_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_plan")),
    )
    op.create_index("uq_night_plan_night_id_version", "night_plan", ["night_id", "version"], unique=True)
    op.create_index(
        "uq_night_plan_published",
        "night_plan",
        ["night_id"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "uq_night_plan_waiting",
        "night_plan",
        ["night_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'solving')"),
    )
    op.create_table(
        "night_restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("crew_code", sa.Text(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cause IN ('edit', 'van_broken', 'street_closed', 'flood', 'rented', 'out_of_service', 'absent')",
            name=op.f("ck_night_restriction_cause"),
        ),
        sa.CheckConstraint(
            "kind = 'task' OR (crew_code IS NULL AND position IS NULL)", name=op.f("ck_night_restriction_place")
        ),
        sa.CheckConstraint("kind IN ('vehicle', 'station', 'crew', 'task')", name=op.f("ck_night_restriction_kind")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_night_restriction_made_by")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_night_restriction_night_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_restriction")),
    )
    op.create_index(
        "uq_night_restriction_standing",
        "night_restriction",
        ["night_id", "kind", "target"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "night_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("night_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("crew_code", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'cannot') = (reason IS NOT NULL)", name=op.f("ck_night_task_cannot")),
        sa.CheckConstraint(
            "(state IN ('done', 'cannot', 'withdrawn')) = (closed_at IS NOT NULL)", name=op.f("ck_night_task_closed")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'started', 'done', 'cannot', 'withdrawn')", name=op.f("ck_night_task_state")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_night_task_closed_by")),
        sa.ForeignKeyConstraint(["night_id"], ["night.id"], name=op.f("fk_night_task_night_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["night_plan.id"], name=op.f("fk_night_task_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_task")),
    )
    op.create_index(
        "ix_night_task_night_id_crew_code", "night_task", ["night_id", "crew_code", "position"], unique=False
    )
    op.create_table(
        "night_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_night_photo_account_id")),
        sa.ForeignKeyConstraint(["task_id"], ["night_task.id"], name=op.f("fk_night_photo_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_photo")),
    )
    op.create_index(op.f("ix_night_photo_account_id"), "night_photo", ["account_id"], unique=False)
    op.create_index(op.f("ix_night_photo_task_id"), "night_photo", ["task_id"], unique=False)
    op.create_table(
        "night_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vehicle_ids", postgresql.JSONB(), nullable=True),
        sa.Column("charge_percent", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('start', 'scan', 'done', 'cannot')", name=op.f("ck_night_step_kind")),
        sa.CheckConstraint("charge_percent BETWEEN 0 AND 100", name=op.f("ck_night_step_charge")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_night_step_account_id")),
        sa.ForeignKeyConstraint(["task_id"], ["night_task.id"], name=op.f("fk_night_step_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_step")),
    )
    op.create_index(op.f("ix_night_step_account_id"), "night_step", ["account_id"], unique=False)
    op.create_index(op.f("ix_night_step_task_id"), "night_step", ["task_id"], unique=False)


def downgrade() -> None:
    op.drop_table("night_step")
    op.drop_table("night_photo")
    op.drop_table("night_task")
    op.drop_table("night_restriction")
    op.drop_table("night_plan")
    op.drop_table("night_crew_member")
    op.drop_table("night")
