"""Agency endpoints hear of stops and monthly reports too, which are of no vehicle."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BEFORE = "kind IN ('vehicle', 'event', 'telemetry', 'trip')"
NOW = "kind IN ('vehicle', 'stop', 'event', 'telemetry', 'trip', 'report')"
OF_NO_VEHICLE = "(vehicle_id IS NULL) = (kind IN ('stop', 'report'))"


def upgrade() -> None:
    op.alter_column("agency_push", "vehicle_id", existing_type=sa.Uuid(), nullable=True)
    op.drop_constraint(op.f("ck_agency_push_kind"), "agency_push", type_="check")
    op.create_check_constraint(op.f("ck_agency_push_kind"), "agency_push", NOW)
    op.create_check_constraint(op.f("ck_agency_push_vehicle"), "agency_push", OF_NO_VEHICLE)


def downgrade() -> None:
    op.execute("DELETE FROM agency_push WHERE vehicle_id IS NULL")
    op.drop_constraint(op.f("ck_agency_push_vehicle"), "agency_push", type_="check")
    op.drop_constraint(op.f("ck_agency_push_kind"), "agency_push", type_="check")
    op.create_check_constraint(op.f("ck_agency_push_kind"), "agency_push", BEFORE)
    op.alter_column("agency_push", "vehicle_id", existing_type=sa.Uuid(), nullable=False)
