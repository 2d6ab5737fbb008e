"""Parents agree to minors' rides, accounts have their history and their cities, and can be erased."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)

# Deleted with an account that is erased, and changed never.
APPEND_ONLY = (
    """
    CREATE FUNCTION account_event_stays_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'account_event is never changed' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER account_event_stays_as_written BEFORE UPDATE OR TRUNCATE ON account_event
        FOR EACH STATEMENT EXECUTE FUNCTION account_event_stays_as_written()
    """,
)
# Papers did not say for which city they were: with one city it is that one, with several the rides tell.
KNOWN_CITIES = (
    """
    INSERT INTO account_city (account_id, city_id, since)
    SELECT account_id, city_id, min(created_at) FROM (
        SELECT account_id, city_id, created_at FROM hold UNION ALL SELECT account_id, city_id, created_at FROM booking
    ) AS used GROUP BY account_id, city_id
    """,
    """
    INSERT INTO account_city (account_id, city_id, since)
    SELECT account.id, city.id, account.created_at FROM account, city WHERE (SELECT count(*) FROM city) = 1
    ON CONFLICT DO NOTHING
    """,
)


def upgrade() -> None:
    op.add_column("account", sa.Column("erasure_due_at", INSTANT, nullable=True))
    op.add_column("account", sa.Column("erased_at", INSTANT, nullable=True))
    op.create_index("ix_account_erasure_due_at", "account", ["erasure_due_at"])
    op.drop_constraint(op.f("ck_account_reachable"), "account")
    reachable = "email IS NOT NULL OR phone IS NOT NULL OR erased_at IS NOT NULL"
    op.create_check_constraint(op.f("ck_account_reachable"), "account", reachable)
    erased = "erased_at IS NULL OR num_nonnulls(email, phone, born_on) = 0 AND name = ''"
    op.create_check_constraint(op.f("ck_account_erased"), "account", erased)
    _create_cities()
    _create_events()
    _create_guardianships()
    for statement in (*APPEND_ONLY, *KNOWN_CITIES):
        op.execute(statement)


def downgrade() -> None:
    for table in ("guardianship", "account_event", "account_city"):
        op.drop_table(table)
    op.execute("DROP FUNCTION account_event_stays_as_written()")
    # Erased accounts have no address, and the rule of before wants one.
    op.execute("UPDATE account SET email = id || '@erased.invalid' WHERE erased_at IS NOT NULL")
    op.drop_constraint(op.f("ck_account_erased"), "account")
    op.drop_constraint(op.f("ck_account_reachable"), "account")
    op.create_check_constraint(op.f("ck_account_reachable"), "account", "email IS NOT NULL OR phone IS NOT NULL")
    op.drop_column("account", "erased_at")
    op.drop_column("account", "erasure_due_at")


def _create_cities() -> None:
    op.create_table(
        "account_city",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_city_account_id")),
        sa.PrimaryKeyConstraint("account_id", "city_id", name=op.f("pk_account_city")),
    )
    op.create_index(op.f("ix_account_city_city_id"), "account_city", ["city_id"])


def _create_events() -> None:
    op.create_table(
        "account_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_event_account_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_account_event_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_event")),
    )
    op.create_index("ix_account_event_account_id_id", "account_event", ["account_id", "id"])


def _create_guardianships() -> None:
    checks = {
        "state": "state IN ('asked', 'active', 'declined', 'ended')",
        "two_people": "guardian_id <> child_id",
        "closed": "(state IN ('declined', 'ended')) = (closed_at IS NOT NULL)",
        "accepted": "(state IN ('active', 'ended')) = (accepted_at IS NOT NULL)",
        "consented": "accepted_at IS NULL OR num_nonnulls(guardian_id, child_id, consented_at) = 3",
        "invited": "(state = 'asked') = (address IS NOT NULL)",
    }
    people, instants = ("guardian_id", "child_id"), ("consented_at", "accepted_at", "closed_at")
    op.create_table(
        "guardianship",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in people),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        *(sa.Column(name, INSTANT, nullable=True) for name in instants),
        sa.Column("closed_because", sa.Text(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_guardianship_{name}")) for name, rule in checks.items()),
        *(sa.ForeignKeyConstraint([p], ["account.id"], name=op.f(f"fk_guardianship_{p}")) for p in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
    )
    for column in (*people, "address"):
        op.create_index(op.f(f"ix_guardianship_{column}"), "guardianship", [column])
    active = sa.text("state = 'active'")
    op.create_index("uq_guardianship_child_active", "guardianship", ["child_id"], unique=True, postgresql_where=active)
