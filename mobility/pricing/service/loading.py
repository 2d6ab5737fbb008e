from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import CityFile
from mobility.pricing import queries
from mobility.pricing.service.versions import midnight, version_of
from mobility.pricing.tables import Tariff

Start = tuple[str, datetime]


async def load_tariffs(session: AsyncSession, clock: Clock, city_file: CityFile) -> int:
    """Take over what is new in the file's tariffs; how many versions that made.

    A tariff starts at midnight of its date, on the city's clocks. What has started stays as it was sold: a changed
    plan becomes the next version. What has not started and is no longer in the file is withdrawn. What operators have
    published stays, as long as the file does not say anything new of the same start.
    """
    known: dict[Start, list[Tariff]] = defaultdict(list)
    for tariff in await queries.list_tariffs(session, city_file.id):
        known[tariff.type_code, tariff.effective_from].append(tariff)
    wanted = {(each.vehicle_type, midnight(city_file, each.effective_from)): each for each in city_file.tariffs}
    for start in known.keys() - wanted.keys():
        _withdraw(known[start], clock.now())
    new = [
        version_of(city_file.id, each, start[1], clock.now(), following=known[start])
        for start, each in wanted.items()
        if (said := _of_file(known[start])) is None or queries.plan_of(said) != each
    ]
    session.add_all(new)
    await session.flush()
    return len(new)


def _withdraw(tariffs: Sequence[Tariff], now: datetime) -> None:
    for tariff in tariffs:
        if tariff.published_by is None and tariff.withdrawn_at is None and tariff.effective_from > now:
            tariff.withdrawn_at = now


def _of_file(tariffs: Sequence[Tariff]) -> Tariff | None:
    """What the file said last of a start."""
    said = [tariff for tariff in tariffs if tariff.published_by is None and tariff.withdrawn_at is None]
    return said[-1] if said else None
