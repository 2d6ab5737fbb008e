"""GBFS files over HTTP, described by their own standard and `docs/feeds.md`, not by the OpenAPI document."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.types import ASGIApp, Receive, Scope, Send

from mobility.feeds.rules.documents import FileKey
from mobility.feeds.rules.system import Version
from mobility.feeds.service import Feeds, Served, UnknownFeed

PATHS: dict[Version, list[str]] = {
    "v3": ["/gbfs/v3/{file:str}", "/gbfs/{city:str}/v3/{file:str}"],
    "v3.1-rc": ["/gbfs/v3.1-rc/{file:str}", "/gbfs/{city:str}/v3.1-rc/{file:str}"],
    "v2": [
        "/gbfs/v2/{file:str}",
        "/gbfs/v2/{feed_language:str}/{file:str}",
        "/gbfs/{city:str}/v2/{file:str}",
        "/gbfs/{city:str}/v2/{feed_language:str}/{file:str}",
    ],
}
# Open to everybody, without a session; the files come compressed from their shelf.
SERVED = {"anonymous": True, "precompressed": True}
ALWAYS = [
    (b"content-type", b"application/json"),
    (b"access-control-allow-origin", b"*"),
    (b"vary", b"Accept-Encoding"),
]


@get(PATHS["v3"], name="gbfs_v3", opt=SERVED, include_in_schema=False)
async def read_v3(request: Request[Any, Any, Any], feeds: NamedDependency[Feeds]) -> ASGIApp:
    return await _read(request, feeds, "v3")


@get(PATHS["v3.1-rc"], name="gbfs_v3_1", opt=SERVED, include_in_schema=False)
async def read_v3_1(request: Request[Any, Any, Any], feeds: NamedDependency[Feeds]) -> ASGIApp:
    return await _read(request, feeds, "v3.1-rc")


@get(PATHS["v2"], name="gbfs_v2", opt=SERVED, include_in_schema=False)
async def read_v2(request: Request[Any, Any, Any], feeds: NamedDependency[Feeds]) -> ASGIApp:
    return await _read(request, feeds, "v2")


async def _read(request: Request[Any, Any, Any], feeds: Feeds, version: Version) -> ASGIApp:
    asked = request.path_params
    name, dot, suffix = asked["file"].partition(".")
    if (dot, suffix) != (".", "json"):
        raise UnknownFeed
    served = await feeds.find(asked.get("city"), FileKey(version, name, asked.get("feed_language")))
    return _answer(request, served)


def _answer(request: Request[Any, Any, Any], served: Served) -> ASGIApp:
    asked = dict(request.scope["headers"])
    # Weak: the compressed and the plain body carry the same tag.
    tag = f'"{served.tag}"'.encode()
    headers = [*ALWAYS, (b"etag", b"W/" + tag), (b"cache-control", _caching(served))]
    known = asked.get(b"if-none-match", b"")
    if tag in known or known.strip() == b"*":
        return _sending(304, headers)
    body = served.body
    if b"gzip" in asked.get(b"accept-encoding", b""):
        body, headers = served.gzipped, [*headers, (b"content-encoding", b"gzip")]
    headers.append((b"content-length", str(len(body)).encode()))
    return _sending(200, headers, body)


def _sending(status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> ASGIApp:
    """Bytes as they are: a response object costs as much again as all the rest (benchmarks/feeds)."""

    async def send_all(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return send_all


def _caching(served: Served) -> bytes:
    return f"public, max-age={served.ttl_s}".encode() if served.ttl_s else b"no-cache"


ROUTES = [read_v3, read_v3_1, read_v2]
