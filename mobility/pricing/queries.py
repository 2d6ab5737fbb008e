from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations

from mobility.city.rules import tariffs
from mobility.city.rules.in_force import NotInForce
from mobility.pricing.rules.refusals import UnknownTariff, UnknownTariffDraft
from mobility.pricing.tables import Tariff, TariffDraft


def plan_of(tariff: Tariff) -> tariffs.Tariff:
    """The plan with its name, as the city file or an operator told it."""
    return msgspec.convert(tariff.plan, tariffs.Tariff)


def draft_of(draft: TariffDraft) -> tariffs.NamedPlan:
    return msgspec.convert(draft.plan, tariffs.NamedPlan)


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


def tariff_in_force_of(
    city_id: SQLCoreOperations[str], type_code: SQLCoreOperations[str], at: ColumnElement[datetime]
) -> ColumnElement[UUID]:
    """The id of the tariff in force for the vehicle of the enclosing statement, by the rule of `tariffs_in_force`."""
    begun = select(Tariff.id).where(Tariff.effective_from <= at, Tariff.withdrawn_at.is_(None))
    of_class = begun.where(Tariff.city_id == city_id, Tariff.type_code == type_code)
    newest_first = of_class.order_by(Tariff.effective_from.desc(), Tariff.version.desc())
    return newest_first.limit(1).correlate_except(Tariff).scalar_subquery()


async def get_tariff(session: AsyncSession, city_id: str, type_code: str, at: datetime) -> Tariff:
    """The tariff of a class in force; raises `NotInForce` before the first."""
    tariff = (await tariffs_in_force(session, city_id, at)).get(type_code)
    if tariff is None:
        raise NotInForce
    return tariff


async def list_versions(session: AsyncSession, city_id: str, type_code: str, start: datetime) -> Sequence[Tariff]:
    """The versions of one start, withdrawn ones too."""
    of_class = select(Tariff).where(Tariff.city_id == city_id, Tariff.type_code == type_code)
    return (await session.scalars(of_class.where(Tariff.effective_from == start))).all()


async def page_tariffs(session: AsyncSession, city_id: str, *, limit: int, after: UUID | None) -> Sequence[Tariff]:
    """Versions, the latest made first, those made before `after`: ids grow with time."""
    of_city = select(Tariff).where(Tariff.city_id == city_id, *([] if after is None else [Tariff.id < after]))
    return (await session.scalars(of_city.order_by(Tariff.id.desc()).limit(limit))).all()


async def page_drafts(session: AsyncSession, city_id: str, *, limit: int, after: UUID | None) -> Sequence[TariffDraft]:
    """Drafts, the latest first, those written before `after`."""
    older = [] if after is None else [TariffDraft.id < after]
    of_city = select(TariffDraft).where(TariffDraft.city_id == city_id, *older)
    return (await session.scalars(of_city.order_by(TariffDraft.id.desc()).limit(limit))).all()


async def codes_of_others(session: AsyncSession, city_id: str, type_code: str) -> frozenset[str]:
    """Codes that tariffs of other classes go by."""
    others = select(Tariff.code).where(Tariff.city_id == city_id, Tariff.type_code != type_code)
    return frozenset(await session.scalars(others.where(Tariff.withdrawn_at.is_(None))))


async def lock_tariff(session: AsyncSession, city_id: str, tariff_id: UUID) -> Tariff:
    """Kept from others until the transaction ends; raises `UnknownTariff`."""
    found = select(Tariff).where(Tariff.id == tariff_id, Tariff.city_id == city_id).with_for_update(key_share=True)
    tariff = await session.scalar(found.execution_options(populate_existing=True))
    if tariff is None:
        raise UnknownTariff
    return tariff


async def get_draft(session: AsyncSession, city_id: str, draft_id: UUID) -> TariffDraft:
    """A city's draft; raises `UnknownTariffDraft`."""
    return await _draft(session, select(TariffDraft).where(TariffDraft.id == draft_id, TariffDraft.city_id == city_id))


async def lock_draft(session: AsyncSession, city_id: str, draft_id: UUID) -> TariffDraft:
    """Kept from others until the transaction ends; raises `UnknownTariffDraft`."""
    found = select(TariffDraft).where(TariffDraft.id == draft_id, TariffDraft.city_id == city_id)
    return await _draft(session, found.with_for_update())


async def _draft(session: AsyncSession, found: Select[TariffDraft]) -> TariffDraft:
    draft = await session.scalar(found.execution_options(populate_existing=True))
    if draft is None:
        raise UnknownTariffDraft
    return draft
