"""Alerts with their history, tasks, and where a vehicle was parked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


PARKED = "(parked_by IS NULL) = (parked_lon IS NULL OR parked_lat IS NULL)"
HISTORY = (
    """
    CREATE FUNCTION alert_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'alert_event is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER alert_event_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON alert_event
        FOR EACH STATEMENT EXECUTE FUNCTION alert_event_is_append_only()
    """,
)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("times_noted", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("well_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("takes_out", sa.Text(), nullable=True),
        sa.Column("out_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'cleared') = (cleared_at IS NOT NULL)", name=op.f("ck_alert_cleared")),
        sa.CheckConstraint("(state = 'pending') = (raised_at IS NULL)", name=op.f("ck_alert_raised")),
        sa.CheckConstraint("severity IN ('info', 'warning', 'critical')", name=op.f("ck_alert_severity")),
        sa.CheckConstraint("state IN ('pending', 'open', 'acknowledged', 'cleared')", name=op.f("ck_alert_state")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_alert_city_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_alert_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_alert_city_id", "alert", ["city_id", "id"], unique=False)
    op.create_index(
        "ix_alert_not_cleared", "alert", ["city_id"], unique=False, postgresql_where=sa.text("state <> 'cleared'")
    )
    op.create_index("ix_alert_out", "alert", ["city_id"], unique=False, postgresql_where=sa.text("out_seq IS NOT NULL"))
    op.create_index(
        "uq_alert_vehicle_id_kind",
        "alert",
        ["vehicle_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state <> 'cleared'"),
    )
    op.create_table(
        "alert_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
    )
    op.create_index(op.f("ix_alert_event_alert_id"), "alert_event", ["alert_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(state IN ('done', 'cancelled')) = (closed_at IS NOT NULL)", name=op.f("ck_task_closed")),
        sa.CheckConstraint(
            "kind IN ('swap_battery', 'charge', 'fetch', 'find', 'check', 'repair')", name=op.f("ck_task_kind")
        ),
        sa.CheckConstraint("state IN ('open', 'assigned', 'done', 'cancelled')", name=op.f("ck_task_state")),
        sa.CheckConstraint("(assigned_to IS NULL) = (assigned_at IS NULL)", name=op.f("ck_task_assigned")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_task_alert_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_task_city_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_task_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_alert_id"), "task", ["alert_id"], unique=False)
    op.create_index(op.f("ix_task_assigned_to"), "task", ["assigned_to"], unique=False)
    op.create_index("ix_task_city_id", "task", ["city_id", "id"], unique=False)
    op.create_index(
        "uq_task_vehicle_id_kind",
        "task",
        ["vehicle_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'assigned')"),
    )
    op.add_column("vehicle_status", sa.Column("parked_lon", sa.Double(), nullable=True))
    op.add_column("vehicle_status", sa.Column("parked_lat", sa.Double(), nullable=True))
    op.add_column("vehicle_status", sa.Column("parked_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_vehicle_status_parked_by"), "vehicle_status", "parked_by IN ('phone', 'vehicle')"
    )
    op.create_check_constraint(op.f("ck_vehicle_status_parked"), "vehicle_status", PARKED)
    for statement in HISTORY:
        op.execute(statement)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_vehicle_status_parked"), "vehicle_status")
    op.drop_column("vehicle_status", "parked_by")
    op.drop_column("vehicle_status", "parked_lat")
    op.drop_column("vehicle_status", "parked_lon")
    op.drop_index(
        "uq_task_vehicle_id_kind", table_name="task", postgresql_where=sa.text("state IN ('open', 'assigned')")
    )
    op.drop_index("ix_task_city_id", table_name="task")
    op.drop_index(op.f("ix_task_assigned_to"), table_name="task")
    op.drop_index(op.f("ix_task_alert_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_alert_event_alert_id"), table_name="alert_event")
    op.drop_table("alert_event")
    op.drop_index("uq_alert_vehicle_id_kind", table_name="alert", postgresql_where=sa.text("state <> 'cleared'"))
    op.drop_index("ix_alert_out", table_name="alert", postgresql_where=sa.text("out_seq IS NOT NULL"))
    op.drop_index("ix_alert_not_cleared", table_name="alert", postgresql_where=sa.text("state <> 'cleared'"))
    op.drop_index("ix_alert_city_id", table_name="alert")
    op.drop_table("alert")
    op.execute("DROP FUNCTION alert_event_is_append_only CASCADE")
