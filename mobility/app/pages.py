"""The built web client: its pages, its assets, and the few settings it asks for."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from litestar import MediaType, Request, Response, get
from litestar.exceptions import InternalServerException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.router import Router
from litestar.static_files import create_static_files_router
from msgspec import Meta, Struct

from mobility.app.language import LANGUAGES
from mobility.app.problems import NoSuchPage, answer_to
from mobility.app.transactions import ANONYMOUS

# The map library draws icons from data and blobs and starts its worker from our own origin; the reader of vehicles'
# codes is compiled code of ours; no page has inline styles.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "img-src 'self' data: blob:",
        "connect-src 'self'{style_origin}",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# What browsers look for beside the pages, to keep them for a time without network and on a home screen.
BESIDE_THE_PAGES = {
    "worker.js": "text/javascript",
    "manifest.webmanifest": "application/manifest+json",
    "crew.webmanifest": "application/manifest+json",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}
# Every page by its address; several addresses may be of one document.
DOCUMENTS = {
    "/": "index",
    "/app": "app",
    "/operator": "operator",
    "/crew": "crew",
    "/city": "city",
    "/partner": "partner",
    "/catalogue": "catalogue",
    "/about/accessibility": "about",
    "/about/privacy": "about",
    "/about/legal": "about",
    "/studio": "studio",
}
NOT_BUILT = "<!doctype html><meta charset=utf-8><title>mobility</title><p>The web client is not built: run make demo."


class AppConfig(Struct):
    """What the web client must know before it asks anything else."""

    city: str
    style_url: str
    locales: list[str]
    help_email: Annotated[
        str, Meta(description="Whom residents write to; empty: nobody", examples=["help@example.org"])
    ]
    push_key: Annotated[
        str | None, Meta(description="What a page subscribes to notifications with; null: the service sends none")
    ]


def page_routes(
    web: Path, *, city: str, style_url: str, help_email: str, push_key: str | None
) -> list[BaseRouteHandler | Router]:
    """Handlers of the pages; `style_url` empty means the map is drawn from the city file.

    The pages are read once: a new build is a new process.
    """
    style_origin = " " + "/".join(style_url.split("/")[:3]) if style_url else ""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.format(style_origin=style_origin),
        "Cache-Control": "no-cache",
    }

    @get(
        "/v1/app-config",
        summary="Settings of the web client",
        tags=["city"],
        operation_id="app_config",
        opt=ANONYMOUS,
        sync_to_thread=False,
    )
    def app_config() -> AppConfig:
        return AppConfig(
            city=city, style_url=style_url, locales=list(LANGUAGES), help_email=help_email, push_key=push_key
        )

    @get("/v/{plate:str}", include_in_schema=False, opt=ANONYMOUS, sync_to_thread=False)
    def vehicle(plate: FromPath[str]) -> Redirect:
        """What the code on a vehicle leads to: a phone's own camera opens the resident's page with its plate."""
        return Redirect(f"/app?plate={quote(plate, safe='')}")

    beside = [_beside(web / name, media_type) for name, media_type in BESIDE_THE_PAGES.items()]
    assets = create_static_files_router(
        path="/assets",
        directories=[web / "assets"],
        # File names carry a hash of their content.
        cache_control=None,
        include_in_schema=False,
        opt=ANONYMOUS,
        # No file can have such a name: too long to be looked up, or with U+0000.
        exception_handlers={InternalServerException: _nothing_there, ValueError: _nothing_there},
    )
    pages = [_page(path, web / f"{name}.html", headers) for path, name in DOCUMENTS.items()]
    return [*pages, vehicle, app_config, *beside, assets, openapi_document]


@get("/openapi.json", include_in_schema=False, opt=ANONYMOUS, sync_to_thread=False)
def openapi_document() -> Redirect:
    return Redirect("/docs/openapi.json")


def _page(path: str, file: Path, headers: dict[str, str]) -> BaseRouteHandler:
    document = _read(file)

    @get(path, include_in_schema=False, opt=ANONYMOUS, sync_to_thread=False)
    def page() -> Response[str]:
        return Response(document, media_type=MediaType.HTML, headers=headers)

    return page


def _beside(file: Path, media_type: str) -> BaseRouteHandler:
    content = file.read_bytes() if file.is_file() else None

    @get(f"/{file.name}", include_in_schema=False, opt=ANONYMOUS, sync_to_thread=False)
    def beside() -> Response[bytes]:
        if content is None:
            raise NoSuchPage
        return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})

    return beside


def _nothing_there(request: Request[Any, Any, Any], _: Exception) -> Response[dict[str, Any]]:
    return answer_to(request, NoSuchPage())


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else NOT_BUILT
