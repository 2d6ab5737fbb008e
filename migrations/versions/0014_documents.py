"""Numbered documents that stay as they were issued, and monthly statements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# A number is given once, the next one of its series: no hole can be committed, and none made afterwards. Accounting
# records are kept for ten years after the year they are of.
PAPER = (
    """
    CREATE FUNCTION document_stays_as_issued() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND NEW.number IS NULL THEN
            RETURN NEW;
        ELSIF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL
            AND to_jsonb(OLD) - '{number,numbered_at}'::text[] = to_jsonb(NEW) - '{number,numbered_at}'::text[] THEN
            RETURN NEW;
        ELSIF TG_OP = 'DELETE' AND OLD.year + 10 < extract(year FROM now()) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a document stays as it was issued: correct it by a credit note'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'document_stays_as_issued';
    END $$
    """,
    """
    CREATE TRIGGER document_stays_as_issued BEFORE INSERT OR UPDATE OR DELETE ON document
        FOR EACH ROW EXECUTE FUNCTION document_stays_as_issued()
    """,
    """
    CREATE FUNCTION document_table_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'documents are kept' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER document_table_stays BEFORE TRUNCATE ON document
        FOR EACH STATEMENT EXECUTE FUNCTION document_table_stays()
    """,
    """
    CREATE FUNCTION document_number_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number > 1 AND NOT EXISTS (
            SELECT FROM document AS before
            WHERE before.city_id = NEW.city_id AND before.kind = NEW.kind AND before.year = NEW.year
                AND before.number = NEW.number - 1
        ) THEN
            RAISE EXCEPTION 'number % of % has no number before it', NEW.number, NEW.year
                USING ERRCODE = 'check_violation', CONSTRAINT = 'document_number_follows';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER document_number_follows AFTER UPDATE OF number ON document
        FOR EACH ROW EXECUTE FUNCTION document_number_follows()
    """,
)


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("served_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("served_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provider", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("client", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("numbered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('receipt', 'credit_note')", name=op.f("ck_document_kind")),
        sa.CheckConstraint(
            "CASE kind WHEN 'receipt' THEN total_cents > 0 ELSE total_cents < 0 END", name=op.f("ck_document_total")
        ),
        sa.CheckConstraint("kind = 'receipt' OR corrects_id IS NOT NULL", name=op.f("ck_document_corrects")),
        sa.CheckConstraint("(number IS NULL) = (numbered_at IS NULL) AND number > 0", name=op.f("ck_document_number")),
        sa.CheckConstraint("year = extract(year FROM issued_on)", name=op.f("ck_document_year")),
        sa.CheckConstraint("served_from <= served_until", name=op.f("ck_document_served")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_document_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_document_city_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["document.id"], name=op.f("fk_document_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("cause_id", name=op.f("uq_document_cause_id")),
    )
    op.create_index("ix_document_account_id", "document", ["account_id", "id"])
    op.create_index(op.f("ix_document_corrects_id"), "document", ["corrects_id"])
    op.create_index(op.f("ix_document_reference_id"), "document", ["reference_id"])
    op.create_index(
        "ix_document_unnumbered", "document", ["issued_at", "id"], postgresql_where=sa.text("number IS NULL")
    )
    op.create_index(
        "uq_document_city_id_kind_year_number", "document", ["city_id", "kind", "year", "number"], unique=True
    )
    op.create_table(
        "document_series",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_document_series_city_id")),
        sa.PrimaryKeyConstraint("city_id", "kind", "year", name=op.f("pk_document_series")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_statement_month")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_statement_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_statement_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(
        "uq_statement_account_id_city_id_month", "statement", ["account_id", "city_id", "month"], unique=True
    )
    op.create_table(
        "statement_choice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_statement_choice_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_statement_choice")),
    )
    for statement in PAPER:
        op.execute(statement)


def downgrade() -> None:
    for table in ("statement_choice", "statement", "document_series", "document"):
        op.drop_table(table)
    op.execute("DROP FUNCTION document_stays_as_issued, document_table_stays, document_number_follows")
