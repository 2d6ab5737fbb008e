"""The night over HTTP."""

from litestar.types import ControllerRouterHandler

from mobility.rebalancing.routes import crews, mornings, nights

ROUTES: list[ControllerRouterHandler] = [*nights.ROUTES, *crews.ROUTES, *mornings.ROUTES]
