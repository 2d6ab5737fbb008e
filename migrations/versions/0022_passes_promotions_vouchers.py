"""Riders have passes, reduced fares, promotions, vouchers and rewards for charging."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "entitlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_entitlement_period")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_entitlement_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_entitlement_city_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_entitlement_granted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
    )
    op.create_index(op.f("ix_entitlement_account_id"), "entitlement", ["account_id"], unique=False)
    op.create_index("ix_entitlement_city_id_id", "entitlement", ["city_id", "id"], unique=False)
    op.create_table(
        "promotion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("percent_off", sa.Integer(), nullable=False),
        sa.Column("cents_off", sa.Integer(), nullable=False),
        sa.Column("rides_each", sa.Integer(), nullable=False),
        sa.Column("riders_max", sa.Integer(), nullable=True),
        sa.Column("riders", sa.Integer(), nullable=False),
        sa.Column("new_riders_only", sa.Boolean(), nullable=False),
        sa.Column("vehicle_types", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(percent_off > 0) <> (cents_off > 0)", name=op.f("ck_promotion_discount")),
        sa.CheckConstraint("riders <= riders_max", name=op.f("ck_promotion_riders_max")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_promotion_city_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_promotion_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    op.create_index("uq_promotion_city_id_code", "promotion", ["city_id", "code"], unique=True)
    op.create_table(
        "rider_pass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'active')", name=op.f("ck_rider_pass_state")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rider_pass_period")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rider_pass_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_rider_pass_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rider_pass")),
    )
    op.create_index(op.f("ix_rider_pass_account_id"), "rider_pass", ["account_id"], unique=False)
    op.create_index("ix_rider_pass_renews", "rider_pass", ["ends_at"], unique=False, postgresql_where=sa.text("renews"))
    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_by", sa.Uuid(), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(redeemed_by IS NULL) = (redeemed_at IS NULL)", name=op.f("ck_voucher_redeemed")),
        sa.CheckConstraint("cents > 0", name=op.f("ck_voucher_cents")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_voucher_city_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_voucher_created_by")),
        sa.ForeignKeyConstraint(["redeemed_by"], ["account.id"], name=op.f("fk_voucher_redeemed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_voucher_code_hash")),
    )
    op.create_index("ix_voucher_city_id_id", "voucher", ["city_id", "id"], unique=False)
    op.create_table(
        "pass_use",
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("pass_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pass_id"], ["rider_pass.id"], name=op.f("fk_pass_use_pass_id")),
        sa.PrimaryKeyConstraint("reference_id", name=op.f("pk_pass_use")),
    )
    op.create_index("ix_pass_use_pass_id_day", "pass_use", ["pass_id", "day"], unique=False)
    op.create_table(
        "promotion_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("rides_left", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rides_left >= 0", name=op.f("ck_promotion_claim_rides_left")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_promotion_claim_account_id")),
        sa.ForeignKeyConstraint(["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_claim_promotion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_claim")),
    )
    op.create_index(op.f("ix_promotion_claim_account_id"), "promotion_claim", ["account_id"], unique=False)
    op.create_index(
        "uq_promotion_claim_promotion_id_account_id", "promotion_claim", ["promotion_id", "account_id"], unique=True
    )
    op.create_table(
        "promised_reward",
        sa.Column("reference_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("city_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('promised', 'granted', 'lapsed')", name=op.f("ck_promised_reward_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_promised_reward_account_id")),
        sa.ForeignKeyConstraint(["city_id"], ["city.id"], name=op.f("fk_promised_reward_city_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_promised_reward_vehicle_id")),
        sa.PrimaryKeyConstraint("reference_id", name=op.f("pk_promised_reward")),
    )
    op.create_index(op.f("ix_promised_reward_account_id"), "promised_reward", ["account_id"], unique=False)
    op.create_index(
        "ix_promised_reward_promised",
        "promised_reward",
        ["until"],
        unique=False,
        postgresql_where=sa.text("state = 'promised'"),
    )
    op.create_index(op.f("ix_promised_reward_vehicle_id"), "promised_reward", ["vehicle_id"], unique=False)


def downgrade() -> None:
    op.drop_table("promised_reward")
    op.drop_table("promotion_claim")
    op.drop_table("pass_use")
    op.drop_table("voucher")
    op.drop_table("rider_pass")
    op.drop_table("promotion")
    op.drop_table("entitlement")
