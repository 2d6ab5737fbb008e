"""The whole API in the tests' own process, without a socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from litestar import Litestar

from mobility.app import Adapters, choose_adapters, create_app, dependencies, sessions_of
from mobility.app.transactions import TransactionMiddleware
from mobility.base.clock import Clock
from mobility.riders.guards import authenticate_request
from mobility.settings import Settings

# To build the routes takes longer than most tests do: they are built once for each kind of pages.
_built: dict[tuple[object, ...], Litestar] = {}


@asynccontextmanager
async def api_on(settings: Settings, clock: Clock, **chosen: Any) -> AsyncIterator[Litestar]:
    """The API on these servers and by this clock; `chosen` are other adapters than the settings choose."""
    adapters = replace(choose_adapters(settings), clock=clock, **chosen)
    pages = (
        settings.mobility_web,
        settings.mobility_city,
        settings.mobility_style_url,
        settings.mobility_help_email,
        settings.mobility_push_key,
    )
    if pages in _built:
        _give(_built[pages], settings, adapters)
    else:
        _built[pages] = create_app(settings, adapters)
    yield _built[pages]
    await adapters.valkey.aclose()
    await adapters.engine.dispose()


def _give(app: Litestar, settings: Settings, adapters: Adapters) -> None:
    """Its routes serve another service from now on: nothing of the one before is left to them."""
    sessions = sessions_of(settings, adapters)
    for name, provided in dependencies(settings, adapters, sessions).items():
        app.dependencies[name].dependency = provided.dependency  # type: ignore[union-attr]
    transactions = TransactionMiddleware(sessions, adapters.clock, authenticate_request)
    (current,) = [each for each in app.middleware if isinstance(each, TransactionMiddleware)]
    vars(current).update(vars(transactions))
    app.state.draining = asyncio.Event()
