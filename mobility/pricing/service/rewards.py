"""Credit for who brings an empty vehicle to a charger and plugs it in."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.money import Money
from mobility.city.rules.prepared import PreparedCity
from mobility.fleet.tables import VehicleStatus
from mobility.payments import service as payments
from mobility.pricing.tables import PromisedReward

REASON = "charging"
TURN_MAX = 100


async def promise_reward(
    session: AsyncSession,
    clock: Clock,
    city: PreparedCity,
    *,
    account_id: UUID,
    vehicle_id: UUID,
    type_code: str,
    charge_percent: float | None,
    reference_id: UUID,
) -> Money | None:
    """What a ride that ended at a charger earns once the vehicle charges; None when it earns nothing.

    What an earlier ride was promised for the same vehicle is over: whoever plugs in now is not its rider.
    """
    earlier = (PromisedReward.vehicle_id == vehicle_id, PromisedReward.state == "promised")
    await session.execute(update(PromisedReward).where(*earlier).values(state="lapsed"))
    terms = next((each for each in city.file.charging_rewards if each.vehicle_type == type_code), None)
    if terms is None or charge_percent is None or charge_percent > terms.below_percent:
        return None
    row = insert(PromisedReward).values(
        reference_id=reference_id,
        account_id=account_id,
        city_id=city.file.id,
        vehicle_id=vehicle_id,
        cents=terms.cents,
        currency=city.file.currency,
        ended_at=clock.now(),
        until=clock.now() + timedelta(minutes=terms.within_minutes),
        state="promised",
    )
    await session.execute(row.on_conflict_do_nothing())
    return Money(terms.cents, city.file.currency)


async def grant_due(session: AsyncSession, clock: Clock) -> int:
    """Give credit for the vehicles that charge, and forget the promises whose time is over; how many were granted."""
    promised = (
        select(PromisedReward, VehicleStatus)
        .join(VehicleStatus, VehicleStatus.vehicle_id == PromisedReward.vehicle_id)
        .where(PromisedReward.state == "promised")
        .order_by(PromisedReward.until)
        .limit(TURN_MAX)
        .with_for_update(of=PromisedReward, skip_locked=True)
    )
    granted = 0
    for reward, status in (await session.execute(promised)).all():
        if status.charging and reward.ended_at < status.reported_at <= reward.until:
            await _grant(session, clock, reward)
            granted += 1
        elif clock.now() > reward.until:
            reward.state = "lapsed"
    await session.flush()
    return granted


async def _grant(session: AsyncSession, clock: Clock, reward: PromisedReward) -> None:
    reward.state = "granted"
    await payments.grant_credit(
        session,
        clock,
        account_id=reward.account_id,
        city_id=reward.city_id,
        amount=Money(reward.cents, reward.currency),
        reason_code=REASON,
        key=f"charging:{reward.reference_id}",
    )
