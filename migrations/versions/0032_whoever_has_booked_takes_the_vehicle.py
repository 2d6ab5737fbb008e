"""Whoever comes for their booked vehicle gives way to no later booking, however long its buffer has become."""

from collections.abc import Sequence

from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BODY = """
    IF EXISTS (SELECT FROM rental WHERE account_id = NEW.account_id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'account % has a ride under way', NEW.account_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'hold_is_alone';
    END IF;
    IF EXISTS (
        SELECT FROM booking
        WHERE vehicle_id = NEW.vehicle_id AND closed_at IS NULL AND state = 'confirmed'
            AND ends_at > NEW.created_at AND account_id <> NEW.account_id
            AND CASE WHEN start_station_id IS NULL THEN created_at ELSE starts_at - (blocked_until - ends_at) END
                < NEW.expires_at{unless}
    ) THEN
        RAISE EXCEPTION 'vehicle % is booked', NEW.vehicle_id
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'hold_is_alone';
    END IF;
"""
UNLESS = """
            AND NOT EXISTS (
                SELECT FROM booking AS own
                WHERE own.vehicle_id = NEW.vehicle_id AND own.account_id = NEW.account_id AND own.closed_at IS NULL
                    AND own.state = 'confirmed' AND own.ends_at BETWEEN NEW.expires_at AND booking.starts_at
            )"""


def upgrade() -> None:
    _define(BODY.format(unless=UNLESS))


def downgrade() -> None:
    _define(BODY.format(unless=""))


def _define(body: str) -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION hold_is_alone() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} RETURN NULL; END $$"
    )
