from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

# Its accounts publish tariffs: a command that loads a city imports no other table of theirs.
import mobility.riders.tables  # noqa: F401
from mobility.base.ids import new_id
from mobility.db.tables import Base


class Tariff(Base):
    """One version of a pricing plan for a class of vehicles, in force from an instant on; never edited or deleted.

    A plan that is corrected without a new date gets the next `version`: what was sold before keeps its price. One that
    was withdrawn before it began is for nobody any more but whoever it was sold to.
    """

    __tablename__ = "tariff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    type_code: Mapped[str]
    effective_from: Mapped[datetime]
    plan: Mapped[dict[str, Any]]
    version: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The operator; empty for what the city file says.
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("withdrawn_at < effective_from", name="withdrawn"),
        Index("uq_tariff_in_force", "city_id", "type_code", "effective_from", "version", unique=True),
    )


class TariffDraft(Base):
    """A tariff that an operator writes: whole and free of contradictions, but for sale only once it is published."""

    __tablename__ = "tariff_draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    plan: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_tariff_draft_city_id_id", "city_id", "id"),)


class RiderPass(Base):
    """A pass somebody bought, by the terms of that day; good from `starts_at` to before `ends_at` once it is paid."""

    __tablename__ = "rider_pass"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    terms: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="pending")
    bought_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # Bought again before it ends, unless its holder has said otherwise or that has been done.
    renews: Mapped[bool]

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'active')", name="state"),
        CheckConstraint("starts_at < ends_at", name="period"),
        Index("ix_rider_pass_renews", "ends_at", postgresql_where=text("renews")),
    )


class PassUse(Base):
    """The minutes that a ride took of a pass's day."""

    __tablename__ = "pass_use"

    reference_id: Mapped[UUID] = mapped_column(primary_key=True)
    pass_id: Mapped[UUID] = mapped_column(ForeignKey("rider_pass.id"))
    day: Mapped[date]
    minutes: Mapped[int]

    __table_args__ = (Index("ix_pass_use_pass_id_day", "pass_id", "day"),)


class Promotion(Base):
    """An offer under a code that many may type: a part or an amount off of a ride, so many times for each rider."""

    __tablename__ = "promotion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    percent_off: Mapped[int]
    cents_off: Mapped[int]
    rides_each: Mapped[int]
    riders_max: Mapped[int | None]
    riders: Mapped[int] = mapped_column(default=0)
    new_riders_only: Mapped[bool]
    vehicle_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("(percent_off > 0) <> (cents_off > 0)", name="discount"),
        CheckConstraint("riders <= riders_max", name="riders_max"),
        Index("uq_promotion_city_id_code", "city_id", "code", unique=True),
    )


class PromotionClaim(Base):
    """A rider has typed a promotion's code, and has so many rides of it left."""

    __tablename__ = "promotion_claim"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    promotion_id: Mapped[UUID] = mapped_column(ForeignKey("promotion.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    rides_left: Mapped[int]
    claimed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("rides_left >= 0", name="rides_left"),
        Index("uq_promotion_claim_promotion_id_account_id", "promotion_id", "account_id", unique=True),
    )


class Voucher(Base):
    """Credit for whoever types its code first; only the code's hash is stored."""

    __tablename__ = "voucher"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    cents: Mapped[int]
    currency: Mapped[str]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    redeemed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    redeemed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint("(redeemed_by IS NULL) = (redeemed_at IS NULL)", name="redeemed"),
        Index("ix_voucher_city_id_id", "city_id", "id"),
    )


class Entitlement(Base):
    """Somebody rides by a reduced fare of a city for a time. Why, nobody writes down; who granted it, we do."""

    __tablename__ = "entitlement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    code: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))

    __table_args__ = (
        CheckConstraint("starts_at <= ends_at", name="period"),
        Index("ix_entitlement_city_id_id", "city_id", "id"),
    )


class PromisedReward(Base):
    """Credit for a ride that ended at a charger, if the vehicle says in time that it charges."""

    __tablename__ = "promised_reward"

    reference_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("city.id"))
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicle.id"), index=True)
    cents: Mapped[int]
    currency: Mapped[str]
    ended_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="promised")

    __table_args__ = (
        CheckConstraint("state IN ('promised', 'granted', 'lapsed')", name="state"),
        Index("ix_promised_reward_promised", "until", postgresql_where=text("state = 'promised'")),
    )
