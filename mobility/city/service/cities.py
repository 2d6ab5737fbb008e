import json
import tomllib
from collections import OrderedDict
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from mobility.base.errors import NotFound
from mobility.city.rules import city_file as rules
from mobility.city.rules.faults import CityFileRefused, Fault
from mobility.city.rules.parse import parse_city_file
from mobility.city.rules.prepared import PreparedCity
from mobility.city.tables import City
from mobility.db.direct import Statement, connection_of

# A process serves a few cities; a prepared one takes about 2 MB.
PREPARED_MAX = 16

# By the content's hash, so that a changed file is another entry and a stale one cannot be read.
_prepared: OrderedDict[str, PreparedCity] = OrderedDict()


class UnknownCity(NotFound):
    code = "unknown_city"
    fr = "Cette ville n'est pas desservie."
    en = "This city is not served."


def read_city_file(path: Path) -> rules.CityFile:
    """The city that a TOML file and the map beside it describe; raises `CityFileRefused` with every fault found."""
    raw = _read_toml(path)
    return parse_city_file(raw, _read_map(path.parent, raw.get("map")))


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
