import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.tariffs import NamedPlan
from mobility.city.service import get_city
from mobility.pricing import queries
from mobility.pricing.rules.preview import Comparison, Row, compare, typical
from mobility.pricing.rules.usage import Usage
from mobility.pricing.service.drafts import refuse_faults
from mobility.pricing.tables import Tariff, TariffDraft


@dataclass(frozen=True, slots=True)
class Preview:
    """What a draft would change; the two are None and empty where nothing is in force to compare with."""

    draft: TariffDraft
    in_force: Tariff | None
    typical: Sequence[Row]
    rides: Comparison | None


async def typical_rides(session: AsyncSession, clock: Clock, city_id: str, new: NamedPlan) -> list[Row]:
    """Typical rides by a plan that nobody has written down, beside the tariff in force.

    Raises
    ------
    UnknownCity, TariffRefused
    """
    city = await get_city(session, city_id)
    await refuse_faults(session, clock, city, new)
    tariff = (await queries.tariffs_in_force(session, city_id, clock.now())).get(new.vehicle_type)
    return typical(None if tariff is None else queries.plan_of(tariff), new, city, clock.now())


async def preview(session: AsyncSession, clock: Clock, city_id: str, draft_id: UUID, past: Sequence[Usage]) -> Preview:
    """A draft beside the tariff in force, for typical rides and for `past` ones; nothing of them is kept.

    Raises
    ------
    UnknownCity, UnknownTariffDraft
    """
    city, written = await get_city(session, city_id), await queries.get_draft(session, city_id, draft_id)
    new = queries.draft_of(written)
    tariff = (await queries.tariffs_in_force(session, city_id, clock.now())).get(new.vehicle_type)
    old = None if tariff is None else queries.plan_of(tariff)
    # Hundreds of rides by two plans take a while, in which others wait for this process.
    rides = await asyncio.to_thread(compare, old, new, past) if old else None
    return Preview(written, tariff, typical(old, new, city, clock.now()), rides)
