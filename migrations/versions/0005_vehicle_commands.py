"""Commands to vehicles, and rentals that start when the vehicle confirms its unlock."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WAS = {
    "state": "state IN ('riding', 'paused', 'ended')",
    "ended": "(state = 'ended') = (ended_at IS NOT NULL AND end_lon IS NOT NULL AND total_cents IS NOT NULL)",
    "order": "ended_at >= started_at",
}
IS = {
    "state": "state IN ('unlocking', 'riding', 'paused', 'ended', 'failed')",
    "started": "(state IN ('unlocking', 'failed')) = (started_at IS NULL)",
    "over": "(state IN ('ended', 'failed')) = (ended_at IS NOT NULL)",
    "failed": "(state = 'failed') = (failure IS NOT NULL)",
    "ended": "(state = 'ended') = (end_lon IS NOT NULL AND total_cents IS NOT NULL)",
    "order": "started_at >= requested_at AND ended_at >= coalesce(started_at, requested_at)",
}


def upgrade() -> None:
    op.create_table(
        "vehicle_command",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("rental_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_done", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "state IN ('sent', 'confirmed', 'refused', 'expired', 'superseded')",
            name=op.f("ck_vehicle_command_state"),
        ),
        sa.CheckConstraint("(state = 'sent') = (settled_at IS NULL)", name=op.f("ck_vehicle_command_settled")),
        sa.CheckConstraint("expires_at > issued_at", name=op.f("ck_vehicle_command_deadline")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_command_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle_command")),
    )
    op.create_index(
        "uq_vehicle_command_pending",
        "vehicle_command",
        ["vehicle_id", "matter"],
        unique=True,
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_index("ix_vehicle_command_vehicle_id_id", "vehicle_command", ["vehicle_id", "id"])
    op.create_index(
        "ix_vehicle_command_unlocking",
        "vehicle_command",
        ["vehicle_id", "issued_at"],
        postgresql_where=sa.text("kind = 'unlock' AND rental_id IS NOT NULL"),
    )
    op.add_column("vehicle_status", sa.Column("speed_limit_kmh", sa.Integer(), nullable=True))
    op.add_column("vehicle_status", sa.Column("speed_kmh", sa.Double(), nullable=True))
    op.add_column("rental", sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rental", sa.Column("failure", sa.Text(), nullable=True))
    op.execute("UPDATE rental SET requested_at = started_at")
    op.alter_column("rental", "requested_at", nullable=False)
    op.alter_column("rental", "started_at", nullable=True)
    _check(drop=WAS, create=IS)


def downgrade() -> None:
    # A ride that never started was never anything before.
    op.execute("DELETE FROM rental WHERE started_at IS NULL")
    _check(drop=IS, create=WAS)
    op.alter_column("rental", "started_at", nullable=False)
    op.drop_column("rental", "failure")
    op.drop_column("rental", "requested_at")
    op.drop_column("vehicle_status", "speed_kmh")
    op.drop_column("vehicle_status", "speed_limit_kmh")
    op.drop_table("vehicle_command")


def _check(*, drop: dict[str, str], create: dict[str, str]) -> None:
    for name in drop:
        op.drop_constraint(op.f(f"ck_rental_{name}"), "rental", type_="check")
    for name, condition in create.items():
        op.create_check_constraint(op.f(f"ck_rental_{name}"), "rental", condition)
