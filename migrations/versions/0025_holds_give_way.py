"""A hold gives way to a booking that was made in the same instant."""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BODY = """
    IF EXISTS (SELECT FROM rental WHERE account_id = NEW.account_id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'account % has a ride under way', NEW.account_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'hold_is_alone';
    END IF;
"""
# The vehicle is locked by now: a booking that is being made waits, or it is seen here. The rider's own is no obstacle.
BOOKED = """
    IF EXISTS (
        SELECT FROM booking
        WHERE vehicle_id = NEW.vehicle_id AND closed_at IS NULL AND state = 'confirmed'
            AND account_id <> NEW.account_id
            AND CASE WHEN start_station_id IS NULL THEN created_at ELSE starts_at - (blocked_until - ends_at) END
                < NEW.expires_at
    ) THEN
        RAISE EXCEPTION 'vehicle % is booked', NEW.vehicle_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'hold_is_alone';
    END IF;
"""


def upgrade() -> None:
    _define(BODY + BOOKED)


def downgrade() -> None:
    _define(BODY)


def _define(body: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION hold_is_alone() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} RETURN NULL; END $$"
    )
