from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.pricing import queries
from mobility.pricing.rules.bills import Bill
from mobility.pricing.rules.price import price
from mobility.pricing.rules.usage import Usage
from mobility.pricing.tables import Tariff


async def tariff_in_force(
    session: AsyncSession, *, city_id: str, type_code: str, at: datetime, account_id: UUID | None = None
) -> Tariff:
    """The tariff by which a ride of that class is sold to somebody at that instant; raises `NotInForce`."""
    return await queries.get_tariff(session, city_id, type_code, at)


async def bill(session: AsyncSession, tariff_id: UUID, usage: Usage, account_id: UUID | None) -> Bill:
    """What a ride costs somebody, None for anybody: quotes, rides under way and receipts are all priced here."""
    tariff = await session.get_one(Tariff, tariff_id)
    return price(queries.plan_of(tariff), usage)
