from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules import tariffs
from mobility.city.rules.in_force import NotInForce
from mobility.pricing.tables import Tariff


def plan_of(tariff: Tariff) -> tariffs.Tariff:
    """The plan with its name, as the city file or an operator told it."""
    return msgspec.convert(tariff.plan, tariffs.Tariff)


async def list_tariffs(session: AsyncSession, city_id: str) -> Sequence[Tariff]:
    """Every version there ever was, withdrawn ones too; the latest version of each start last."""
    of_city = select(Tariff).where(Tariff.city_id == city_id)
    return (await session.scalars(of_city.order_by(Tariff.effective_from, Tariff.version))).all()


async def tariffs_in_force(session: AsyncSession, city_id: str, at: datetime) -> dict[str, Tariff]:
    """The tariff of each class of vehicles that has one at that instant."""
    begun = select(Tariff).where(Tariff.city_id == city_id, Tariff.effective_from <= at, Tariff.withdrawn_at.is_(None))
    newest_first = begun.order_by(Tariff.type_code, Tariff.effective_from.desc(), Tariff.version.desc())
    latest = newest_first.ext(distinct_on(Tariff.type_code))
    return {tariff.type_code: tariff for tariff in await session.scalars(latest)}


async def get_tariff(session: AsyncSession, city_id: str, type_code: str, at: datetime) -> Tariff:
    """The tariff of a class in force; raises `NotInForce` before the first."""
    tariff = (await tariffs_in_force(session, city_id, at)).get(type_code)
    if tariff is None:
        raise NotInForce
    return tariff
