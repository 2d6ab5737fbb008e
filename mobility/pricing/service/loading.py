from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.rules.city_file import CityFile
from mobility.city.rules.tariffs import Tariff as FileTariff
from mobility.pricing import queries
from mobility.pricing.tables import Tariff

Start = tuple[str, datetime]


async def load_tariffs(session: AsyncSession, clock: Clock, city_file: CityFile) -> int:
    """Take over what is new in the file's tariffs; how many versions that made.

    A tariff starts at midnight of its date, on the city's clocks. What has started stays as it was sold: a changed
    plan becomes the next version. What has not started and is no longer in the file is forgotten.
    """
    known = {_start(tariff): tariff for tariff in await queries.list_tariffs(session, city_file.id)}
    wanted = {(each.vehicle_type, _midnight(each, city_file)): each for each in city_file.tariffs}
    for start, tariff in known.items():
        if start not in wanted and tariff.effective_from > clock.now():
            await session.delete(tariff)
    new = [_version(city_file.id, start, each, known) for start, each in wanted.items() if _is_new(start, each, known)]
    session.add_all(new)
    await session.flush()
    return len(new)


def _start(tariff: Tariff) -> Start:
    return tariff.type_code, tariff.effective_from


def _midnight(tariff: FileTariff, city_file: CityFile) -> datetime:
    return datetime.combine(tariff.effective_from, time(), ZoneInfo(city_file.time_zone))


def _is_new(start: Start, tariff: FileTariff, known: Mapping[Start, Tariff]) -> bool:
    return start not in known or known[start].plan != _plan(tariff)


def _version(city_id: str, start: Start, tariff: FileTariff, known: Mapping[Start, Tariff]) -> Tariff:
    type_code, effective_from = start
    return Tariff(
        city_id=city_id,
        code=tariff.code,
        type_code=type_code,
        effective_from=effective_from,
        plan=_plan(tariff),
        version=known[start].version + 1 if start in known else 1,
    )


def _plan(tariff: FileTariff) -> dict[str, Any]:
    """As it comes back from the database, so that the two compare."""
    plan: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(tariff))
    return plan
