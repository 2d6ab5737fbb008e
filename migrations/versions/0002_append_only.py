"""What was written stays written: the ledger balances, the ledger and the vehicles' events are append-only."""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Deferred: the lines of a transaction come one after the other, and are judged together at the commit.
LEDGER = (
    """
    CREATE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM ledger_entry AS entry JOIN ledger_account AS account ON account.id = entry.account_id
            WHERE entry.transaction_id = NEW.transaction_id
            GROUP BY account.currency HAVING sum(entry.amount_cents) <> 0
        ) THEN
            RAISE EXCEPTION 'ledger transaction % is off balance', NEW.transaction_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balances';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances()
    """,
    """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: correct it by a reversing transaction', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER ledger_transaction_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
    """
    CREATE TRIGGER ledger_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
)

VEHICLE_EVENTS = (
    """
    CREATE FUNCTION vehicle_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'vehicle_event is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER vehicle_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vehicle_event
        FOR EACH STATEMENT EXECUTE FUNCTION vehicle_event_is_append_only()
    """,
)


def upgrade() -> None:
    for statement in (*LEDGER, *VEHICLE_EVENTS):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP FUNCTION ledger_transaction_balances, ledger_is_append_only, vehicle_event_is_append_only CASCADE")
