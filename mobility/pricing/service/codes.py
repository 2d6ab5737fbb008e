"""Codes that riders type: promotions are claimed, vouchers become credit. Operators make both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.city.service import get_city
from mobility.payments import service as payments
from mobility.payments.rules.ledger import VOUCHER
from mobility.payments.tables import Payment
from mobility.pricing.rules.codes import (
    BenefitCodeOver,
    BenefitCodeUsed,
    CodeTaken,
    OnlyForNewRiders,
    PromotionUsedUp,
    UnknownBenefitCode,
    UnknownPromotion,
    hash_code,
    new_voucher_code,
    readable,
    typed,
)
from mobility.pricing.tables import Promotion, PromotionClaim, Voucher


@dataclass(frozen=True, slots=True)
class Offer:
    """What an operator offers under a code; see `tables.Promotion`."""

    code: str
    percent_off: int
    cents_off: int
    rides_each: int
    riders_max: int | None
    new_riders_only: bool
    vehicle_types: Sequence[str]
    starts_at: datetime
    ends_at: datetime


async def type_code(
    session: AsyncSession, clock: Clock, *, account_id: UUID, city_id: str, code: str
) -> Promotion | Voucher:
    """Claim the promotion or redeem the voucher of a code.

    Raises
    ------
    UnknownCity, UnknownBenefitCode, BenefitCodeOver, BenefitCodeUsed, PromotionUsedUp, OnlyForNewRiders
    """
    await get_city(session, city_id)
    promotion = await session.scalar(
        select(Promotion).where(Promotion.city_id == city_id, Promotion.code == typed(code)).with_for_update()
    )
    if promotion is not None:
        return await _claim(session, clock, account_id, promotion)
    return await _redeem(session, clock, account_id, city_id, code)


async def offer(session: AsyncSession, clock: Clock, *, operator_id: UUID, city_id: str, offered: Offer) -> Promotion:
    """Publish a promotion. Raises `CodeTaken`."""
    row = insert(Promotion).values(
        id=new_id(),
        city_id=city_id,
        code=offered.code,
        percent_off=offered.percent_off,
        cents_off=offered.cents_off,
        rides_each=offered.rides_each,
        riders_max=offered.riders_max,
        riders=0,
        new_riders_only=offered.new_riders_only,
        vehicle_types=list(offered.vehicle_types),
        starts_at=offered.starts_at,
        ends_at=offered.ends_at,
        created_by=operator_id,
        created_at=clock.now(),
    )
    made: Promotion | None = await session.scalar(row.on_conflict_do_nothing().returning(Promotion))
    if made is None:
        raise CodeTaken
    return made


async def stop_offer(session: AsyncSession, clock: Clock, *, city_id: str, promotion_id: UUID) -> Promotion:
    """End a promotion now; rides under way that were to use it pay in full. Raises `UnknownPromotion`."""
    promotion = await session.get(Promotion, promotion_id, with_for_update=True)
    if promotion is None or promotion.city_id != city_id:
        raise UnknownPromotion
    promotion.ends_at = max(promotion.starts_at, min(promotion.ends_at, clock.now()))
    await session.flush()
    return promotion


async def list_offers(session: AsyncSession, city_id: str, *, limit: int, after: UUID | None) -> Sequence[Promotion]:
    """Newest first: ids grow with time."""
    older = [] if after is None else [Promotion.id < after]
    offers = select(Promotion).where(Promotion.city_id == city_id, *older)
    return (await session.scalars(offers.order_by(Promotion.id.desc()).limit(limit))).all()


async def print_vouchers(
    session: AsyncSession,
    clock: Clock,
    *,
    operator_id: UUID,
    city_id: str,
    count: int,
    amount: Money,
    expires_at: datetime,
) -> list[str]:
    """New vouchers' codes, readable this once: only their hashes are kept."""
    codes, now = [new_voucher_code() for _ in range(count)], clock.now()
    session.add_all(
        Voucher(
            city_id=city_id,
            code_hash=hash_code(code),
            cents=amount.cents,
            currency=amount.currency,
            created_by=operator_id,
            created_at=now,
            expires_at=expires_at,
        )
        for code in codes
    )
    await session.flush()
    return [readable(code) for code in codes]


@dataclass(frozen=True, slots=True)
class Batch:
    """Vouchers that were printed at once, and what became of them."""

    printed_at: datetime
    good_until: datetime
    worth: Money
    count: int
    redeemed: int


async def list_batches(session: AsyncSession, city_id: str, *, limit: int, before: datetime | None) -> Sequence[Batch]:
    """Newest first; counts only: who typed a code is nobody's to list."""
    of_batch = (Voucher.created_at, Voucher.expires_at, Voucher.cents, Voucher.currency)
    found = select(*of_batch, func.count(), func.count(Voucher.redeemed_at)).where(Voucher.city_id == city_id)
    if before is not None:
        found = found.where(Voucher.created_at < before)
    rows = await session.execute(found.group_by(*of_batch).order_by(Voucher.created_at.desc()).limit(limit))
    return [Batch(at, until, Money(cents, currency), *counts) for at, until, cents, currency, *counts in rows]


async def list_claims(session: AsyncSession, clock: Clock, account_id: UUID) -> Sequence[tuple[Promotion, int]]:
    """The promotions somebody can still use, with how many rides are left of each; what ends first first."""
    claimed = (
        select(Promotion, PromotionClaim.rides_left)
        .join(PromotionClaim, PromotionClaim.promotion_id == Promotion.id)
        .where(PromotionClaim.account_id == account_id, PromotionClaim.rides_left > 0, Promotion.ends_at > clock.now())
        .order_by(Promotion.ends_at, Promotion.id)
    )
    return [(promotion, left) for promotion, left in await session.execute(claimed)]


async def _claim(session: AsyncSession, clock: Clock, account_id: UUID, promotion: Promotion) -> Promotion:
    """The caller holds the promotion's lock: of two who want the last place the second finds none."""
    if not promotion.starts_at <= clock.now() < promotion.ends_at:
        raise BenefitCodeOver
    ours = exists().where(PromotionClaim.promotion_id == promotion.id, PromotionClaim.account_id == account_id)
    if await session.scalar(select(ours)):
        raise BenefitCodeUsed
    if promotion.riders_max is not None and promotion.riders >= promotion.riders_max:
        raise PromotionUsedUp
    if promotion.new_riders_only and await _has_ridden(session, account_id):
        raise OnlyForNewRiders
    promotion.riders += 1
    session.add(
        PromotionClaim(
            promotion_id=promotion.id,
            account_id=account_id,
            rides_left=promotion.rides_each,
            claimed_at=clock.now(),
        )
    )
    await session.flush()
    return promotion


async def _redeem(session: AsyncSession, clock: Clock, account_id: UUID, city_id: str, code: str) -> Voucher:
    voucher = await session.scalar(
        select(Voucher).where(Voucher.code_hash == hash_code(code), Voucher.city_id == city_id).with_for_update()
    )
    if voucher is None:
        raise UnknownBenefitCode
    if voucher.redeemed_by is not None:
        raise BenefitCodeUsed
    if voucher.expires_at <= clock.now():
        raise BenefitCodeOver
    voucher.redeemed_by, voucher.redeemed_at = account_id, clock.now()
    await payments.grant_credit(
        session,
        clock,
        account_id=account_id,
        city_id=city_id,
        amount=Money(voucher.cents, voucher.currency),
        reason_code=VOUCHER,
        key=f"voucher:{voucher.id}",
    )
    return voucher


async def _has_ridden(session: AsyncSession, account_id: UUID) -> bool:
    """Whether somebody was ever charged for a ride."""
    charged = exists().where(Payment.account_id == account_id, Payment.kind == "rental")
    return bool(await session.scalar(select(charged)))
