"""Outages of a whole city, snoozed alerts, tasks by hand, and logs that are forgotten in their time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

LOGS = ("access_log", "alert_event")
GUARD = """
    CREATE OR REPLACE FUNCTION {log}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {unless}
        RAISE EXCEPTION '{log} is append-only' USING ERRCODE = 'restrict_violation';
    END $$
"""
# Only the job that keeps to the retention says so, in its own transaction.
FORGETTING = """
        IF TG_OP = 'DELETE' AND current_setting('mobility.forgetting', true) = '{log}' THEN
            RETURN NULL;
        END IF;
"""


def upgrade() -> None:
    _check("alert", "state", "state IN ('pending', 'open', 'acknowledged', 'snoozed', 'cleared')")
    op.alter_column("alert", "vehicle_id", nullable=True)
    op.add_column("alert", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_alert_snoozed"), "alert", "state <> 'snoozed' OR snoozed_until IS NOT NULL")
    op.create_check_constraint(op.f("ck_alert_of_the_city"), "alert", "(kind = 'outage') = (vehicle_id IS NULL)")
    standing = sa.text("vehicle_id IS NULL AND state <> 'cleared'")
    op.create_index("uq_alert_city_id_kind", "alert", ["city_id", "kind"], unique=True, postgresql_where=standing)
    cleared = sa.text("cleared_at IS NOT NULL")
    op.create_index("ix_alert_cleared_at", "alert", ["cleared_at"], postgresql_where=cleared)
    _upgrade_task()
    for log in LOGS:
        op.execute(GUARD.format(log=log, unless=FORGETTING.format(log=log)))


def _upgrade_task() -> None:
    op.alter_column("task", "reason", new_column_name="instructions")
    op.add_column("task", sa.Column("priority", sa.Text(), nullable=False, server_default="normal"))
    op.add_column("task", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_task_priority"), "task", "priority IN ('low', 'normal', 'high')")
    _check("task", "state", "state IN ('open', 'assigned', 'in_progress', 'done', 'failed', 'cancelled')")
    _check("task", "closed", "(state IN ('done', 'failed', 'cancelled')) = (closed_at IS NOT NULL)")
    _one_of_a_kind("closed_at IS NULL")
    closed = sa.text("closed_at IS NOT NULL")
    op.create_index("ix_task_closed_at", "task", ["closed_at"], postgresql_where=closed)


def downgrade() -> None:
    """What the older code has no word for becomes what is nearest to it."""
    for log in LOGS:
        op.execute(GUARD.format(log=log, unless=""))
    op.execute("UPDATE task SET state = 'assigned' WHERE state = 'in_progress'")
    op.execute("UPDATE task SET state = 'cancelled' WHERE state = 'failed'")
    op.drop_index("ix_task_closed_at", "task")
    _one_of_a_kind("state IN ('open', 'assigned')")
    _check("task", "closed", "(state IN ('done', 'cancelled')) = (closed_at IS NOT NULL)")
    _check("task", "state", "state IN ('open', 'assigned', 'done', 'cancelled')")
    op.drop_column("task", "started_at")
    op.drop_column("task", "priority")
    op.alter_column("task", "instructions", new_column_name="reason")
    _downgrade_alert()


def _downgrade_alert() -> None:
    op.execute("SET LOCAL session_replication_role = replica")
    op.execute("DELETE FROM alert_event USING alert WHERE alert_id = alert.id AND alert.vehicle_id IS NULL")
    op.execute("SET LOCAL session_replication_role = DEFAULT")
    op.execute("DELETE FROM alert WHERE vehicle_id IS NULL")
    op.execute("UPDATE alert SET state = 'acknowledged' WHERE state = 'snoozed'")
    op.drop_index("ix_alert_cleared_at", "alert")
    op.drop_index("uq_alert_city_id_kind", "alert")
    op.drop_constraint(op.f("ck_alert_of_the_city"), "alert")
    op.drop_column("alert", "snoozed_until")
    op.alter_column("alert", "vehicle_id", nullable=False)
    _check("alert", "state", "state IN ('pending', 'open', 'acknowledged', 'cleared')")


def _check(table: str, name: str, condition: str) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table)
    op.create_check_constraint(constraint, table, condition)


def _one_of_a_kind(to_be_done: str) -> None:
    op.drop_index("uq_task_vehicle_id_kind", "task")
    op.create_index(
        "uq_task_vehicle_id_kind", "task", ["vehicle_id", "kind"], unique=True, postgresql_where=sa.text(to_be_done)
    )
