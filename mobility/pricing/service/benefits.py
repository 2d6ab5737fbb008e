"""What a rider has when a ride is priced, and what the ride uses of it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.benefits import PassPlan
from mobility.city.service import get_city
from mobility.pricing.rules.benefits import Benefits, Pass, Priced, Promotion
from mobility.pricing.rules.passes import PassState
from mobility.pricing.rules.usage import Usage
from mobility.pricing.tables import Entitlement, PassUse, PromotionClaim, RiderPass, Tariff
from mobility.pricing.tables import Promotion as PromotionRow


async def benefits_of(session: AsyncSession, account_id: UUID, tariff: Tariff, usage: Usage) -> Benefits:
    """What somebody has at the start of a ride by a tariff."""
    at = usage.started_at
    return Benefits(
        passes=await _passes(session, account_id, tariff, at, at.astimezone(usage.zone).date()),
        reduced_percent=await _reduced_percent(session, account_id, tariff, at),
        promotions=await _promotions(session, account_id, tariff, at),
    )


async def use(session: AsyncSession, priced: Priced, usage: Usage, reference_id: UUID) -> None:
    """Write down what a ride used, once: of a pass its minutes, of a promotion one of its rides."""
    if priced.used_pass is not None:
        row = insert(PassUse).values(
            reference_id=reference_id,
            pass_id=priced.used_pass.id,
            day=usage.started_at.astimezone(usage.zone).date(),
            minutes=priced.used_minutes,
        )
        await session.execute(row.on_conflict_do_nothing())
    if priced.used_promotion is not None:
        claim = update(PromotionClaim).where(PromotionClaim.id == priced.used_promotion.claim_id)
        await session.execute(claim.values(rides_left=PromotionClaim.rides_left - 1))


async def _passes(session: AsyncSession, account_id: UUID, tariff: Tariff, at: datetime, day: date) -> Sequence[Pass]:
    held = select(RiderPass).where(
        RiderPass.account_id == account_id,
        RiderPass.city_id == tariff.city_id,
        RiderPass.state == PassState.ACTIVE,
        RiderPass.starts_at <= at,
        RiderPass.ends_at > at,
    )
    found = []
    for each in await session.scalars(held.order_by(RiderPass.ends_at, RiderPass.id)):
        terms = msgspec.convert(each.terms, PassPlan)
        if tariff.type_code in terms.vehicle_types:
            left = terms.minutes_a_day and max(0, terms.minutes_a_day - await _minutes_used(session, each.id, day))
            found.append(Pass(id=each.id, terms=terms, minutes_left=left))
    return found


async def _minutes_used(session: AsyncSession, pass_id: UUID, day: date) -> int:
    used = select(func.coalesce(func.sum(PassUse.minutes), 0))
    return (await session.execute(used.where(PassUse.pass_id == pass_id, PassUse.day == day))).scalar_one()


async def _reduced_percent(session: AsyncSession, account_id: UUID, tariff: Tariff, at: datetime) -> int:
    """The best reduced fare of somebody; one that the city has abolished gives nothing."""
    granted = select(Entitlement.code).where(
        Entitlement.account_id == account_id,
        Entitlement.city_id == tariff.city_id,
        Entitlement.starts_at <= at,
        Entitlement.ends_at > at,
    )
    codes = set(await session.scalars(granted))
    if not codes:
        return 0
    fares = (await get_city(session, tariff.city_id)).file.reduced_fares
    off = (fare.percent_off for fare in fares if fare.code in codes and tariff.type_code in fare.vehicle_types)
    return max(off, default=0)


async def _promotions(session: AsyncSession, account_id: UUID, tariff: Tariff, at: datetime) -> Sequence[Promotion]:
    claimed = (
        select(PromotionRow, PromotionClaim.id)
        .join(PromotionClaim, PromotionClaim.promotion_id == PromotionRow.id)
        .where(
            PromotionClaim.account_id == account_id,
            PromotionClaim.rides_left > 0,
            PromotionRow.city_id == tariff.city_id,
            PromotionRow.starts_at <= at,
            PromotionRow.ends_at > at,
        )
        .order_by(PromotionRow.ends_at, PromotionRow.id)
    )
    return [
        Promotion(claim_id=claim_id, code=row.code, percent_off=row.percent_off, cents_off=row.cents_off)
        for row, claim_id in await session.execute(claimed)
        if tariff.type_code in row.vehicle_types
    ]
