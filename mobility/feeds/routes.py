"""GBFS files over HTTP, described by their own standard and `docs/feeds.md`, not by the OpenAPI document."""

from typing import Any

from litestar import Request, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.response.base import ASGIResponse

from mobility.feeds.rules.documents import FileKey
from mobility.feeds.rules.system import Version
from mobility.feeds.service import Feeds, Served, UnknownFeed

PATHS: dict[Version, list[str]] = {
    "v3": ["/gbfs/v3/{file:str}", "/gbfs/{city:str}/v3/{file:str}"],
    "v2": [
        "/gbfs/v2/{file:str}",
        "/gbfs/v2/{feed_language:str}/{file:str}",
        "/gbfs/{city:str}/v2/{file:str}",
        "/gbfs/{city:str}/v2/{feed_language:str}/{file:str}",
    ],
}
# Open to everybody, without a session; the files come compressed from their shelf.
SERVED = {"anonymous": True, "precompressed": True}
ALWAYS = {"Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
READING = [HttpMethod.GET, HttpMethod.HEAD]


@route(PATHS["v3"], http_method=READING, name="gbfs_v3", opt=SERVED, include_in_schema=False)
async def read_v3(request: Request[Any, Any, Any], feeds: NamedDependency[Feeds]) -> ASGIResponse:
    return await _read(request, feeds, "v3")


@route(PATHS["v2"], http_method=READING, name="gbfs_v2", opt=SERVED, include_in_schema=False)
async def read_v2(request: Request[Any, Any, Any], feeds: NamedDependency[Feeds]) -> ASGIResponse:
    return await _read(request, feeds, "v2")


async def _read(request: Request[Any, Any, Any], feeds: Feeds, version: Version) -> ASGIResponse:
    asked = request.path_params
    name, dot, suffix = asked["file"].partition(".")
    if (dot, suffix) != (".", "json"):
        raise UnknownFeed
    served = await feeds.find(asked.get("city"), FileKey(version, name, asked.get("feed_language")))
    return _answer(request, served)


def _answer(request: Request[Any, Any, Any], served: Served) -> ASGIResponse:
    # Weak: the compressed and the plain body carry the same tag.
    headers = {**ALWAYS, "ETag": f'W/"{served.tag}"', "Cache-Control": _caching(served)}
    known = request.headers.get("if-none-match", "")
    if f'"{served.tag}"' in known or known.strip() == "*":
        return ASGIResponse(status_code=304, headers=headers)
    body = served.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = served.gzipped, "gzip"
    if request.method == HttpMethod.HEAD:
        headers |= {"Content-Length": str(len(body)), "Content-Type": "application/json"}
        return ASGIResponse(headers=headers, is_head_response=True)
    return ASGIResponse(body=body, headers=headers, media_type="application/json")


def _caching(served: Served) -> str:
    return f"public, max-age={served.ttl_s}" if served.ttl_s else "no-cache"


ROUTES = [read_v3, read_v2]
