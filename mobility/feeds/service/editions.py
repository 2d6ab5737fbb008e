"""What is known of a city at an instant, from the database to an edition of its feeds."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.city.rules.geometry import CityZones
from mobility.city.service import get_city
from mobility.feeds import queries
from mobility.feeds.rules.fleet import StandingVehicle, publish
from mobility.feeds.rules.system import Edition, Publication, System
from mobility.pricing.queries import plan_of, tariffs_in_force

standing_decoder = msgspec.json.Decoder(list[StandingVehicle])


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of a city at an instant; `standing` are its vehicles as JSON, still to be read."""

    system: System
    zones: CityZones
    is_open: bool
    standing: str


async def read_city(session: AsyncSession, publication: Publication, city_id: str, now: datetime) -> Read:
    """Raises `UnknownCity`."""
    city = await get_city(session, city_id)
    tariffs = await tariffs_in_force(session, city_id, now)
    system = System(
        publication=publication,
        city=city.file,
        document_hash=city.document_hash,
        plans=tuple((plan_of(each), each.effective_from) for each in tariffs.values()),
        loaded=await queries.list_loaded(session),
        today=city.date_of(now),
        at=now,
        notices=await queries.list_fresh_notices(session, city_id, now),
    )
    standing = await queries.read_standing(session, city_id, now)
    return Read(system, city.zones_at(now), city.is_open_at(now), standing)


def edition_of(read: Read) -> Edition:
    """Some milliseconds of work for a thousand vehicles: call it outside the event loop."""
    now = read.system.at
    fleet = publish(standing_decoder.decode(read.standing), read.system.offered, read.zones, now=now)
    return Edition(system=read.system, fleet=fleet, is_open=read.is_open, stamp=now)
