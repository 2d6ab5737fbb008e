from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.queries import lock_city
from mobility.city.rules.checks import check_tariff
from mobility.city.rules.faults import Fault
from mobility.city.rules.prepared import PreparedCity
from mobility.city.rules.tariffs import NamedPlan
from mobility.city.rules.tariffs import Tariff as Plan
from mobility.city.service import get_city
from mobility.pricing import queries
from mobility.pricing.rules.refusals import TariffBegun, TariffOfCityFile, TariffRefused, TariffStartsTooEarly
from mobility.pricing.service.versions import midnight, version_of
from mobility.pricing.tables import Tariff, TariffDraft


async def draft(
    session: AsyncSession, clock: Clock, city_id: str, named: NamedPlan, *, account_id: UUID
) -> TariffDraft:
    """Write a tariff down before it is for sale; raises `UnknownCity`, `TariffRefused`."""
    await refuse_faults(session, clock, await get_city(session, city_id), named)
    written = TariffDraft(
        city_id=city_id, plan=msgspec.to_builtins(named), changed_by=account_id, changed_at=clock.now()
    )
    session.add(written)
    await session.flush()
    return written


async def rewrite(
    session: AsyncSession, clock: Clock, city_id: str, draft_id: UUID, named: NamedPlan, *, account_id: UUID
) -> TariffDraft:
    """Write a draft anew; raises `UnknownTariffDraft`, `TariffRefused`."""
    written = await queries.lock_draft(session, city_id, draft_id)
    await refuse_faults(session, clock, await get_city(session, city_id), named)
    written.plan, written.changed_by, written.changed_at = msgspec.to_builtins(named), account_id, clock.now()
    await session.flush()
    return written


async def discard(session: AsyncSession, city_id: str, draft_id: UUID) -> None:
    """Throw a draft away; raises `UnknownTariffDraft`."""
    await session.delete(await queries.lock_draft(session, city_id, draft_id))


async def publish(
    session: AsyncSession, clock: Clock, city_id: str, draft_id: UUID, *, effective_from: date, account_id: UUID
) -> Tariff:
    """Put a draft up for sale from the midnight at which a day of the city begins; the draft is then no more.

    Raises
    ------
    UnknownTariffDraft, TariffStartsTooEarly
    TariffRefused
        The city has changed since the draft was written.
    """
    await lock_city(session, city_id)
    written = await queries.lock_draft(session, city_id, draft_id)
    city, named = await get_city(session, city_id), queries.draft_of(written)
    await refuse_faults(session, clock, city, named)
    starts_at = midnight(city.file, effective_from)
    if starts_at <= clock.now():
        raise TariffStartsTooEarly
    following = await queries.list_versions(session, city_id, named.vehicle_type, starts_at)
    plan = _dated(named, effective_from)
    tariff = version_of(city_id, plan, starts_at, clock.now(), following=following, published_by=account_id)
    session.add(tariff)
    await session.delete(written)
    await session.flush()
    return tariff


async def withdraw(session: AsyncSession, clock: Clock, city_id: str, tariff_id: UUID) -> Tariff:
    """Take a published tariff back before it begins; who has bought by it keeps it. Repeating it changes nothing.

    Raises
    ------
    UnknownTariff, TariffBegun, TariffOfCityFile
    """
    tariff = await queries.lock_tariff(session, city_id, tariff_id)
    if tariff.published_by is None:
        raise TariffOfCityFile
    if tariff.effective_from <= clock.now():
        raise TariffBegun
    tariff.withdrawn_at = tariff.withdrawn_at or clock.now()
    return tariff


async def refuse_faults(session: AsyncSession, clock: Clock, city: PreparedCity, named: NamedPlan) -> None:
    """Raises `TariffRefused` with every contradiction of a plan in its city."""
    faults = check_tariff(city.file, _dated(named, city.date_of(clock.now())))
    others = await queries.codes_of_others(session, city.file.id, named.vehicle_type)
    if named.code in others:
        faults.append(Fault("code", "duplicate_code", f"{named.code!r} is the code of another class's tariff"))
    if faults:
        raise TariffRefused(faults)


def _dated(named: NamedPlan, effective_from: date) -> Plan:
    fields: Sequence[str] = NamedPlan.__struct_fields__
    return Plan(**{name: getattr(named, name) for name in fields}, effective_from=effective_from)
