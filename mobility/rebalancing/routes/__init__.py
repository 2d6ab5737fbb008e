"""The night over HTTP."""

from litestar.types import ControllerRouterHandler

from mobility.rebalancing.routes import crews, nights

ROUTES: list[ControllerRouterHandler] = [*nights.ROUTES, *crews.ROUTES]
