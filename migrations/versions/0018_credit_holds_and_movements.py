"""Riders' credit, holds on their bank accounts, and every movement of money by its name at the gateway."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KINDS = "'rider', 'revenue', 'vat', 'gateway', 'disputed', 'losses'"
NEW_KINDS = f"{KINDS}, 'credit', 'promotions', 'vouchers', 'fees', 'payouts'"

# A net below the service's own lock: whoever spends takes the account's row, so that two at once wait for each other.
NEVER_OVERDRAWN = (
    """
    CREATE FUNCTION credit_is_never_overdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM ledger_account WHERE id = NEW.account_id AND kind = 'credit' FOR NO KEY UPDATE;
        IF FOUND AND (SELECT sum(amount_cents) FROM ledger_entry WHERE account_id = NEW.account_id) > 0 THEN
            RAISE EXCEPTION 'credit account % is overdrawn', NEW.account_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_is_never_overdrawn';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER credit_is_never_overdrawn AFTER INSERT ON ledger_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.amount_cents > 0)
        EXECUTE FUNCTION credit_is_never_overdrawn()
    """,
)


def upgrade() -> None:
    _ledger(NEW_KINDS)
    op.alter_column("ledger_transaction", "city_id", nullable=True)
    op.alter_column("ledger_transaction", "reference_id", nullable=True)
    op.create_index("ix_ledger_transaction_at", "ledger_transaction", ["at", "id"])
    for statement in NEVER_OVERDRAWN:
        op.execute(statement)
    _create_authorisation()
    _create_movement()
    _change_payment()
    op.alter_column("refund", "movement", nullable=True)


def _ledger(kinds: str) -> None:
    op.drop_constraint(op.f("ck_ledger_account_kind"), "ledger_account", type_="check")
    op.create_check_constraint(op.f("ck_ledger_account_kind"), "ledger_account", f"kind IN ({kinds})")


def _create_authorisation() -> None:
    op.create_table(
        "authorisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present_at", sa.Text(), nullable=True),
        sa.Column("open_reference", sa.Text(), nullable=True),
        sa.Column("action_url", sa.Text(), nullable=True),
        sa.Column("gateway_reference", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("decline_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'placed', 'declined', 'capturing', 'captured', 'releasing', 'released')",
            name=op.f("ck_authorisation_state"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_authorisation_amount")),
        sa.CheckConstraint(
            "state NOT IN ('placed', 'capturing', 'captured') OR gateway_reference IS NOT NULL",
            name=op.f("ck_authorisation_placed"),
        ),
        sa.CheckConstraint("(state = 'declined') = (decline_code IS NOT NULL)", name=op.f("ck_authorisation_declined")),
        sa.CheckConstraint(
            "(state IN ('captured', 'released')) = (settled_at IS NOT NULL)", name=op.f("ck_authorisation_settled")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authorisation_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_authorisation_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("reference_id", name=op.f("uq_authorisation_reference_id")),
        sa.UniqueConstraint("gateway_reference", name=op.f("uq_authorisation_gateway_reference")),
    )
    due, placed = sa.text("state IN ('waiting', 'releasing')"), sa.text("state = 'placed'")
    op.create_index("ix_authorisation_due_at", "authorisation", ["due_at"], postgresql_where=due)
    op.create_index("ix_authorisation_renew_at", "authorisation", ["renew_at"], postgresql_where=placed)
    op.create_index("ix_authorisation_account_id", "authorisation", ["account_id", "id"])


def _create_movement() -> None:
    op.create_table(
        "movement",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_movement_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_movement_payment_id")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_payment_id"), "movement", ["payment_id"])
    op.create_index("ix_movement_gateway_at", "movement", ["gateway", "at"])
    op.execute(
        "INSERT INTO movement (reference, gateway, payment_id, amount_cents, currency, at)"
        " SELECT gateway_reference, CASE WHEN starts_with(gateway_reference, 'local_') THEN 'local' ELSE 'stripe' END,"
        " id, amount_cents, currency, settled_at FROM payment WHERE gateway_reference IS NOT NULL"
    )


def _change_payment() -> None:
    op.drop_constraint(op.f("ck_payment_captured"), "payment", type_="check")
    op.drop_constraint(op.f("ck_payment_amount"), "payment", type_="check")
    op.drop_constraint(op.f("ck_payment_state"), "payment", type_="check")
    op.drop_column("payment", "gateway_reference")
    for column, kind, default in (
        ("kind", sa.Text(), "rental"),
        ("credit_cents", sa.Integer(), "0"),
        ("too_small", sa.Boolean(), "false"),
    ):
        op.add_column("payment", sa.Column(column, kind, nullable=False, server_default=default))
        op.alter_column("payment", column, server_default=None)
    op.add_column("payment", sa.Column("authorisation_id", sa.Uuid(), nullable=True))
    op.add_column("payment", sa.Column("carried_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_payment_authorisation_id"), "payment", "authorisation", ["authorisation_id"], ["id"])
    op.create_foreign_key(op.f("fk_payment_carried_by"), "payment", "payment", ["carried_by"], ["id"])
    op.create_index(op.f("ix_payment_carried_by"), "payment", ["carried_by"])
    op.create_check_constraint(
        op.f("ck_payment_amount"),
        "payment",
        "amount_cents >= 0 AND credit_cents >= 0 AND amount_cents + credit_cents > 0",
    )
    op.create_check_constraint(
        op.f("ck_payment_state"), "payment", "state IN ('pending', 'captured', 'declined', 'written_off')"
    )
    op.create_check_constraint(op.f("ck_payment_carried"), "payment", "carried_by IS NULL OR too_small")


def downgrade() -> None:
    op.execute("DELETE FROM refund WHERE movement IS NULL")
    op.alter_column("refund", "movement", nullable=False)
    op.drop_constraint(op.f("ck_payment_carried"), "payment", type_="check")
    op.drop_constraint(op.f("ck_payment_state"), "payment", type_="check")
    op.drop_constraint(op.f("ck_payment_amount"), "payment", type_="check")
    op.add_column("payment", sa.Column("gateway_reference", sa.Text(), nullable=True))
    op.execute(
        "UPDATE payment SET gateway_reference = (SELECT max(reference) FROM movement WHERE payment_id = payment.id)"
    )
    op.create_unique_constraint(op.f("uq_payment_gateway_reference"), "payment", ["gateway_reference"])
    for column in ("kind", "credit_cents", "too_small", "authorisation_id", "carried_by"):
        op.drop_column("payment", column)
    op.create_check_constraint(op.f("ck_payment_amount"), "payment", "amount_cents > 0")
    op.create_check_constraint(op.f("ck_payment_state"), "payment", "state IN ('pending', 'captured', 'declined')")
    op.create_check_constraint(
        op.f("ck_payment_captured"), "payment", "(state = 'captured') = (gateway_reference IS NOT NULL)"
    )
    op.drop_table("movement")
    op.drop_table("authorisation")
    op.execute("DROP FUNCTION credit_is_never_overdrawn CASCADE")
    op.drop_index("ix_ledger_transaction_at", table_name="ledger_transaction")
    op.alter_column("ledger_transaction", "reference_id", nullable=False)
    op.alter_column("ledger_transaction", "city_id", nullable=False)
    _ledger(KINDS)
