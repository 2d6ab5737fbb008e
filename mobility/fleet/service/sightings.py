"""Where rented vehicles are, kept only where two people have leave to look, and only the latest; see `Sighting`."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.fleet.rules.sightings import Seen
from mobility.fleet.tables import Sighting

# Only rows that are there: without a leave there is none, and what comes after its end finds none.
KEEP = text("""
    UPDATE sighting SET at = seen.at, lon = seen.lon, lat = seen.lat, speed_kmh = seen.speed_kmh
    FROM unnest(
        CAST(:rental_id AS uuid[]), CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),
        CAST(:speed_kmh AS float8[])
    ) AS seen (rental_id, at, lon, lat, speed_kmh)
    WHERE sighting.rental_id = seen.rental_id AND sighting.until > :now
        AND (sighting.at IS NULL OR sighting.at < seen.at)
""")


async def allow(session: AsyncSession, rental_id: UUID, until: datetime) -> None:
    """From now on the latest position of this rental is kept, until `until` or `forget`."""
    # A crash empties the table: what is allowed already is allowed anew.
    await session.execute(insert(Sighting).values(rental_id=rental_id, until=until).on_conflict_do_nothing())


async def keep(session: AsyncSession, clock: Clock, seen: Iterable[Seen]) -> None:
    """Of positions made in rentals keep the latest of those that may be looked at, and nothing of the others."""
    latest: dict[UUID, Seen] = {}
    for each in seen:
        if each.rental_id and (each.rental_id not in latest or latest[each.rental_id].at < each.at):
            latest[each.rental_id] = each
    if not latest:
        return
    columns = {
        "rental_id": list(latest),
        "at": [each.at for each in latest.values()],
        "lon": [each.position.lon for each in latest.values()],
        "lat": [each.position.lat for each in latest.values()],
        "speed_kmh": [each.speed_kmh for each in latest.values()],
    }
    await session.execute(KEEP, {**columns, "now": clock.now()})


async def find(session: AsyncSession, clock: Clock, rental_id: UUID) -> Sighting | None:
    """The latest position, None while there is none."""
    seen = select(Sighting).where(
        Sighting.rental_id == rental_id, Sighting.until > clock.now(), Sighting.at.is_not(None)
    )
    return await session.scalar(seen.execution_options(populate_existing=True))


async def forget(session: AsyncSession, rental_id: UUID) -> None:
    await session.execute(delete(Sighting).where(Sighting.rental_id == rental_id))
