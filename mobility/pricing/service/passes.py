"""Passes are bought, begin when they are paid, and are bought again until their holder says otherwise."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.ids import new_id
from mobility.base.money import Money
from mobility.city.rules.benefits import PassPlan
from mobility.city.rules.in_force import vat_in_force
from mobility.city.rules.prepared import PreparedCity
from mobility.city.service import get_city
from mobility.invoicing import service as invoicing
from mobility.invoicing.rules.documents import priced
from mobility.payments import service as payments
from mobility.pricing.rules.passes import PassHeld, PassState, UnknownPass, UnknownPassPlan
from mobility.pricing.tables import RiderPass
from mobility.riders.queries import lock_account
from mobility.riders.service import payer_of

KIND = "pass"
RENEW_BEFORE = timedelta(days=1)
"""The card is asked a day ahead: what is declined can be settled before the pass ends."""
TURN_MAX = 100
UNIT = {"fr": "abonnement", "en": "pass"}


async def buy(session: AsyncSession, clock: Clock, *, account_id: UUID, city_id: str, code: str) -> RiderPass:
    """Sell a pass: it begins once it is paid.

    Raises
    ------
    UnknownCity, UnknownPassPlan, PassHeld
    """
    city = await get_city(session, city_id)
    plan = next((plan for plan in city.file.passes if plan.code == code), None)
    if plan is None:
        raise UnknownPassPlan
    # Two taps at once: the second waits here, then finds what the first has bought.
    await lock_account(session, account_id)
    if await _holds(session, account_id, city_id, code, clock.now()):
        raise PassHeld
    return await _sell(session, clock, city, plan, account_id, starts_at=clock.now())


async def begin(session: AsyncSession, clock: Clock, pass_id: UUID) -> bool:
    """A pass is paid: it begins now, or when it was to begin; False if it had begun."""
    bought = await session.get(RiderPass, pass_id, with_for_update=True)
    if bought is None or bought.state == PassState.ACTIVE:
        return False
    late = max(timedelta(0), clock.now() - bought.starts_at)
    bought.state = PassState.ACTIVE
    bought.starts_at, bought.ends_at = bought.starts_at + late, bought.ends_at + late
    await session.flush()
    return True


async def stop_renewing(session: AsyncSession, *, account_id: UUID, pass_id: UUID) -> RiderPass:
    """Let a pass run out. Raises `UnknownPass`."""
    held = await session.get(RiderPass, pass_id, with_for_update=True)
    if held is None or held.account_id != account_id:
        raise UnknownPass
    held.renews = False
    await session.flush()
    return held


async def list_passes(session: AsyncSession, clock: Clock, account_id: UUID) -> Sequence[RiderPass]:
    """What somebody has bought and can still use, what ends first first."""
    held = select(RiderPass).where(RiderPass.account_id == account_id)
    good = or_(RiderPass.ends_at > clock.now(), RiderPass.state == PassState.PENDING)
    return (await session.scalars(held.where(good).order_by(RiderPass.ends_at, RiderPass.id))).all()


async def renew_due(session: AsyncSession, clock: Clock) -> int:
    """Sell again the passes that end within a day and renew; how many. Several workers may do so at once."""
    ending = select(RiderPass).where(
        RiderPass.renews, RiderPass.state == PassState.ACTIVE, RiderPass.ends_at <= clock.now() + RENEW_BEFORE
    )
    due = ending.order_by(RiderPass.ends_at).limit(TURN_MAX).with_for_update(skip_locked=True)
    renewed = 0
    for held in (await session.scalars(due)).all():
        held.renews = False
        city = await get_city(session, held.city_id)
        # At today's terms; a pass that is no longer sold runs out.
        plan = next((plan for plan in city.file.passes if plan.code == held.code and plan.renews), None)
        if plan is not None:
            await _sell(session, clock, city, plan, held.account_id, starts_at=max(held.ends_at, clock.now()))
            renewed += 1
    await session.flush()
    return renewed


async def _holds(session: AsyncSession, account_id: UUID, city_id: str, code: str, now: datetime) -> bool:
    ours = select(RiderPass.id).where(
        RiderPass.account_id == account_id,
        RiderPass.city_id == city_id,
        RiderPass.code == code,
        or_(RiderPass.ends_at > now, RiderPass.state == PassState.PENDING),
    )
    return await session.scalar(ours.limit(1)) is not None


async def _sell(
    session: AsyncSession, clock: Clock, city: PreparedCity, plan: PassPlan, account_id: UUID, *, starts_at: datetime
) -> RiderPass:
    """The pass, its debt and its document, in one transaction."""
    now = clock.now()
    sold = RiderPass(
        id=new_id(),
        account_id=account_id,
        city_id=city.file.id,
        code=plan.code,
        terms=msgspec.to_builtins(plan),
        state=PassState.PENDING,
        bought_at=now,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=plan.days),
        renews=plan.renews,
    )
    session.add(sold)
    await session.flush()
    await _charge(session, clock, city, plan, sold)
    return sold


async def _charge(session: AsyncSession, clock: Clock, city: PreparedCity, plan: PassPlan, sold: RiderPass) -> None:
    vat_percent = vat_in_force(city.file, city.date_of(clock.now())).rate_percent
    total, payer_id = Money(plan.price_cents, city.file.currency), await payer_of(session, sold.account_id, clock.now())
    await invoicing.issue(
        session,
        clock,
        account_id=payer_id,
        city_id=sold.city_id,
        reference_id=sold.id,
        lines=[priced(plan.name, 1, UNIT, total.cents, vat_percent)],
        served_from=sold.starts_at,
        served_until=sold.ends_at,
        place=city.file.name,
    )
    await payments.charge(
        session,
        clock,
        account_id=payer_id,
        city_id=sold.city_id,
        reference_id=sold.id,
        total=total,
        vat_percent=vat_percent,
        kind=KIND,
    )
