from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from mobility.city.rules.city_file import CityFile
from mobility.city.rules.tariffs import Tariff as Plan
from mobility.pricing.tables import Tariff


def midnight(city: CityFile, day: date) -> datetime:
    """The instant at which a day of the city begins."""
    return datetime.combine(day, time(), ZoneInfo(city.time_zone)).astimezone(UTC)


def version_of(
    city_id: str,
    plan: Plan,
    effective_from: datetime,
    now: datetime,
    *,
    following: Sequence[Tariff],
    published_by: UUID | None = None,
) -> Tariff:
    """The next version of a tariff after those of the same class and start."""
    return Tariff(
        city_id=city_id,
        code=plan.code,
        type_code=plan.vehicle_type,
        effective_from=effective_from,
        plan=msgspec.to_builtins(plan),
        version=1 + max((tariff.version for tariff in following), default=0),
        published_at=now,
        published_by=published_by,
    )
