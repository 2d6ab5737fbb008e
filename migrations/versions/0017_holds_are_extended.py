"""A hold can be extended for a price; who has a ride under way holds nothing, whatever happens at the same instant."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Looked up by a function, and so as of the end of any wait: the rider's other hold may become a ride while this one
# waits for it in the unique index.
ALONE = """
    CREATE FUNCTION hold_is_alone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM rental WHERE account_id = NEW.account_id AND ended_at IS NULL) THEN
            RAISE EXCEPTION 'account % has a ride under way', NEW.account_id
                USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'hold_is_alone';
        END IF;
        RETURN NULL;
    END $$
"""
TRIGGER = "CREATE TRIGGER hold_is_alone AFTER INSERT ON hold FOR EACH ROW EXECUTE FUNCTION hold_is_alone()"


def upgrade() -> None:
    op.add_column("hold", sa.Column("free_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE hold SET free_until = expires_at")
    op.alter_column("hold", "free_until", nullable=False)
    op.add_column("hold", sa.Column("extension_rate_cents", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_hold_order"), "hold", "created_at <= free_until AND free_until <= expires_at")
    op.create_check_constraint(op.f("ck_hold_extension_rate"), "hold", "extension_rate_cents >= 0")
    op.create_index("ix_hold_account_id_released_at", "hold", ["account_id", "released_at"])
    op.drop_index("ix_hold_account_id", table_name="hold")
    op.execute(ALONE)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER hold_is_alone ON hold")
    op.execute("DROP FUNCTION hold_is_alone()")
    op.create_index("ix_hold_account_id", "hold", ["account_id"])
    op.drop_index("ix_hold_account_id_released_at", table_name="hold")
    op.drop_constraint(op.f("ck_hold_extension_rate"), "hold", type_="check")
    op.drop_constraint(op.f("ck_hold_order"), "hold", type_="check")
    op.drop_column("hold", "extension_rate_cents")
    op.drop_column("hold", "free_until")
