import json
import tomllib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Text, bindparam, cast, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.clock import Clock
from mobility.base.errors import NotFound
from mobility.city.events import CityLoaded
from mobility.city.queries import lock_city
from mobility.city.rules import city_file as rules
from mobility.city.rules.faults import CityFileRefused, Fault
from mobility.city.rules.parse import parse_city_file
from mobility.city.rules.prepared import PreparedCity, hash_of
from mobility.city.tables import City, Station, Zone
from mobility.db import outbox
from mobility.db.direct import Statement, connection_of

# A process serves a few cities; a prepared one takes about 2 MB.
PREPARED_MAX = 16

# By the content's hash, so that a changed file is another entry and a stale one cannot be read.
_prepared: OrderedDict[str, PreparedCity] = OrderedDict()


class UnknownCity(NotFound):
    code = "unknown_city"
    fr = "Cette ville n'est pas desservie."
    en = "This city is not served."


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What loading a file did; `changed` is False when the city already was what the file says."""

    city_id: str
    version: int
    changed: bool


def read_city_file(path: Path) -> rules.CityFile:
    """The city that a TOML file and the map beside it describe; raises `CityFileRefused` with every fault found."""
    raw = _read_toml(path)
    return parse_city_file(raw, _read_map(path.parent, raw.get("map")))


async def load_city(session: AsyncSession, clock: Clock, city_file: rules.CityFile) -> LoadResult:
    """Make the city what its file says; repeating it changes nothing.

    A zone or station that the file no longer has is retired, not deleted: past rides name it.
    """
    known, document_hash = await lock_city(session, city_file.id), hash_of(city_file)
    if known is not None and known.document_hash == document_hash:
        return LoadResult(known.id, known.version, changed=False)
    version = 1 if known is None else known.version + 1
    await session.merge(_city(city_file, document_hash, version, clock.now()))
    await session.flush()
    await _keep_only(session, clock.now(), Zone, city_file.id, [_zone(zone) for zone in city_file.zones])
    await _keep_only(session, clock.now(), Station, city_file.id, [_station(each) for each in city_file.stations])
    await outbox.record(session, clock, CityLoaded(city_id=city_file.id, version=version))
    return LoadResult(city_file.id, version, changed=True)


async def get_city(session: AsyncSession, city_id: str) -> PreparedCity:
    """The city as it is loaded now; raises `UnknownCity`. Costs one small read once this process has prepared it."""
    document_hash = await session.scalar(select(City.document_hash).where(City.id == city_id))
    if document_hash is None:
        raise UnknownCity
    return await get_version(session, city_id, document_hash)


async def get_version(session: AsyncSession, city_id: str, document_hash: str) -> PreparedCity:
    """The city whose content has that hash, as it was just read; asks nothing once this process has prepared it."""
    return _prepared.get(document_hash) or await _prepare(session, city_id)


# Hash and document in one read: between two, the city may have been loaded anew.
DOCUMENT = Statement(
    select(cast(City.document, Text).label("document"), City.document_hash).where(City.id == bindparam("city_id"))
)


async def _prepare(session: AsyncSession, city_id: str) -> PreparedCity:
    row = await DOCUMENT.row(await connection_of(session), city_id=city_id)
    if row is None:
        raise UnknownCity
    document, document_hash = msgspec.json.decode(row["document"], type=rules.CityFile), row["document_hash"]
    prepared = _prepared[document_hash] = PreparedCity(document, document_hash)
    if len(_prepared) > PREPARED_MAX:
        _prepared.popitem(last=False)
    return prepared


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityFileRefused([Fault(str(path), "file_missing", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityFileRefused([Fault(str(path), "syntax", str(error))]) from None


def _read_map(folder: Path, name: object) -> object:
    if not isinstance(name, str):
        raise CityFileRefused([Fault("map", "missing_key", "names no GeoJSON file beside this one")])
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{folder / name}: {error.strerror or 'cannot be read'}"
        raise CityFileRefused([Fault("map", "file_missing", message)]) from None
    except ValueError as error:
        raise CityFileRefused([Fault("map", "syntax", f"{folder / name}: {error}")]) from None


def _city(city_file: rules.CityFile, document_hash: str, version: int, loaded_at: datetime) -> City:
    return City(
        id=city_file.id,
        name=city_file.name,
        time_zone=city_file.time_zone,
        currency=city_file.currency,
        document=msgspec.to_builtins(city_file),
        document_hash=document_hash,
        version=version,
        loaded_at=loaded_at,
    )


def _zone(zone: rules.Zone) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(zone)
    del row["source"]
    return row


def _station(station: rules.Station) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(station)
    row.update(row.pop("position"))
    return row


async def _keep_only(
    session: AsyncSession, now: datetime, table: type[Zone | Station], city_id: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Insert or update the rows by code, and retire what the city has beside them."""
    for row in rows:
        values = row | {"city_id": city_id, "retired_at": None}
        upsert = insert(table).values(values)
        await session.execute(upsert.on_conflict_do_update(index_elements=["city_id", "code"], set_=values))
    kept = [row["code"] for row in rows]
    gone = update(table).where(table.city_id == city_id, table.code.not_in(kept), table.retired_at.is_(None))
    await session.execute(gone.values(retired_at=now))
