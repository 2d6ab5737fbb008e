"""Composition root of the API: the one place that chooses adapters and mounts routes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import Scope
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mobility.app import openapi
from mobility.app.bodies import TypedRequest
from mobility.app.head import answering_head
from mobility.app.health import health_live, health_ready
from mobility.app.language import language_of
from mobility.app.pages import page_routes
from mobility.app.problems import HANDLERS
from mobility.app.requests import RequestMiddleware
from mobility.app.transactions import TransactionMiddleware
from mobility.base.clock import Clock, SystemClock
from mobility.booking import routes as booking
from mobility.booking.routes.given import Reserving
from mobility.booking.service.crowds import Around
from mobility.booking.service.unserved import Repeats
from mobility.city import routes as city
from mobility.console import routes as console
from mobility.db.fanout import Fanout
from mobility.db.live import Live
from mobility.db.session import Sessions, create_engine, create_sessions
from mobility.feeds import routes as feeds
from mobility.feeds.rules.system import Publication
from mobility.feeds.service import Feeds
from mobility.fleet import routes as fleet
from mobility.fleet.folder import PhotoFolder
from mobility.fleet.ports import PhotoStore
from mobility.fleet.rules.console import news_of
from mobility.fleet.s3 import PhotoBucket
from mobility.fleet.service.commands import BY_RADIO
from mobility.geo.streets.shelf import Streets
from mobility.helpdesk import routes as helpdesk
from mobility.invoicing import routes as invoicing
from mobility.invoicing.typst import TypstTypesetter
from mobility.mds import routes as mds
from mobility.office import routes as office
from mobility.oversight import routes as oversight
from mobility.oversight.service.census import Census
from mobility.partners import routes as partners
from mobility.payments import routes as payments
from mobility.payments.gateways import choose_gateway
from mobility.payments.ports import PaymentGateway
from mobility.pricing import routes as pricing
from mobility.privacy import routes as privacy
from mobility.rebalancing import routes as rebalancing
from mobility.riders import routes as riders
from mobility.riders.deliveries import choose_delivery
from mobility.riders.guards import authenticate_request
from mobility.riders.ports import Delivery, Limiter
from mobility.riders.rules.access import Caller
from mobility.riders.valkey import ValkeyLimiter
from mobility.riders.webpush import public_key
from mobility.settings import Settings
from mobility.studio import routes as studio
from mobility.studio.service.boards import Boards
from mobility.studio.service.shelves import Studies
from mobility.telemetry import routes as telemetry
from mobility.telemetry.rules.budget import Budgets
from mobility.telemetry.rules.following import Followed
from mobility.telemetry.service.standing import Odometers
from mobility.telemetry.valkey import ValkeyTally

# 500 telemetry reports of the longest form are about 120 kB.
BODY_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the API stands on; the tests choose their own."""

    engine: AsyncEngine
    valkey: Redis
    clock: Clock
    delivery: Delivery
    limiter: Limiter
    gateway: PaymentGateway
    photo_store: PhotoStore


def choose_adapters(settings: Settings) -> Adapters:
    valkey = Redis.from_url(settings.redis_url)
    return Adapters(
        engine=create_engine(settings.database_url, pool_size=settings.mobility_pool_size),
        valkey=valkey,
        clock=SystemClock(),
        delivery=choose_delivery(settings.mobility_smtp_url, settings.mobility_sms_url, settings.mobility_mailbox),
        limiter=ValkeyLimiter(valkey),
        gateway=choose_gateway(
            settings.mobility_stripe_key,
            secret=settings.mobility_stripe_webhook_secret,
            base_url=settings.mobility_stripe_url,
        ),
        photo_store=(
            PhotoBucket.at(settings.mobility_photos_s3)
            if settings.mobility_photos_s3
            else PhotoFolder(settings.mobility_photos)
        ),
    )


def create_app(settings: Settings, adapters: Adapters | None = None) -> Litestar:
    """The API and the web pages as one ASGI application."""
    chosen = adapters or choose_adapters(settings)
    sessions = sessions_of(settings, chosen)
    document = openapi.openapi_config(version("mobility"))

    @asynccontextmanager
    async def connections(_: Litestar) -> AsyncIterator[None]:
        yield
        await chosen.valkey.aclose()
        await chosen.engine.dispose()

    app = Litestar(
        route_handlers=[
            *riders.ROUTES,
            *city.ROUTES,
            *fleet.ROUTES,
            *telemetry.ROUTES,
            *payments.ROUTES,
            *invoicing.ROUTES,
            *pricing.ROUTES,
            *booking.ROUTES,
            *helpdesk.ROUTES,
            *rebalancing.ROUTES,
            *privacy.ROUTES,
            *feeds.ROUTES,
            *partners.ROUTES,
            *oversight.ROUTES,
            *console.ROUTES,
            *mds.ROUTES,
            *studio.ROUTES,
            *office.ROUTES,
            health_live,
            health_ready,
            *page_routes(
                settings.mobility_web,
                city=settings.mobility_city,
                style_url=settings.mobility_style_url,
                help_email=settings.mobility_help_email,
                push_key=public_key(settings.mobility_push_key) if settings.mobility_push_key else None,
            ),
        ],
        dependencies=dependencies(settings, chosen, sessions),
        middleware=[TransactionMiddleware(sessions, chosen.clock, authenticate_request)],
        exception_handlers=HANDLERS,
        request_class=TypedRequest,
        plugins=[openapi.StructPlugin(), openapi.TuplePlugin()],
        compression_config=CompressionConfig(backend="gzip", minimum_size=1_000, exclude_opt_key="precompressed"),
        request_max_body_size=BODY_MAX_BYTES,
        openapi_config=document,
        state=State({"draining": asyncio.Event()}),
        lifespan=[connections],
        logging_config=None,
    )
    document.app = app
    # Around the router: an address or a method that does not exist is answered with a request id and logged too.
    app.asgi_handler = answering_head(RequestMiddleware()(app.asgi_handler))
    return app


def sessions_of(settings: Settings, chosen: Adapters) -> Sessions:
    sessions = create_sessions(chosen.engine)
    sessions.configure(info=sessions.kw["info"] | {BY_RADIO: bool(settings.mobility_mqtt_url)})
    return sessions


def dependencies(settings: Settings, chosen: Adapters, sessions: Sessions) -> dict[str, Provide]:
    """What routes are given, by name: what belongs to the request, and what all requests share."""
    live, streets = Live(chosen.valkey), Streets(settings.mobility_streets)
    shared: dict[str, object] = {
        "sessions": sessions,
        "clock": chosen.clock,
        "valkey": chosen.valkey,
        "live": live,
        "fanout": Fanout(live, news_of),
        "delivery": chosen.delivery,
        "limiter": chosen.limiter,
        "gateway": chosen.gateway,
        "typesetter": TypstTypesetter(),
        "public_url": public_url(settings),
        "photo_store": chosen.photo_store,
        "witness": Odometers(),
        "tally": ValkeyTally(chosen.valkey),
        "budgets": Budgets(),
        "repeats": Repeats(),
        "followed": Followed(),
        "streets": streets,
        "census": Census(settings.mobility_people),
        "boards": Boards(settings.mobility_study, streets),
        "studies": Studies(settings.mobility_studies),
        "phone_region": settings.mobility_phone_region,
        "push_services": tuple(settings.mobility_push_services.split()) if settings.mobility_push_key else (),
        "private_webhooks": settings.mobility_webhooks_private,
        "feeds": Feeds(sessions, chosen.clock, publication(settings)),
    }
    return {
        "session": Provide(_session, sync_to_thread=False),
        "caller": Provide(_caller, sync_to_thread=False),
        "language": Provide(_language, sync_to_thread=False),
        "reserving": Provide(_reserving(chosen, streets), sync_to_thread=False),
        **{name: Provide(_always(value), sync_to_thread=False) for name, value in shared.items()},
    }


def public_url(settings: Settings) -> str:
    """Where people reach the service, without a slash at the end."""
    return settings.mobility_public_url or f"http://{settings.mobility_host}:{settings.mobility_port}"


def publication(settings: Settings) -> Publication:
    return Publication(
        base_url=public_url(settings),
        default_city=settings.mobility_city,
        contact_email=settings.mobility_feeds_email,
        license_id=settings.mobility_feeds_licence,
    )


def _session(scope: Scope) -> AsyncSession:
    session: AsyncSession = scope["session_db"]  # type: ignore[typeddict-item]
    return session


def _caller(scope: Scope) -> Caller:
    caller: Caller = scope["user"]
    return caller


def _reserving(chosen: Adapters, streets: Streets) -> Callable[[Scope], Reserving]:
    around = Around(streets)

    def reserving(scope: Scope) -> Reserving:
        key: str = scope["idempotency_key"]  # type: ignore[typeddict-item]
        return Reserving(_session(scope), chosen.clock, _caller(scope), chosen.gateway, key, around)

    return reserving


def _language(request: Request[Any, Any, Any]) -> str:
    """The reader's language, "fr" or "en"."""
    return language_of(request.headers.get("accept-language"))


def _always(value: object) -> Callable[[], object]:
    return lambda: value
