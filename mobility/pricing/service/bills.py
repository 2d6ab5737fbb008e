from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.pricing import queries
from mobility.pricing.rules.benefits import Benefits, Priced, price_for
from mobility.pricing.rules.bills import Bill
from mobility.pricing.rules.usage import Usage
from mobility.pricing.service.benefits import benefits_of, use
from mobility.pricing.tables import Tariff


async def tariff_in_force(
    session: AsyncSession, *, city_id: str, type_code: str, at: datetime, account_id: UUID | None = None
) -> Tariff:
    """The tariff by which a ride of that class is sold to somebody at that instant; raises `NotInForce`."""
    return await queries.get_tariff(session, city_id, type_code, at)


async def bill(session: AsyncSession, tariff_id: UUID, usage: Usage, account_id: UUID | None) -> Bill:
    """What a ride costs somebody, None for anybody: quotes, rides under way and receipts are all priced here."""
    return (await _priced(session, tariff_id, usage, account_id)).bill


async def final_bill(
    session: AsyncSession, tariff_id: UUID, usage: Usage, account_id: UUID, reference_id: UUID
) -> Bill:
    """What an ended ride costs its rider; what it uses of passes and promotions is written down."""
    priced = await _priced(session, tariff_id, usage, account_id)
    await use(session, priced, usage, reference_id)
    return priced.bill


async def _priced(session: AsyncSession, tariff_id: UUID, usage: Usage, account_id: UUID | None) -> Priced:
    tariff = await session.get_one(Tariff, tariff_id)
    benefits = Benefits() if account_id is None else await benefits_of(session, account_id, tariff, usage)
    return price_for(queries.plan_of(tariff), usage, benefits)
