"""A search for coordinates in whatever form they were kept, said or written."""

import base64
import binascii
import re
import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import httpx
from redis.asyncio import Redis
from sqlalchemy import text

from mobility.db.session import Sessions
from mobility.geo import LonLat

# How far a number cut off or rounded to four decimals, about ten metres, lies from what it was.
CUT_DEG = 1e-4
# With fewer decimals a number is no coordinate; after minutes and a colon it is the seconds of a time.
NUMBER = re.compile(rb"(?<![\d.])(?<!\d:)\d{1,3}\.\d{4,}")
SCALED = re.compile(rb"(?<!\d)\d{8,10}(?!\d)")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")


class Search:
    """Looks for the longitude and the latitude of each position alone: one of them is half of a trail.

    Positions need seven decimals, so that no other number is one of theirs by chance.
    """

    def __init__(self, positions: Iterable[LonLat]) -> None:
        self._degrees = sorted(abs(degrees) for position in positions for degrees in (position.lon, position.lat))
        self._scaled = {str(round(degrees * scale)).encode() for degrees in self._degrees for scale in (1e6, 1e7)}
        self._packed = {
            struct.pack(form, sign * degrees)
            for degrees in self._degrees
            for sign in (1, -1)
            for form in ("<d", ">d", "<f", ">f")
        }

    def find(self, kept: bytes) -> set[str]:
        """The coordinates in it, as they stand there."""
        return {found for reading in _readings(kept) for found in self._in(reading)}

    def find_in(self, sources: Mapping[str, bytes]) -> dict[str, set[str]]:
        """What was found, by the name of the source; sources without a find are left out."""
        return {name: found for name, kept in sources.items() if (found := self.find(kept))}

    def _in(self, reading: bytes) -> Iterator[str]:
        for number in set(NUMBER.findall(reading)):
            if self._is_near(float(number)):
                yield number.decode()
        yield from (number.decode() for number in self._scaled.intersection(SCALED.findall(reading)))
        yield from (packed.hex() for packed in self._packed if packed in reading)

    def _is_near(self, degrees: float) -> bool:
        at = bisect_left(self._degrees, degrees - CUT_DEG)
        return at < len(self._degrees) and self._degrees[at] < degrees + CUT_DEG


def _readings(kept: bytes) -> Iterator[bytes]:
    """The bytes, and the bytes that their hexadecimal digits and their base 64 stand for."""
    yield kept
    yield b"\n".join(bytes.fromhex(digits.decode()) for digits in HEX.findall(kept))
    yield b"\n".join(_decoded(word) for word in BASE64.findall(kept))


def _decoded(word: bytes) -> bytes:
    try:
        return base64.b64decode(word.rstrip(b"=") + b"=" * (-len(word.rstrip(b"=")) % 4), altchars=b"-_")
    except binascii.Error:
        return b""


TABLES = text("""
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg_temp%' ORDER BY 1
""")


async def tables(sessions: Sessions) -> dict[str, bytes]:
    """Every row of every table of the database, partitions included, whoever made them; what a session keeps for
    itself until it ends is nobody else's to read."""
    async with sessions() as session:
        names = (await session.scalars(TABLES)).all()
        return {
            f"table {name}": "\n".join(await session.scalars(text(f"SELECT t::text FROM {name} t"))).encode()
            for name in names
        }


async def keys(valkey: Redis) -> dict[str, bytes]:
    """Every key of Valkey with what it holds."""
    return {f"key {key!r}": repr(await _held(valkey, key)).encode() async for key in valkey.scan_iter()}


async def _held(valkey: Redis, key: bytes) -> object:
    match (await valkey.type(key)).decode():
        case "string":
            return await valkey.get(key)
        case "hash":
            return await valkey.hgetall(key)
        case "stream":
            return await valkey.xrange(key)
        case "list":
            return await valkey.lrange(key, 0, -1)
        case "set":
            return await valkey.smembers(key)
        case "zset":
            return await valkey.zrange(key, 0, -1, withscores=True)
        case other:
            raise AssertionError(f"nobody reads a {other} here")


def files(*places: Path) -> dict[str, bytes]:
    """Every file there and below, by its path."""
    found = (path for place in places for path in (place, *place.rglob("*")) if path.is_file())
    return {f"file {path}": path.read_bytes() for path in found}


async def answers(
    http: httpx.AsyncClient, known: Mapping[str, str], headers: Mapping[str, str], *, without: Iterable[str]
) -> dict[str, bytes]:
    """Every GET of the API's document that `known` parameters can fill, for whoever the headers sign in.

    `without` are addresses that never end, or answer with nothing but what was asked.
    """
    document = (await http.get("/docs/openapi.json")).json()
    answered = {}
    for path, item in document["paths"].items():
        names = set(re.findall(r"{(\w+)", path))
        if "get" in item and path not in without and names <= set(known):
            asked = [each["name"] for each in item["get"].get("parameters", ()) if each.get("required")]
            query = {name: known[name] for name in asked if name in known and name not in names}
            answer = await http.get(path.format(**known), params=query, headers=headers)
            answered[f"answer {answer.status_code} {path}"] = answer.content
    return answered


async def feeds(http: httpx.AsyncClient, *indexes: str) -> dict[str, bytes]:
    """Each index of feeds, and every feed that it names."""
    read = {}
    for index in indexes:
        answer = await http.get(index)
        assert answer.status_code == 200, index
        read[f"feed {index}"] = answer.content
        for url in set(re.findall(r'"(https?://[^"]+)"', answer.text)):
            read[f"feed {url}"] = (await http.get(httpx.URL(url).path)).content
    return read
