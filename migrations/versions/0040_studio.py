"""The city's drawing table: drawings, and the jobs that are asked for there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "studio_drawing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sketch", JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_studio_drawing_revision")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_studio_drawing_city_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_studio_drawing_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_drawing")),
    )
    op.create_index(op.f("ix_studio_drawing_city_id"), "studio_drawing", ["city_id"])
    op.create_table(
        "studio_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sketches", JSONB(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('replay', 'study')", name=op.f("ck_studio_job_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_studio_job_state")
        ),
        sa.CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name=op.f("ck_studio_job_ended")),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name=op.f("ck_studio_job_failure")),
        sa.CheckConstraint("state <> 'done' OR study_id IS NOT NULL", name=op.f("ck_studio_job_study")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_studio_job_city_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_studio_job_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_job")),
    )
    op.create_index("ix_studio_job_city_id_asked_at", "studio_job", ["city_id", "asked_at"])
    op.create_index("ix_studio_job_open", "studio_job", ["asked_at"], postgresql_where=sa.text("ended_at IS NULL"))


def downgrade() -> None:
    op.drop_table("studio_job")
    op.drop_table("studio_drawing")
