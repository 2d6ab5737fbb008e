"""Zones and stations that operators publish: editions of each city, and the draft of the next."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# What the city's file said last is its first edition.
FIRST_EDITIONS = """
INSERT INTO ground_edition
    (id, city_id, number, ground, effective_from, published_at, published_by, note, began_at)
SELECT gen_random_uuid(), id, 1,
    jsonb_build_object(
        'zones', document->'zones',
        'stations', document->'stations',
        'sites', coalesce(nullif(document->'night', 'null')->'sites', '[]')
    ),
    loaded_at, loaded_at, NULL, '', loaded_at
FROM city
"""


def upgrade() -> None:
    op.add_column("city", sa.Column("file_hash", sa.Text(), nullable=True))
    op.execute("UPDATE city SET file_hash = document_hash")
    op.alter_column("city", "file_hash", nullable=False)
    op.create_table(
        "ground_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ground", postgresql.JSONB(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("began_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_ground_edition_fate")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_ground_edition_city_id")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_ground_edition_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground_edition")),
    )
    op.create_index("uq_ground_edition_city_id_number", "ground_edition", ["city_id", "number"], unique=True)
    op.create_index(
        "uq_ground_edition_announced",
        "ground_edition",
        ["city_id"],
        unique=True,
        postgresql_where=sa.text("began_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "ground_draft",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("ground", postgresql.JSONB(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_ground_draft_changed_by")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_ground_draft_city_id")),
        sa.PrimaryKeyConstraint("city_id", name=op.f("pk_ground_draft")),
    )
    op.execute(FIRST_EDITIONS)


def downgrade() -> None:
    op.drop_table("ground_draft")
    op.drop_table("ground_edition")
    op.drop_column("city", "file_hash")
