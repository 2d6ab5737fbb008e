"""A city's document as rows: the one place that writes what a city is."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.city.events import CityLoaded
from mobility.city.rules import city_file as rules
from mobility.city.rules.prepared import hash_of
from mobility.city.tables import City, Station, Zone
from mobility.db import outbox


async def take(session: AsyncSession, clock: Clock, document: rules.CityFile, *, version: int, file_hash: str) -> None:
    """Make the city what `document` says, which every process sees with its next question.

    A zone or station that it no longer has is retired, not deleted: past rides name it. Call it with the city locked.
    """
    await session.merge(
        City(
            id=document.id,
            name=document.name,
            time_zone=document.time_zone,
            currency=document.currency,
            document=msgspec.to_builtins(document),
            document_hash=hash_of(document),
            file_hash=file_hash,
            version=version,
            loaded_at=clock.now(),
        )
    )
    await session.flush()
    await _keep_only(session, clock, Zone, document.id, [_zone(zone) for zone in document.zones])
    await _keep_only(session, clock, Station, document.id, [_station(each) for each in document.stations])
    await outbox.record(session, clock, CityLoaded(city_id=document.id, version=version))


def _zone(zone: rules.Zone) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(zone)
    del row["source"]
    return row


def _station(station: rules.Station) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(station)
    row.update(row.pop("position"))
    return row


async def _keep_only(
    session: AsyncSession, clock: Clock, table: type[Zone | Station], city_id: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Insert or update the rows by code, and retire what the city has beside them."""
    for row in rows:
        values = row | {"city_id": city_id, "retired_at": None}
        upsert = insert(table).values(values)
        await session.execute(upsert.on_conflict_do_update(index_elements=["city_id", "code"], set_=values))
    kept = [row["code"] for row in rows]
    gone = update(table).where(table.city_id == city_id, table.code.not_in(kept), table.retired_at.is_(None))
    await session.execute(gone.values(retired_at=clock.now()))
