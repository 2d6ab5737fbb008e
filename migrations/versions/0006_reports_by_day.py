"""Reports in daily partitions, a quarantine beside them, and more of what vehicles say in their latest state."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INSTANT = sa.DateTime(timezone=True)
OLD = "vehicle_id, seq, at, received_at, lon, lat, speed_kmh, charge_percent, range_m, odometer_m, locked"
# The worker opens the days after these.
DAYS_AHEAD = 7

STATUS_COLUMNS = (
    "accuracy_m",
    "position_at",
    "charge_said",
    "ignition",
    "charging",
    "alarms",
    "network_technology",
    "signal_dbm",
    "report_boot",
)


def upgrade() -> None:
    _extend_status()
    _set_old_reports_aside()
    _create_reports_by_day()
    _create_quarantine()
    op.execute("CREATE SCHEMA telemetry_days")
    op.execute("CREATE TABLE telemetry_days.other PARTITION OF telemetry_report DEFAULT")
    for day in _days_needed():
        op.execute(
            f"CREATE TABLE telemetry_days.day_{day:%Y%m%d} PARTITION OF telemetry_report"
            f" FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
        )
    op.execute(f"INSERT INTO telemetry_report (boot, {OLD}) SELECT 0, {OLD} FROM telemetry_report_old")  # noqa: S608
    op.drop_table("telemetry_report_old")


def _extend_status() -> None:
    for column in (
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("position_at", INSTANT, nullable=True),
        sa.Column("charge_said", sa.Double(), nullable=True),
        sa.Column("ignition", sa.Boolean(), nullable=True),
        sa.Column("charging", sa.Boolean(), nullable=True),
        sa.Column("alarms", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("network_technology", sa.Text(), nullable=True),
        sa.Column("signal_dbm", sa.SmallInteger(), nullable=True),
        sa.Column("report_boot", sa.BigInteger(), server_default="0", nullable=False),
    ):
        op.add_column("vehicle_status", column)
    op.execute("""
        UPDATE vehicle_status AS status SET position_at = reported_at, report_seq = greatest(report_seq, (
            SELECT max(seq) FROM telemetry_report AS report WHERE report.vehicle_id = status.vehicle_id
        ))
    """)
    op.alter_column("vehicle_status", "position_at", nullable=False)


def _set_old_reports_aside() -> None:
    op.drop_index("ix_telemetry_report_at", table_name="telemetry_report")
    op.rename_table("telemetry_report", "telemetry_report_old")
    op.execute("ALTER TABLE telemetry_report_old RENAME CONSTRAINT pk_telemetry_report TO pk_telemetry_report_old")


def _days_needed() -> list[date]:
    """Those of the reports already stored, yesterday for what comes late, and a week."""
    stored = op.get_bind().scalars(sa.text("SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM telemetry_report_old"))
    today = datetime.now(UTC).date()
    return sorted({*stored, *(today + timedelta(days=away) for away in range(-1, DAYS_AHEAD + 1))})


def _create_reports_by_day() -> None:
    op.create_table(
        "telemetry_report",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("heading_deg", sa.Double(), nullable=True),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.Column("charge_percent", sa.Double(), nullable=True),
        sa.Column("range_m", sa.Integer(), nullable=True),
        sa.Column("odometer_m", sa.BigInteger(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=True),
        sa.Column("ignition", sa.Boolean(), nullable=True),
        sa.Column("charging", sa.Boolean(), nullable=True),
        sa.Column("alarms", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("network_technology", sa.Text(), nullable=True),
        sa.Column("signal_dbm", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("vehicle_id", "boot", "seq", "at", name=op.f("pk_telemetry_report")),
        postgresql_partition_by="RANGE (at)",
    )


def _create_quarantine() -> None:
    op.create_table(
        "telemetry_quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_quarantine")),
    )
    op.create_index(op.f("ix_telemetry_quarantine_received_at"), "telemetry_quarantine", ["received_at"])
    op.create_index(op.f("ix_telemetry_quarantine_vehicle_id"), "telemetry_quarantine", ["vehicle_id"])


def downgrade() -> None:
    """Back to one table; of two reports with one number, known apart by the restarts between them, one is kept."""
    op.drop_table("telemetry_quarantine")
    op.rename_table("telemetry_report", "telemetry_report_by_day")
    op.execute(
        "ALTER TABLE telemetry_report_by_day RENAME CONSTRAINT pk_telemetry_report TO pk_telemetry_report_by_day"
    )
    _create_reports_of_0001()
    op.execute(
        f"INSERT INTO telemetry_report ({OLD}) SELECT {OLD} FROM telemetry_report_by_day"  # noqa: S608
        " ORDER BY boot DESC ON CONFLICT DO NOTHING"
    )
    op.drop_table("telemetry_report_by_day")
    op.execute("DROP SCHEMA telemetry_days")
    for column in STATUS_COLUMNS:
        op.drop_column("vehicle_status", column)


def _create_reports_of_0001() -> None:
    op.create_table(
        "telemetry_report",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("speed_kmh", sa.Double(), nullable=True),
        sa.Column("charge_percent", sa.Double(), nullable=True),
        sa.Column("range_m", sa.Integer(), nullable=True),
        sa.Column("odometer_m", sa.BigInteger(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_telemetry_report_vehicle_id")),
        sa.PrimaryKeyConstraint("vehicle_id", "seq", name=op.f("pk_telemetry_report")),
    )
    op.create_index("ix_telemetry_report_at", "telemetry_report", ["at"], unique=False, postgresql_using="brin")
