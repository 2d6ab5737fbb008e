"""the first ride."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("born_on_verified", sa.Boolean(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_account_reachable")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("phone", name=op.f("uq_account_phone")),
    )
    op.create_table(
        "city",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('rider', 'revenue', 'vat', 'gateway')", name=op.f("ck_ledger_account_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
    )
    op.create_index(
        "uq_ledger_account_kind_owner_currency", "ledger_account", ["kind", "owner", "currency"], unique=True
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    op.create_index(
        "ix_outbox_message_delivered_at",
        "outbox_message",
        ["delivered_at"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_message_waiting",
        "outbox_message",
        ["id"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
    )
    op.create_index("ix_sign_in_code_address_created_at", "sign_in_code", ["address", "created_at"], unique=False)
    op.create_index(op.f("ix_sign_in_code_expires_at"), "sign_in_code", ["expires_at"], unique=False)
    op.create_table(
        "account_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('operator', 'crew', 'city', 'admin')", name=op.f("ck_account_role_role")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_role_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
    )
    op.create_index(op.f("ix_account_role_account_id"), "account_role", ["account_id"], unique=False)
    op.create_index(
        "uq_account_role_account_id_role_city_id",
        "account_role",
        ["account_id", "role", sa.literal_column("coalesce(city_id, '')")],
        unique=True,
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_ledger_transaction_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transaction_key")),
    )
    op.create_index("ix_ledger_transaction_city_id_at", "ledger_transaction", ["city_id", "at"], unique=False)
    op.create_index(op.f("ix_ledger_transaction_reference_id"), "ledger_transaction", ["reference_id"], unique=False)
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('declared', 'verified', 'refused')", name=op.f("ck_licence_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_licence_account_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_licence_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
    )
    op.create_index(op.f("ix_licence_account_id"), "licence", ["account_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gateway_reference", sa.Text(), nullable=True),
        sa.Column("decline_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'captured') = (gateway_reference IS NOT NULL)", name=op.f("ck_payment_captured")),
        sa.CheckConstraint("(state = 'declined') = (decline_code IS NOT NULL)", name=op.f("ck_payment_declined")),
        sa.CheckConstraint("(state = 'pending') = (settled_at IS NULL)", name=op.f("ck_payment_settled")),
        sa.CheckConstraint("state IN ('pending', 'captured', 'declined')", name=op.f("ck_payment_state")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_payment_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("reference_id", name=op.f("uq_payment_reference_id")),
    )
    op.create_index("ix_payment_account_id", "payment", ["account_id", "id"], unique=False)
    op.create_index(
        "ix_payment_pending", "payment", ["due_at"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(op.f("ix_sign_in_session_account_id"), "sign_in_session", ["account_id"], unique=False)
    op.create_index(op.f("ix_sign_in_session_expires_at"), "sign_in_session", ["expires_at"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("bays", sa.Integer(), nullable=False),
        sa.Column("chargers", sa.Integer(), nullable=False),
        sa.Column("vehicle_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("bays > 0 AND chargers BETWEEN 0 AND bays", name=op.f("ck_station_bays")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_station_position")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_station_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_index("uq_station_city_id_code", "station", ["city_id", "code"], unique=True)
    op.create_table(
        "tariff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_tariff_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
    )
    op.create_index("uq_tariff_in_force", "tariff", ["city_id", "type_code", "effective_from", "version"], unique=True)
    op.create_table(
        "vehicle_type",
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("max_range_m", sa.Integer(), nullable=False),
        sa.Column("charge_percent_min", sa.Integer(), nullable=False),
        sa.Column("spec", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('micromobility', 'car-share')", name=op.f("ck_vehicle_type_mode")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_vehicle_type_city_id")),
        sa.PrimaryKeyConstraint("city_id", "code", name=op.f("pk_vehicle_type")),
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vehicle_types", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("max_speed_kmh", sa.Integer(), nullable=True),
        sa.Column("geometry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'slow') = (max_speed_kmh IS NOT NULL)", name=op.f("ck_zone_max_speed")),
        sa.CheckConstraint("kind IN ('service', 'no_parking', 'slow')", name=op.f("ck_zone_kind")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_zone_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
    )
    op.create_index("uq_zone_city_id_code", "zone", ["city_id", "code"], unique=True)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_ledger_entry_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_entry_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_entry_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_transaction_id"), "ledger_entry", ["transaction_id"], unique=False)
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_seq", sa.BigInteger(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["city_id", "type_code"],
            ["vehicle_type.city_id", "vehicle_type.code"],
            name=op.f("fk_vehicle_city_id_type_code"),
        ),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_vehicle_city_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_vehicle_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("public_id", name=op.f("uq_vehicle_public_id")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_vehicle_city_id_state", "vehicle", ["city_id", "state"], unique=False)
    op.create_index(op.f("ix_vehicle_station_id"), "vehicle", ["station_id"], unique=False)
    op.create_index("uq_vehicle_city_id_plate", "vehicle", ["city_id", "plate"], unique=True)
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("tariff_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_public_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'active') = (released_at IS NULL)", name=op.f("ck_hold_released")),
        sa.CheckConstraint(
            "state IN ('active', 'used', 'cancelled', 'expired', 'withdrawn')", name=op.f("ck_hold_state")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hold_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_hold_city_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_hold_tariff_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_hold_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_account_id", "hold", ["account_id"], unique=False)
    op.create_index(
        "ix_hold_expires_at_active",
        "hold",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "uq_hold_account_active", "hold", ["account_id"], unique=True, postgresql_where=sa.text("released_at IS NULL")
    )
    op.create_index(
        "uq_hold_vehicle_active", "hold", ["vehicle_id"], unique=True, postgresql_where=sa.text("released_at IS NULL")
    )
    op.create_table(
        "telemetry_report",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
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
    op.create_table(
        "vehicle_event",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("rental_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_event_vehicle_id")),
        sa.PrimaryKeyConstraint("vehicle_id", "seq", name=op.f("pk_vehicle_event")),
    )
    op.create_index(op.f("ix_vehicle_event_at"), "vehicle_event", ["at"], unique=False)
    op.create_index(op.f("ix_vehicle_event_rental_id"), "vehicle_event", ["rental_id"], unique=False)
    op.create_table(
        "vehicle_status",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("charge_percent", sa.Double(), nullable=False),
        sa.Column("range_m", sa.Integer(), nullable=False),
        sa.Column("odometer_m", sa.BigInteger(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("report_seq", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("charge_percent BETWEEN 0 AND 100", name=op.f("ck_vehicle_status_charge_percent")),
        sa.CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_vehicle_status_position")
        ),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_vehicle_status_vehicle_id")),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicle_status")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "rental",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("tariff_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_public_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_lon", sa.Double(), nullable=False),
        sa.Column("start_lat", sa.Double(), nullable=False),
        sa.Column("end_lon", sa.Double(), nullable=True),
        sa.Column("end_lat", sa.Double(), nullable=True),
        sa.Column("start_station_id", sa.Uuid(), nullable=True),
        sa.Column("end_station_id", sa.Uuid(), nullable=True),
        sa.Column("total_cents", sa.Integer(), nullable=True),
        sa.Column("vat_percent", sa.Numeric(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL AND end_lon IS NOT NULL AND total_cents IS NOT NULL)",
            name=op.f("ck_rental_ended"),
        ),
        sa.CheckConstraint("state IN ('riding', 'paused', 'ended')", name=op.f("ck_rental_state")),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_rental_order")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rental_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_rental_city_id")),
        sa.ForeignKeyConstraint(["end_station_id"], ["station.id"], name=op.f("fk_rental_end_station_id")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_rental_hold_id")),
        sa.ForeignKeyConstraint(["start_station_id"], ["station.id"], name=op.f("fk_rental_start_station_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_rental_tariff_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_rental_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rental")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_rental_hold_id")),
    )
    op.create_index("ix_rental_account_id_id", "rental", ["account_id", "id"], unique=False)
    op.create_index("ix_rental_city_id_ended_at", "rental", ["city_id", "ended_at"], unique=False)
    op.create_index("ix_rental_vehicle_id_started_at", "rental", ["vehicle_id", "started_at"], unique=False)
    op.create_index(
        "uq_rental_account_active", "rental", ["account_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index(
        "uq_rental_vehicle_active", "rental", ["vehicle_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "rental_pause",
        sa.Column("rental_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["rental_id"], ["rental.id"], name=op.f("fk_rental_pause_rental_id")),
        sa.PrimaryKeyConstraint("rental_id", "started_at", name=op.f("pk_rental_pause")),
    )
    op.create_index(
        "uq_rental_pause_open", "rental_pause", ["rental_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("uq_rental_pause_open", table_name="rental_pause", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("rental_pause")
    op.drop_index("uq_rental_vehicle_active", table_name="rental", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("uq_rental_account_active", table_name="rental", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index("ix_rental_vehicle_id_started_at", table_name="rental")
    op.drop_index("ix_rental_city_id_ended_at", table_name="rental")
    op.drop_index("ix_rental_account_id_id", table_name="rental")
    op.drop_table("rental")
    op.drop_table("vehicle_status")
    op.drop_index(op.f("ix_vehicle_event_rental_id"), table_name="vehicle_event")
    op.drop_index(op.f("ix_vehicle_event_at"), table_name="vehicle_event")
    op.drop_table("vehicle_event")
    op.drop_index("ix_telemetry_report_at", table_name="telemetry_report", postgresql_using="brin")
    op.drop_table("telemetry_report")
    op.drop_index("uq_hold_vehicle_active", table_name="hold", postgresql_where=sa.text("released_at IS NULL"))
    op.drop_index("uq_hold_account_active", table_name="hold", postgresql_where=sa.text("released_at IS NULL"))
    op.drop_index("ix_hold_expires_at_active", table_name="hold", postgresql_where=sa.text("released_at IS NULL"))
    op.drop_index("ix_hold_account_id", table_name="hold")
    op.drop_table("hold")
    op.drop_index("uq_vehicle_city_id_plate", table_name="vehicle")
    op.drop_index(op.f("ix_vehicle_station_id"), table_name="vehicle")
    op.drop_index("ix_vehicle_city_id_state", table_name="vehicle")
    op.drop_table("vehicle")
    op.drop_index(op.f("ix_ledger_entry_transaction_id"), table_name="ledger_entry")
    op.drop_index(op.f("ix_ledger_entry_account_id"), table_name="ledger_entry")
    op.drop_table("ledger_entry")
    op.drop_index("uq_zone_city_id_code", table_name="zone")
    op.drop_table("zone")
    op.drop_table("vehicle_type")
    op.drop_index("uq_tariff_in_force", table_name="tariff")
    op.drop_table("tariff")
    op.drop_index("uq_station_city_id_code", table_name="station")
    op.drop_table("station")
    op.drop_index(op.f("ix_sign_in_session_expires_at"), table_name="sign_in_session")
    op.drop_index(op.f("ix_sign_in_session_account_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index("ix_payment_pending", table_name="payment", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_payment_account_id", table_name="payment")
    op.drop_table("payment")
    op.drop_index(op.f("ix_licence_account_id"), table_name="licence")
    op.drop_table("licence")
    op.drop_index(op.f("ix_ledger_transaction_reference_id"), table_name="ledger_transaction")
    op.drop_index("ix_ledger_transaction_city_id_at", table_name="ledger_transaction")
    op.drop_table("ledger_transaction")
    op.drop_index("uq_account_role_account_id_role_city_id", table_name="account_role")
    op.drop_index(op.f("ix_account_role_account_id"), table_name="account_role")
    op.drop_table("account_role")
    op.drop_index(op.f("ix_sign_in_code_expires_at"), table_name="sign_in_code")
    op.drop_index("ix_sign_in_code_address_created_at", table_name="sign_in_code")
    op.drop_table("sign_in_code")
    op.drop_index(
        "ix_outbox_message_waiting", table_name="outbox_message", postgresql_where=sa.text("delivered_at IS NULL")
    )
    op.drop_index(
        "ix_outbox_message_delivered_at",
        table_name="outbox_message",
        postgresql_where=sa.text("delivered_at IS NOT NULL"),
    )
    op.drop_table("outbox_message")
    op.drop_index("uq_ledger_account_kind_owner_currency", table_name="ledger_account")
    op.drop_table("ledger_account")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("city")
    op.drop_table("account")
